import Foundation
import Generation
import KeyedPRF
import Marks
import Statistics
import TestSupport
import Testing

@Suite struct TokenDetectionTests {
    private func key(_ scheme: TokenMark, _ seed: UInt64 = 1) throws -> TokenTestKey {
        switch scheme.keys {
        case .engine: .engine(EngineKey(seed))
        case .keyring: .subkey(try tokenKey(seed))
        }
    }

    // MARK: What is scored

    @Test(arguments: allTokenSchemes) func nothingToScore(scheme: TokenMark) throws {
        let configuration = try TokenTestConfiguration(scheme, width: 4)
        for documents in [[], [TokenDocument(tokens: [])]] {
            let result = try detect(documents, configuration, key(scheme))
            #expect(result.log10P == 0)
            #expect(result.log10PAdjusted == 0)
            #expect(result.scored == 0)
            #expect(result.score == 0)
            #expect(result.effect == 0)
            #expect(result.verdict == .inconclusive)
        }
    }

    @Test(arguments: allTokenSchemes) func repeatedDocumentsAddNothing(scheme: TokenMark) throws {
        let documents = TokenStreams.zipf(documents: 3, length: 200, seed: 1)
        let configuration = try TokenTestConfiguration(scheme, width: 2)
        let once = try detect(documents, configuration, key(scheme))
        #expect(try detect(documents + documents, configuration, key(scheme)) == once)
        let undivided = try TokenTestConfiguration(scheme, width: 2, deduplicates: false)
        #expect(try detect(documents + documents, undivided, key(scheme)).scored > once.scored)
    }

    @Test func nativeSchemesSkipTheBeginningAndEnginesDoNot() throws {
        let document = TokenDocument(tokens: [5, 6, 7, 8, 9])
        #expect(try detect([document], TokenTestConfiguration(.gumbel, width: 3), key(.gumbel)).scored == 2)
        let engine = TokenMark.engineGumbel(.philox)
        #expect(try detect([document], TokenTestConfiguration(engine, width: 3), key(engine)).scored == 5)
    }

    @Test func tuplesOrContextsCountOnce() throws {
        // Contexts of one token: 1, 2, 1, 2, 1 before the tokens 2, 1, 2, 1, 3.
        let document = TokenDocument(tokens: [1, 2, 1, 2, 1, 3])
        let green = TokenMark.green(gamma: 0.5)
        #expect(try detect([document], TokenTestConfiguration(green, width: 1), key(green)).scored == 3)
        #expect(try detect([document], TokenTestConfiguration(.gumbel, width: 1), key(.gumbel)).scored == 2)
    }

    @Test func contextsOfThePromptAreNotScored() throws {
        let document = TokenDocument(tokens: [1, 2, 3, 4, 5], prompt: [9, 2, 3, 9])
        let result = try detect([document], TokenTestConfiguration(.gumbel, width: 2), key(.gumbel))
        #expect(result.scored == 2)
        // The other document's prompt is another one.
        let other = TokenDocument(tokens: [2, 3, 4])
        #expect(try detect([document, other], TokenTestConfiguration(.gumbel, width: 2), key(.gumbel)).scored == 3)
    }

