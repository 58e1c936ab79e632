import Generation
import KeyedPRF
import Marks
import TestSupport
import Testing

/// The schemes in the decoding loop.
@Suite struct DecodingTests {
    private func key(_ seed: UInt64 = 1) throws -> Subkey {
        try Subkey(identity: KeyIdentity(purpose: .token, tenant: "t", epoch: "1"), secret: testSecret(seed))
    }

    private func decode(
        _ parameters: TokenMark?, width: Int = 2, seed: UInt64 = 3, requests: Int = 6,
        slots: Int = 3, before: Bool = false
    ) throws -> [[Int32]] {
        let model = RandomTableModel(vocabularySize: 50, seed: 4)
        var first: [any LogitsProcessor] = []
        var last: [any LogitsProcessor] = []
        var sampler: any TokenSampler = CategoricalSampler()
        if let parameters {
            let configuration = try WatermarkConfiguration(parameters, width: width, beforeTruncation: before)
            let decoding = try WatermarkedDecoding(
                configuration, key: key(),
                proxy: ModelFingerprintProxy(
                    model: RandomTableModel(vocabularySize: 50, seed: 5), slots: slots, capacity: 64))
            (first, last, sampler) = (decoding.first, decoding.last, decoding.sampler)
        }
        let loop = try GenerationLoop(
            model: model, processors: first + [TemperatureLogitsWarper(0.9), TopKLogitsWarper(30)] + last,
            sampler: sampler, slots: slots)
        let requests = (0..<requests).map {
            GenerationRequest(prompt: [Int32($0), 1], seed: seed + UInt64($0), maxNewTokens: 40, stopTokens: [])
        }
        return try loop.generate(requests).map(\.tokens)
    }

    private static let all: [TokenMark] = [
        .green(gamma: 0.25, delta: 4), .fingerprint(gamma: 0.5, lambda: 200), .gumbel, .tournament(layers: 30),
    ]

    @Test(arguments: all) func unmarkedUntilThereIsAContext(parameters: TokenMark) throws {
        let plain = try decode(nil)
        let marked = try decode(parameters, width: 5)
        #expect(marked.map { $0.prefix(5) } == plain.map { $0.prefix(5) })
        #expect(marked != plain)
    }

    @Test(arguments: all) func neighboursDoNotMatter(parameters: TokenMark) throws {
        #expect(try decode(parameters, slots: 1) == decode(parameters, slots: 4))
    }

    @Test func greenTokensAreFavoured() throws {
        let watermark = GreenWatermark(
            prf: try TokenPRF(
                key: key(), configuration: WatermarkConfiguration(.green(gamma: 0.25, delta: 4), width: 2)),
            gamma: 0.25, delta: 4)
        func share(_ sequences: [[Int32]]) -> Double {
            var green = 0
            var total = 0
            for sequence in sequences {
                for t in 2..<sequence.count {
                    total += 1
                    if watermark.isGreen(sequence[t], after: Array(sequence[..<t])) { green += 1 }
                }
            }
            return Double(green) / Double(total)
        }
        #expect(try share(decode(.green(gamma: 0.25, delta: 4))) > 0.7)
        #expect(try share(decode(.green(gamma: 0.25, delta: 4), before: true)) > 0.7)
        #expect(try share(decode(nil)) < 0.4)
    }

    /// A sampler by key alone would repeat itself once a context came back; plain sampling there does not.
    @Test func gumbelDependsOnTheSeedOnlyWhereContextsRepeat() throws {
        let model = RandomTableModel(vocabularySize: 4, seed: 4)
        let sampler = try WatermarkedDecoding(WatermarkConfiguration(.gumbel, width: 1), key: key()).sampler
        let loop = try GenerationLoop(model: model, processors: [], sampler: sampler, slots: 1)
        func run(_ seed: UInt64) throws -> [Int32] {
            try loop.generate([GenerationRequest(prompt: [1], seed: seed, maxNewTokens: 60, stopTokens: [])])[0].tokens
        }
        #expect(try run(1) != run(2))
        #expect(try run(1) == run(1))
    }

