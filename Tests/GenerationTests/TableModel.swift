import Generation
import TestSupport

/// A language model made of tables: the logits depend on the last two tokens and on how often each token occurred before,
/// which only the cached state knows. Row r of a batch is computed from slot r's state alone, bit for bit.
final class TableModel: CausalLanguageModel {
    let vocabularySize: Int
    let contextLength: Int
    /// Whether sessions take prompts and single tokens in one call.
    var takesRaggedChunks = false
    /// Replaces the logits of every row; for models that go wrong.
    var override: ((_ slotTokens: [Int32]) -> [Float])?
    /// The last session that was made.
    private(set) var session: Session?
    fileprivate let table: [Float]

    init(vocabularySize: Int, contextLength: Int = 128, seed: UInt64 = 1) {
        self.vocabularySize = vocabularySize
        self.contextLength = contextLength
        var generator = SplitMix64(seed: seed)
        table = (0..<(2 * vocabularySize * vocabularySize)).map { _ in Float.random(in: -2...2, using: &generator) }
    }

    func makeSession(slots: Int, capacity: Int) throws -> any DecodingSession {
        let session = Session(self, slots: slots, capacity: capacity)
        self.session = session
        return session
    }

    /// The logits after some tokens, without a cache.
    func logits(after tokens: [Int32]) -> [Float] {
        var state = State(vocabularySize: vocabularySize)
        for token in tokens { state.append(token) }
        return state.logits(table)
    }

    fileprivate struct State {
        var counts: [Float]
        var tokens: [Int32] = []
        init(vocabularySize: Int) { counts = Array(repeating: 0, count: vocabularySize) }

        mutating func append(_ token: Int32) {
            tokens.append(token)
            counts[Int(token)] += 1
        }

        func logits(_ table: [Float]) -> [Float] {
            let size = counts.count
            let last = Int(tokens.last ?? 0)
            let before = Int(tokens.dropLast().last ?? 0)
            return (0..<size).map { table[last * size + $0] + table[(size + before) * size + $0] - 0.3 * counts[$0] }
        }
    }

    final class Session: DecodingSession {
        struct Misuse: Error {
            let what: String
        }

        let takesRaggedChunks: Bool
        private(set) var calls = 0
        private(set) var largestCall = 0
        private let model: TableModel
        private let capacity: Int
        private var states: [State]

        init(_ model: TableModel, slots: Int, capacity: Int) {
            self.model = model
            self.capacity = capacity
            takesRaggedChunks = model.takesRaggedChunks
            states = Array(repeating: State(vocabularySize: model.vocabularySize), count: slots)
        }

        func extend(_ chunks: [DecodingChunk], into logits: inout LogitsMatrix) throws {
            guard Set(chunks.map(\.slot)).count == chunks.count else { throw Misuse(what: "a slot was fed twice") }
            let areFresh = Set(chunks.map { states[$0.slot].tokens.isEmpty })
            guard takesRaggedChunks || areFresh.count <= 1 else {
                throw Misuse(what: "prompts and single tokens in one call")
            }
            calls += 1
            largestCall = max(largestCall, chunks.reduce(0) { $0 + $1.tokens.count })
            logits.resize(rows: chunks.count, columns: model.vocabularySize)
            for (row, chunk) in chunks.enumerated() {
                guard !chunk.tokens.isEmpty else { throw Misuse(what: "an empty chunk") }
                for token in chunk.tokens { states[chunk.slot].append(token) }
                guard states[chunk.slot].tokens.count <= capacity else { throw Misuse(what: "beyond the capacity") }
                let values = model.override?(states[chunk.slot].tokens) ?? states[chunk.slot].logits(model.table)
                logits.withUnsafeMutableBuffer { buffer in
                    for (i, value) in values.enumerated() { buffer[row * model.vocabularySize + i] = value }
                }
            }
        }

        func length(of slot: Int) -> Int { states[slot].tokens.count }

        func reset(slot: Int) { states[slot] = State(vocabularySize: model.vocabularySize) }

        var isEmpty: Bool { states.allSatisfy { $0.tokens.isEmpty } }
    }
}

/// Token 0 is "a", 1 is "b" and so on; a token beyond 25 is half of the two bytes of "é", so that text is held back.
struct LetterDecoder: IncrementalTextDecoder {
    private var hasHalf = false

    mutating func append(_ token: Int32) -> String {
        guard token > 25 else {
            let before = finish()
            return before + String(UnicodeScalar(UInt8(97 + token)))
        }
        defer { hasHalf.toggle() }
        return hasHalf ? "é" : ""
    }

    mutating func finish() -> String {
        defer { hasHalf = false }
        return hasHalf ? "\u{FFFD}" : ""
    }
}

/// Random requests with prompts of unequal lengths.
func randomRequests(_ count: Int, vocabularySize: Int, maxNewTokens: Int, seed: UInt64) -> [GenerationRequest] {
    var generator = SplitMix64(seed: seed)
    return (0..<count).map { _ in
        let length = Int.random(in: 1...9, using: &generator)
        let prompt = (0..<length).map { _ in Int32.random(in: 0..<Int32(vocabularySize), using: &generator) }
        return GenerationRequest(
            prompt: prompt, seed: generator.next(), maxNewTokens: Int.random(in: 1...maxNewTokens, using: &generator),
            stopTokens: [0, 7])
    }
}

/// A sequence for processors that are called by hand.
func someSequence(prompt: [Int32] = [1], generated: [Int32] = []) -> SequenceContext {
    SequenceContext(slot: 0, index: 0, prompt: prompt, generated: generated)
}