    @Test func filtersLimitWhatIsScored() throws {
        let filter = TokenContextSet(width: 2)
        filter.insert(contextsOf: [2, 3, 4])
        let configuration = try TokenTestConfiguration(.gumbel, width: 2)
        let document = TokenDocument(tokens: [1, 2, 3, 4, 5])
        for isKeyIndependent in [true, false] {
            let detector = try TokenDetector(
                tests: [(configuration, [key(.gumbel)])], filter: filter, filterIsKeyIndependent: isKeyIndependent)
            detector.add(document)
            let result = detector.results()[0]
            #expect(result.scored == 2)
            #expect(result.isApproximate == (isKeyIndependent ? nil : true))
        }
        #expect(throws: WatermarkError.self) {
            try TokenDetector(tests: [(TokenTestConfiguration(.gumbel, width: 3), [])], filter: filter)
        }
    }

    @Test func blocksAreJoined() throws {
        // More positions than one block holds, and a number of them that is no multiple of four.
        let documents = TokenStreams.zipf(documents: 7, length: 1501, seed: 2)
        for scheme in [TokenMark.engineSynthID(depth: 32), .engineGumbel(.philox)] {
            let configuration = try TokenTestConfiguration(scheme, width: 3)
            let whole = try detect(documents, configuration, key(scheme))
            let prf = try EnginePhilox(key: EngineKey(1), width: 3)
            var seen = Set<[Int32]>()
            var sum = 0.0
            for document in documents {
                let padded = [-1, -1, -1] + document.tokens
                for i in document.tokens.indices where seen.insert(Array(padded[i..<i + 3])).inserted {
                    let word = prf.word(padded[i + 3], after: Array(padded[i..<i + 3]))
                    if scheme == .engineGumbel(.philox) {
                        sum -= log(1 - Double(engineUniform(word)))
                    } else {
                        sum += Double(word.nonzeroBitCount) / 32
                    }
                }
            }
            #expect(whole.scored == seen.count)
            let expected = scheme.name == .engineSynthID ? sum / Double(seen.count) : sum
            #expect(abs(whole.score - expected) < 1e-9 * expected)
        }
    }

    @Test func keysOfTheWrongKindAreRefused() throws {
        let gumbel = try TokenTestConfiguration(.gumbel)
        let engine = try TokenTestConfiguration(.engineGumbel(.philox))
        #expect(throws: WatermarkError.self) { try TokenDetector(tests: [(gumbel, [.engine(EngineKey(1))])]) }
        #expect(throws: WatermarkError.self) { try TokenDetector(tests: [(engine, [.subkey(tokenKey(1))])]) }
        #expect(throws: WatermarkError.self) {
            try TokenTestConfiguration(.engineDualKeyGumbel(.philox, alpha: 0.0001))
        }
        #expect(throws: WatermarkError.self) { try TokenTestConfiguration(.engineSynthID(depth: 33)) }
        #expect(throws: WatermarkError.self) { try TokenTestConfiguration(.gumbel, width: 0) }
    }

    // MARK: Embedding and detection

    private static let marks: [TokenMark] = [
        .green(gamma: 0.25, delta: 2), .fingerprint(gamma: 0.5, lambda: 60), .gumbel, .tournament(layers: 30),
    ]

    @Test(arguments: marks) func marksAreFoundWithTheirKeyOnly(parameters: TokenMark) throws {
        let configuration = try WatermarkConfiguration(parameters, width: 3)
        let right = try tokenKey(10, tenant: "right")
        let wrong = try (11..<20).map { try tokenKey($0, tenant: "wrong\($0)") }
        let documents = try MarkedStreams.decode(configuration, key: right)
        let detector = try TokenDetector(
            tests: [(TokenTestConfiguration(detecting: configuration), ([right] + wrong).map { .subkey($0) })])
        for document in documents { detector.add(document) }
        let results = detector.results()
        #expect(results[0].tenant == "right")
        #expect(results[0].verdict == .marked)
        #expect(results[0].log10PAdjusted < -6, "\(results[0])")
        #expect(results[0].effect > 0)
        #expect(results[0].familySize == 10)
        for result in results.dropFirst() { #expect(result.log10PAdjusted > -2, "\(result)") }
        // Another width reads other words.
        let other = try TokenTestConfiguration(
            TokenTestConfiguration(detecting: configuration).mark, width: configuration.width - 1)
        #expect(try detect(documents, other, .subkey(right)).log10P > -4)
        detector.reset()
        #expect(detector.results()[0].scored == 0)
    }

    /// An engine's Gumbel sampler: argmax of log p plus noise from its own words.
    @Test func engineMarksAreFound() throws {
        let prf = try EnginePhilox(key: EngineKey(42), width: 4)
        var documents: [TokenDocument] = []
        for number in Int32(0)..<4 {
            var tokens: [Int32] = [-1, -1, -1, -1, number]
            for _ in 0..<60 {
                let context = Array(tokens.suffix(4))
                let best = (0..<50).map { token -> (Double, Int32) in
                    (-log(-log(Double(engineUniform(prf.word(token, after: context))))), token)
                }.max { $0.0 < $1.0 }
                tokens.append(try #require(best).1)
            }
            documents.append(TokenDocument(tokens: Array(tokens.dropFirst(4))))
        }
        let configuration = try TokenTestConfiguration(.engineGumbel(.philox))
        #expect(try detect(documents, configuration, .engine(EngineKey(42))).log10P < -50)
        #expect(try detect(documents, configuration, .engine(EngineKey(43))).log10P > -3)
    }

    // MARK: Plans

    @Test(arguments: allTokenSchemes) func plansReachTheirPower(scheme: TokenMark) throws {
        let null = TokenNull(try TokenTestConfiguration(scheme))
        let few = try #require(null.observationsNeeded(effect: 0.2, alpha: 0.01, power: 0.8))
        let many = try #require(null.observationsNeeded(effect: 0.05, alpha: 0.01, power: 0.8))
        #expect(few > 1 && many > 4 * few)
        #expect(null.observationsNeeded(effect: 0, alpha: 0.01, power: 0.8) == nil)
    }
}

/// Outputs of a random model that were marked while decoding.
enum MarkedStreams {
    static func decode(_ configuration: WatermarkConfiguration, key: Subkey) throws -> [TokenDocument] {
        let decoding = try WatermarkedDecoding(
            configuration, key: key,
            proxy: ModelFingerprintProxy(model: BigramModel(seed: 8), slots: 4, capacity: 128))
        let loop = try GenerationLoop(
            model: BigramModel(seed: 7), processors: decoding.first + decoding.last, sampler: decoding.sampler,
            slots: 4)
        let requests = (0..<12).map {
            GenerationRequest(prompt: [Int32($0)], seed: UInt64($0), maxNewTokens: 100, stopTokens: [])
        }
        return try loop.generate(requests).map { TokenDocument(tokens: $0.tokens) }
    }
}

/// Random logits that depend on the last token.
private final class BigramModel: CausalLanguageModel {
    let vocabularySize = 60
    let contextLength = 4096
    private let table: [Float]

    init(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        table = (0..<3600).map { _ in Float.random(in: -1.5...1.5, using: &generator) }
    }

    func makeSession(slots: Int, capacity: Int) throws -> any DecodingSession { Session(table, slots) }

    private final class Session: DecodingSession {
        private let table: [Float]
        private var lengths: [Int]

        init(_ table: [Float], _ slots: Int) {
            self.table = table
            lengths = Array(repeating: 0, count: slots)
        }

        func extend(_ chunks: [DecodingChunk], into logits: inout LogitsMatrix) throws {
            logits.resize(rows: chunks.count, columns: 60)
            for (row, chunk) in chunks.enumerated() {
                lengths[chunk.slot] += chunk.tokens.count
                let last = Int(chunk.tokens.last ?? 0)
                logits.withUnsafeMutableBuffer { buffer in
                    for i in 0..<60 { buffer[row * 60 + i] = table[last * 60 + i] }
                }
            }
        }

        func length(of slot: Int) -> Int { lengths[slot] }
        func reset(slot: Int) { lengths[slot] = 0 }
    }
}
