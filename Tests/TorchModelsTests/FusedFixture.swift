#if Torch
    import CTorch
    import Foundation
    import Generation
    import Testing
    import Torch

    @testable import TorchModels

    /// Models and helpers of the fused decoder's tests.
    enum FusedFixture {
        /// Those that this processor has, the best one first.
        static let instructionSets: [String] = {
            let all = ["avx512", "avx2", "baseline"]
            let best = String(cString: ct_fused_instruction_set())
            return Array(all.drop { $0 != best })
        }()

        /// 70 tokens, width 72, weights large enough for far from uniform probabilities. A product has a panel of 64 columns
        /// and a narrower one, and more than one piece of 64 rows.
        static func model(_ architecture: DecoderConfiguration.Architecture, seed: UInt64) throws -> DecoderModel {
            try DecoderModel.random(
                DecoderConfiguration(
                    architecture: architecture, hiddenSize: 72, intermediateSize: 100, layers: 2, heads: 4, kvHeads: 2,
                    vocabularySize: 70, maxPositions: 512, initializerRange: 0.2), seed: seed)
        }

        /// Sizes that are no multiple of any vector.
        static let odd: [DecoderConfiguration] = [
            odd(.llama, hidden: 30, inner: 33, heads: 3, kvHeads: 1, headDim: 10, vocabulary: 67),
            odd(.qwen2, hidden: 96, inner: 130, heads: 4, kvHeads: 4, headDim: 24, vocabulary: 250),
            odd(.qwen3, hidden: 17, inner: 7, heads: 6, kvHeads: 2, headDim: 2, vocabulary: 5),
            odd(.qwen3, hidden: 72, inner: 64, heads: 2, kvHeads: 1, headDim: 72, vocabulary: 129),
        ].compactMap { $0 }

        private static func odd(
            _ architecture: DecoderConfiguration.Architecture, hidden: Int, inner: Int, heads: Int, kvHeads: Int,
            headDim: Int, vocabulary: Int
        ) -> DecoderConfiguration? {
            try? DecoderConfiguration(
                architecture: architecture, hiddenSize: hidden, intermediateSize: inner, layers: 2, heads: heads,
                kvHeads: kvHeads, headDim: headDim, vocabularySize: vocabulary, initializerRange: 0.2)
        }

        /// Log-probabilities of a row, normalised in double precision.
        static func logProbabilities(_ logits: LogitsMatrix, _ row: Int) -> [Float] {
            logits.withRow(row) { row in
                let largest = row.reduce(-Float.infinity, max)
                let total = row.reduce(0.0) { $0 + exp(Double($1 - largest)) }
                return row.map { Float(Double($0 - largest) - log(total)) }
            }
        }
    }

    @Suite("Exponential of the fused decoder")
    struct FusedExponentialTests {
        @Test("Relative error below 2e-7", arguments: FusedFixture.instructionSets)
        func accuracy(set: String) throws {
            let x = (-86_900...86_900).map { Float($0) * 1e-3 } + (0...1000).map { Float($0 - 500) * 1e-6 }
            var y = [Float](repeating: 0, count: x.count)
            try Tensor.perform("exponential", []) { ct_fused_exponential(set, x, Int64(x.count), &y) }
            let worst = zip(x, y).reduce(0.0) { worst, pair in
                let exact = exp(Double(pair.0))
                return max(worst, abs(Double(pair.1) - exact) / exact)
            }
            #expect(worst < 2e-7)
        }

        @Test("Constant outside its range")
        func ends() throws {
            let x: [Float] = [-.infinity, -1e30, -87, 87, 1e30, .infinity]
            var y = [Float](repeating: 0, count: x.count)
            try Tensor.perform("exponential", []) { ct_fused_exponential(nil, x, Int64(x.count), &y) }
            #expect(y[0] == y[2] && y[1] == y[2] && y[4] == y[3] && y[5] == y[3])
        }
    }
#endif
