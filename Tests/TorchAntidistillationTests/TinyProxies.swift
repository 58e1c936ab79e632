#if Torch
    import Antidistillation
    import Foundation
    import TestSupport
    import TorchModels
    import TrainingExamples

    @testable import Torch
    @testable import TorchAntidistillation

    /// Small random proxies and directions for tests.
    enum TinyProxy {
        static func configuration(
            _ architecture: DecoderConfiguration.Architecture = .llama, vocabulary: Int = 24, tied: Bool = false
        ) throws -> DecoderConfiguration {
            try DecoderConfiguration(
                architecture: architecture, hiddenSize: 16, intermediateSize: 24, layers: 2, heads: 4, kvHeads: 2,
                vocabularySize: vocabulary, maxPositions: 128, tied: tied, initializerRange: 0.3)
        }

        static func model(
            _ architecture: DecoderConfiguration.Architecture = .llama, vocabulary: Int = 24, tied: Bool = false,
            seed: UInt64 = 3, dtype: DType = .float32
        ) throws -> DecoderModel {
            try DecoderModel.random(
                configuration(architecture, vocabulary: vocabulary, tied: tied), seed: seed, dtype: dtype,
                device: .cpu)
        }

        static func examples(_ count: Int, vocabulary: Int = 24, seed: UInt64 = 5) -> [TokenizedExample] {
            var random = SplitMix64(seed: seed)
            func tokens(_ range: ClosedRange<Int>) -> [Int32] {
                (0..<Int.random(in: range, using: &random)).map { _ in
                    Int32.random(in: 0..<Int32(vocabulary), using: &random)
                }
            }
            return (0..<count).map { line in
                TokenizedExample(prompt: tokens(1...6), completion: tokens(1...9), line: line + 1)
            }
        }

        /// The gradient of a model's loss on random traces.
        static func gradient(
            _ model: DecoderModel, examples: [TokenizedExample], average: LossAverage = .token
        ) throws -> ProxyGradient {
            let job = try GradientJob(model: model, examples: examples, options: .init(lossAverage: average))
            let result = try job.run()
            return ProxyGradient(
                names: model.parameterNames, tensors: result.gradient,
                info: GradientInfo(
                    loss: result.loss, norm: result.norm, lossAverage: average, traces: result.traces,
                    tokens: result.tokens, dataDigest: "data", modelDigest: "model", toolVersion: "test"))
        }
    }
#endif
