import Generation
import KeyedPRF
import TestSupport
import Testing
import Watermarking

/// The schemes in the decoding loop.
@Suite struct DecodingTests {
    private func key(_ seed: UInt64 = 1) throws -> Subkey {
        try Subkey(identity: KeyIdentity(purpose: .token, tenant: "t", epoch: "1"), secret: testSecret(seed))
    }

    private func decode(
        _ parameters: WatermarkConfiguration.Parameters?, width: Int = 2, seed: UInt64 = 3, requests: Int = 6,
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

    private static let all: [WatermarkConfiguration.Parameters] = [
        .green(gamma: 0.25, delta: 4), .fingerprint(gamma: 0.5, lambda: 200), .gumbel, .tournament(layers: 30),
    ]

    @Test(arguments: all) func unmarkedUntilThereIsAContext(parameters: WatermarkConfiguration.Parameters) throws {
        let plain = try decode(nil)
        let marked = try decode(parameters, width: 5)
        #expect(marked.map { $0.prefix(5) } == plain.map { $0.prefix(5) })
        #expect(marked != plain)
    }

    @Test(arguments: all) func neighboursDoNotMatter(parameters: WatermarkConfiguration.Parameters) throws {
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
