import Generation

/// The smallest model there is: it knows the digits, and likes best the one it wrote last.
final class DigitModel: CausalLanguageModel {
    let vocabularySize = 10
    let contextLength = 1024

    func makeSession(slots: Int, capacity: Int) throws -> any DecodingSession {
        DigitSession(slots: slots, vocabularySize: vocabularySize)
    }
}

/// Of what its slots hold this model needs to know the length alone.
private final class DigitSession: DecodingSession {
    private let vocabularySize: Int
    private var lengths: [Int]

    init(slots: Int, vocabularySize: Int) {
        self.vocabularySize = vocabularySize
        lengths = Array(repeating: 0, count: slots)
    }

    func extend(_ chunks: [DecodingChunk], into logits: inout LogitsMatrix) throws {
        let columns = vocabularySize
        logits.resize(rows: chunks.count, columns: columns)
        logits.withUnsafeMutableBuffer { scores in
            for (row, chunk) in chunks.enumerated() {
                for token in 0..<columns {
                    scores[row * columns + token] = chunk.tokens.last.map(Int.init) == token ? 3 : 0
                }
            }
        }
        for chunk in chunks { lengths[chunk.slot] += chunk.tokens.count }
    }

    func length(of slot: Int) -> Int { lengths[slot] }

    func reset(slot: Int) { lengths[slot] = 0 }
}
