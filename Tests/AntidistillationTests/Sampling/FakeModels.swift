import Antidistillation
import Generation
import TestSupport

/// Numbers from 0 up to 1 for tokens after a text that depend on both and on nothing else.
private struct TokenHash {
    private var state: UInt64

    init(_ tokens: some Sequence<Int32>, _ salt: UInt64) {
        state = salt
        for token in tokens { state = Self.mixed(state, token) }
    }

    private static func mixed(_ state: UInt64, _ token: Int32) -> UInt64 {
        var generator = SplitMix64(seed: state ^ UInt64(bitPattern: Int64(token)))
        return generator.next()
    }

    func number(_ token: Int32) -> Float {
        Float(Self.mixed(state, token) >> 40) / Float(1 << 24)
    }
}

/// A teacher whose next token depends on the last three, sometimes all but surely.
final class FakeTeacher: CausalLanguageModel {
    let vocabularySize: Int
    let contextLength = 4096

    init(vocabularySize: Int = 20) {
        self.vocabularySize = vocabularySize
    }

    func makeSession(slots: Int, capacity: Int) throws -> any DecodingSession {
        Session(slots: slots, width: vocabularySize)
    }

    static func logits(after context: [Int32], width: Int) -> [Float] {
        let last = context.suffix(3)
        // Every other context leaves one token only once it is truncated.
        let scale: Float = TokenHash(last, 99).number(0) < 0.5 ? 3 : 60
        let hash = TokenHash(last, 1)
        return (0..<Int32(width)).map { hash.number($0) * scale }
    }

    private final class Session: DecodingSession {
        var tokens: [[Int32]]
        let width: Int

        init(slots: Int, width: Int) {
            tokens = Array(repeating: [], count: slots)
            self.width = width
        }

        func extend(_ chunks: [DecodingChunk], into logits: inout LogitsMatrix) throws {
            logits.resize(rows: chunks.count, columns: width)
            for (row, chunk) in chunks.enumerated() {
                tokens[chunk.slot] += chunk.tokens
                let values = FakeTeacher.logits(after: tokens[chunk.slot], width: width)
                logits.withUnsafeMutableBuffer { buffer in
                    for (column, value) in values.enumerated() { buffer[row * width + column] = value }
                }
            }
        }

        func length(of slot: Int) -> Int { tokens[slot].count }
        func reset(slot: Int) { tokens[slot] = [] }
    }
}

/// Proxies whose Δ depends on the whole text so far, and that remember what they were asked.
final class FakeProxies: DirectionalDerivativeSession {
    let vocabularySize: Int
    private(set) var tokens: [[Int32]]
    private(set) var calls = 0
    private(set) var longestChunk = 0

    init(slots: Int, vocabularySize: Int = 20) {
        tokens = Array(repeating: [], count: slots)
        self.vocabularySize = vocabularySize
    }

    static func derivatives(of tokens: [Int32], after context: [Int32]) -> [Float] {
        let hash = TokenHash(context, 7)
        return tokens.map { hash.number($0) * 4 - 2 }
    }

    static func derivative(_ token: Int32, after context: [Int32]) -> Float {
        derivatives(of: [token], after: context)[0]
    }

    func extend(_ chunks: [DecodingChunk], candidates: [[Int32]]) throws -> [[Float]] {
        calls += 1
        return zip(chunks, candidates).map { chunk, wanted in
            longestChunk = max(longestChunk, chunk.tokens.count)
            tokens[chunk.slot] += chunk.tokens
            let context = tokens[chunk.slot]
            let list = wanted.isEmpty ? (0..<Int32(vocabularySize)).map { $0 } : wanted
            // Of some tokens only, values are right up to a constant.
            let offset: Float = wanted.isEmpty ? 0 : 16
            return Self.derivatives(of: list, after: context).map { $0 + offset }
        }
    }

    func reset(slot: Int) { tokens[slot] = [] }
}

/// Notes the rows that reach it.
final class RowRecorder: LogitsProcessor {
    var rows: [[Int32]: CandidateScores] = [:]

    func process(_ rows: inout [CandidateScores], sequences: [SequenceContext]) throws {
        for (row, sequence) in zip(rows, sequences) { self.rows[sequence.prompt + sequence.generated] = row }
    }
}