    @Test func repeatedContexts() {
        func sequence(_ tokens: [Int32]) -> SequenceContext {
            SequenceContext(slot: 0, index: 0, prompt: [1, 2], generated: tokens)
        }
        #expect(!sequence([]).repeatsWatermarkContext(width: 2))
        #expect(!sequence([1, 2]).repeatsWatermarkContext(width: 2))
        #expect(sequence([1, 2, 3, 1, 2]).repeatsWatermarkContext(width: 2))
        #expect(!sequence([1, 2, 3, 2, 2]).repeatsWatermarkContext(width: 2))
        #expect(sequence([2, 2, 2]).repeatsWatermarkContext(width: 2))
        #expect(sequence([5, 5]).repeatsWatermarkContext(width: 1))
        #expect(sequence([1, 2]).watermarkContext(width: 3) == nil)
        #expect(sequence([1, 2, 3]).watermarkContext(width: 2) == [2, 3])
    }

    @Test func fingerprintNeedsAProxy() throws {
        #expect(throws: WatermarkError.missingProxy) {
            try WatermarkedDecoding(WatermarkConfiguration(.fingerprint(gamma: 0.5, lambda: 1)), key: key())
        }
    }
}

/// The proxy of `fingerprint` with the teacher's tokens under other numbers.
@Suite struct FingerprintProxyTests {
    private func decode(_ proxy: any FingerprintProxy) throws -> [[Int32]] {
        let key = try Subkey(
            identity: KeyIdentity(purpose: .token, tenant: "t", epoch: "1"), secret: testSecret(1))
        let decoding = try WatermarkedDecoding(
            WatermarkConfiguration(.fingerprint(gamma: 0.5, lambda: 200), width: 2), key: key, proxy: proxy)
        let loop = try GenerationLoop(
            model: RandomTableModel(vocabularySize: 50, seed: 4), processors: decoding.last,
            sampler: decoding.sampler, slots: 3)
        return try loop.generate(
            (0..<6).map { GenerationRequest(prompt: [Int32($0), 1], seed: UInt64($0), maxNewTokens: 40) }
        ).map(\.tokens)
    }

    @Test func renumberedTokensChangeNothing() throws {
        let model = RandomTableModel(vocabularySize: 50, seed: 5)
        let renumbered = RenumberedModel(model, tokens: (0..<50).map { Int32(($0 * 7 + 3) % 50) })
        // 50 unused rows of the teacher's, say.
        let ids = renumbered.ids + [Int32](repeating: -1, count: 3)
        let plain = try decode(ModelFingerprintProxy(model: model, slots: 3, capacity: 64))
        #expect(try decode(ModelFingerprintProxy(model: renumbered, proxyIDs: ids, slots: 3, capacity: 64)) == plain)
        #expect(try decode(ModelFingerprintProxy(model: renumbered, slots: 3, capacity: 64)) != plain)
    }

    /// A token that the proxy lacks is neither read nor marked after; the sequence goes on.
    @Test func tokensTheProxyLacks() throws {
        let model = RandomTableModel(vocabularySize: 50, seed: 5)
        let proxy = try ModelFingerprintProxy(
            model: model, proxyIDs: (0..<50).map { $0 == 9 ? -1 : Int32($0) }, slots: 1, capacity: 64)
        var sequence = SequenceContext(slot: 0, index: 0, prompt: [9, 1, 2])
        try proxy.begin(sequence)
        func distribution() throws -> [Float]? {
            var result: [Float]?
            try proxy.distributions(after: [sequence]) { result = Array($1) }
            return result
        }
        let first = try #require(try distribution())
        #expect(first[9] == 0 && abs(first.reduce(0, +) - 1) < 0.2)
        sequence.generated = [9]
        #expect(try distribution() == nil)
        sequence.generated = [9, 3]
        let after = try #require(try distribution())
        // The proxy has read 1, 2, 3.
        let other = try ModelFingerprintProxy(
            model: model, proxyIDs: (0..<50).map { $0 == 9 ? -1 : Int32($0) }, slots: 1, capacity: 64)
        let short = SequenceContext(slot: 0, index: 0, prompt: [1, 2], generated: [3])
        try other.begin(short)
        try other.distributions(after: [short]) { #expect(Array($1) == after) }
        #expect(throws: WatermarkError.self) { try distribution() }
        #expect(throws: WatermarkError.self) {
            try ModelFingerprintProxy(model: model, proxyIDs: [50], slots: 1, capacity: 64)
        }
        #expect(throws: WatermarkError.self) { try proxy.begin(SequenceContext(slot: 1, index: 0, prompt: [1])) }
    }
}

