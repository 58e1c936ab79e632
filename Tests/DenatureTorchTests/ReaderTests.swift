#if Torch
    import Auditing
    import Foundation
    import TestSupport
    import Testing
    import Torch
    import TorchModels

    @testable import DenatureTorch

    @Suite("Reading texts with a checkpoint")
    struct ReaderTests {
        private static let vocabulary = 24

        private static func model(_ dtype: DType = .float32) throws -> DecoderModel {
            try DecoderModel.random(
                DecoderConfiguration(
                    architecture: .llama, hiddenSize: 16, intermediateSize: 24, layers: 2, heads: 4, kvHeads: 2,
                    vocabularySize: vocabulary, maxPositions: 32, initializerRange: 0.3),
                seed: 3, dtype: dtype, device: .cpu)
        }

        /// Texts of all kinds: with and without a prompt, of unequal lengths, without a completion.
        private static func texts(_ count: Int = 20, seed: UInt64 = 5) -> [ReadText] {
            var random = SplitMix64(seed: seed)
            func tokens(_ range: ClosedRange<Int>) -> [Int32] {
                (0..<Int.random(in: range, using: &random)).map { _ in
                    Int32.random(in: 0..<Int32(vocabulary), using: &random)
                }
            }
            let drawn = (0..<count).map {
                ReadText(prompt: tokens($0 % 3 == 0 ? 0...0 : 1...9), completion: tokens(1...12))
            }
            return drawn + [
                ReadText(prompt: [1, 2], completion: []), ReadText(prompt: [], completion: []),
                ReadText(prompt: [], completion: [7]),
            ]
        }

        /// One text alone through the whole model: the log-probabilities after each of its tokens, [T][V].
        private static func plain(_ text: ReadText, _ model: DecoderModel) throws -> [[Double]] {
            let tokens = text.prompt + text.completion
            guard !tokens.isEmpty else { return [] }
            let values = try Autograd.noGrad {
                let input = try Tensor(tokens.map(Int64.init), shape: [1, tokens.count])
                let hidden = try model.hiddenStates(input)
                return try model.logits(fromHidden: hidden).to(.float64).logSoftmax().doubles()
            }
            return stride(from: 0, to: values.count, by: vocabulary).map { Array(values[$0..<$0 + vocabulary]) }
        }

        @Test(arguments: [1, 5, 24, 1000], [1, 4, 32])
        func rowsAreThoseOfAPlainForward(top: Int, batch: Int) throws {
            let model = try Self.model()
            let texts = Self.texts()
            let reader = ModelNextTokenReader(model, options: ScoringOptions(batchSize: batch, batchTokens: 60))
            let rows = try reader.topTokens(texts, top: top)
            #expect(rows.map(\.count) == texts.map(\.completion.count))
            for (text, rows) in zip(texts, rows) {
                let expected = try Self.plain(text, model)
                for (t, row) in rows.enumerated() {
                    guard text.prompt.count + t > 0 else {
                        #expect(row == TopTokens())
                        continue
                    }
                    let p = expected[text.prompt.count + t - 1].map { exp($0) }
                    #expect(row.tokens.count == min(top, Self.vocabulary))
                    #expect(Set(row.tokens).count == row.tokens.count)
                    for (token, value) in zip(row.tokens, row.probabilities) {
                        #expect(abs(Double(value) - p[Int(token)]) < 1e-5)
                    }
                    #expect(row.probabilities == row.probabilities.sorted(by: >))
                    // Nothing that was left out is likelier than what was kept.
                    let rest = p.indices.filter { !row.tokens.contains(Int32($0)) }.map { p[$0] }
                    #expect((rest.max() ?? 0) <= Double(row.probabilities.last ?? 0) + 1e-6)
                    let sum = row.probabilities.reduce(0, +)
                    #expect(top < Self.vocabulary ? sum <= 1 : abs(sum - 1) < 1e-5)
                }
            }
        }

        @Test(arguments: [1, 4, 32]) func logProbabilitiesAreThoseOfAPlainForward(batch: Int) throws {
            let model = try Self.model()
            let texts = Self.texts()
            let reader = ModelNextTokenReader(model, options: ScoringOptions(batchSize: batch))
            for (text, values) in zip(texts, try reader.logProbabilities(texts)) {
                let expected = try Self.plain(text, model)
                #expect(values.count == text.completion.count)
                for (t, value) in values.enumerated() {
                    let place = text.prompt.count + t
                    let wanted = place > 0 ? expected[place - 1][Int(text.completion[t])] : 0
                    #expect(abs(Double(value) - wanted) < 1e-5)
                }
            }
        }

        @Test func twoRunsGiveTheSameBits() throws {
            let texts = Self.texts(40)
            let (a, b) = (ModelNextTokenReader(try Self.model()), ModelNextTokenReader(try Self.model()))
            #expect(try a.topTokens(texts, top: 8) == b.topTokens(texts, top: 8))
            #expect(try a.logProbabilities(texts) == b.logProbabilities(texts))
        }

        @Test(arguments: [DType.bfloat16, .float64]) func otherTypesOfWeights(dtype: DType) throws {
            let texts = Self.texts(6)
            let full = try ModelNextTokenReader(Self.model()).topTokens(texts, top: 24)
            let other = try ModelNextTokenReader(Self.model(dtype)).topTokens(texts, top: 24)
            for (a, b) in zip(full.joined(), other.joined()) {
                let p = Dictionary(uniqueKeysWithValues: zip(a.tokens, a.probabilities))
                for (token, value) in zip(b.tokens, b.probabilities) {
                    #expect(abs((p[token] ?? 9) - value) < (dtype == .float64 ? 1e-5 : 0.05))
                }
            }
        }

        /// Equal scores by id, whatever order the kernels find them in.
        @Test func tiesGoByID() throws {
            let model = try Self.model()
            let head = try model.parameter("lm_head.weight")
            let equal = try DecoderModel.random(model.configuration, seed: 3).replacing([
                "lm_head.weight": Tensor([Float](repeating: 0, count: head.count), shape: head.shape)
            ])
            let rows = try ModelNextTokenReader(equal).topTokens([ReadText(prompt: [3], completion: [1, 2])], top: 5)
            #expect(rows[0].allSatisfy { $0.tokens == [0, 1, 2, 3, 4] })
            #expect(rows[0][0].probabilities.allSatisfy { abs($0 - 1 / 24) < 1e-6 })
        }

        @Test func whatCannotBeReadIsRefused() throws {
            let reader = ModelNextTokenReader(try Self.model())
            for text in [
                ReadText(prompt: [24], completion: [1]), ReadText(prompt: [1], completion: [-1]),
                ReadText(prompt: [1], completion: [Int32](repeating: 2, count: 33)),
            ] {
                #expect(throws: ModelError.self) { try reader.topTokens([text], top: 3) }
                #expect(throws: ModelError.self) { try reader.logProbabilities([text]) }
            }
            #expect(throws: (any Error).self) { try reader.topTokens([], top: 0) }
            #expect(try reader.topTokens([], top: 3).isEmpty)
            let longest = ReadText(prompt: [1], completion: [Int32](repeating: 2, count: 32))
            #expect(try reader.logProbabilities([longest])[0].count == 32)
        }
    }
#endif