/// A model whose tokens have other numbers.
final class RenumberedModel: CausalLanguageModel {
    let vocabularySize: Int
    let contextLength: Int
    /// By its own ids, the ids of the model behind it; and the other way round.
    private let tokens: [Int32]
    let ids: [Int32]
    private let model: RandomTableModel

    init(_ model: RandomTableModel, tokens: [Int32]) {
        self.model = model
        self.tokens = tokens
        vocabularySize = model.vocabularySize
        contextLength = model.contextLength
        var ids = [Int32](repeating: -1, count: tokens.count)
        for (id, token) in tokens.enumerated() { ids[Int(token)] = Int32(id) }
        self.ids = ids
    }

    func makeSession(slots: Int, capacity: Int) throws -> any DecodingSession {
        Session(try model.makeSession(slots: slots, capacity: capacity), tokens: tokens)
    }

    private final class Session: DecodingSession {
        private let session: any DecodingSession
        private let tokens: [Int32]
        private var inner = LogitsMatrix()

        init(_ session: any DecodingSession, tokens: [Int32]) {
            self.session = session
            self.tokens = tokens
        }

        func extend(_ chunks: [DecodingChunk], into logits: inout LogitsMatrix) throws {
            try session.extend(
                chunks.map { DecodingChunk(slot: $0.slot, tokens: $0.tokens.map { tokens[Int($0)] }) }, into: &inner)
            logits.resize(rows: chunks.count, columns: tokens.count)
            for row in chunks.indices {
                inner.withRow(row) { values in
                    logits.withUnsafeMutableBuffer { buffer in
                        for (id, token) in tokens.enumerated() { buffer[row * tokens.count + id] = values[Int(token)] }
                    }
                }
            }
        }

        func length(of slot: Int) -> Int { session.length(of: slot) }
        func reset(slot: Int) { session.reset(slot: slot) }
    }
}

/// Random logits that depend on the last two tokens.
final class RandomTableModel: CausalLanguageModel {
    let vocabularySize: Int
    let contextLength = 4096
    fileprivate let table: [Float]

    init(vocabularySize: Int, seed: UInt64) {
        self.vocabularySize = vocabularySize
        var generator = SplitMix64(seed: seed)
        table = (0..<(2 * vocabularySize * vocabularySize)).map { _ in Float.random(in: -2...2, using: &generator) }
    }

    func makeSession(slots: Int, capacity: Int) throws -> any DecodingSession { Session(self, slots: slots) }

    private final class Session: DecodingSession {
        private let model: RandomTableModel
        private var slots: [[Int32]]

        init(_ model: RandomTableModel, slots: Int) {
            self.model = model
            self.slots = Array(repeating: [], count: slots)
        }

        func extend(_ chunks: [DecodingChunk], into logits: inout LogitsMatrix) throws {
            let size = model.vocabularySize
            logits.resize(rows: chunks.count, columns: size)
            for (row, chunk) in chunks.enumerated() {
                slots[chunk.slot] += chunk.tokens
                let last = Int(slots[chunk.slot].last ?? 0)
                let before = Int(slots[chunk.slot].dropLast().last ?? 0)
                logits.withUnsafeMutableBuffer { buffer in
                    for i in 0..<size {
                        buffer[row * size + i] = model.table[last * size + i] + model.table[(size + before) * size + i]
                    }
                }
            }
        }

        func length(of slot: Int) -> Int { slots[slot].count }
        func reset(slot: Int) { slots[slot] = [] }
    }
}
