#if Torch
    import TestSupport
    import Foundation
    import Safetensors
    import Testing

    @testable import TorchModels

    /// A small checkpoint and what transformers computed with it (scripts/golden/golden_models.py).
    struct GoldenModel: CustomTestStringConvertible, Sendable {
        let name: String

        static let all = [
            "llama", "llama-tied-grouped", "llama3-rope", "llama3-rope-old-keys-bias", "llama-linear-rope", "qwen2",
            "qwen2-sharded", "qwen3", "llama-bfloat16", "qwen2-bfloat16", "qwen3-bfloat16",
            "mistral", "mistral-whole", "smollm3", "olmo2", "gemma2", "gemma3", "gemma3-bfloat16", "phi3",
            "phi3-window",
        ].map(GoldenModel.init)
        static let single = all.filter { !$0.isHalf }
        /// Those that the fused decoder computes.
        static let plain = single.filter {
            !["mistral", "smollm3", "olmo2", "gemma2", "gemma3", "phi3-window"].contains($0.name)
        }
        /// Those whose golden file has gradients.
        static let withGradients = [
            "mistral", "mistral-whole", "smollm3", "olmo2", "gemma2", "gemma3", "phi3", "phi3-window",
        ].map(
            GoldenModel.init)

        var testDescription: String { name }
        var isHalf: Bool { name.hasSuffix("bfloat16") }

        var folder: String {
            return Repository.path("fixtures/golden/models/" + name)
        }

        /// A prompt, the log-probabilities after each of its tokens, and how it goes on when the likeliest is taken.
        struct Case {
            let prompt: [Int32]
            /// [T][V].
            let logProbabilities: [[Float]]
            let greedy: [Int32]
        }

        func cases() throws -> [Case] {
            let file = try SafetensorsFile(path: folder + "/golden.safetensors")
            return try (0..<5).map { i in
                let values = try file.floats("logprobs.\(i)")
                let width = try file.info("logprobs.\(i)").shape[1]
                return Case(
                    prompt: try ids("prompt.\(i)", file),
                    logProbabilities: stride(from: 0, to: values.count, by: width).map {
                        Array(values[$0..<$0 + width])
                    },
                    greedy: try ids("greedy.\(i)", file))
            }
        }

        private func ids(_ name: String, _ file: SafetensorsFile) throws -> [Int32] {
            try file.withTensorBytes(name) { bytes in
                (0..<bytes.count / 8).map { Int32(bytes.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self)) }
            }
        }
    }

    /// The largest absolute difference.
    func maximumDifference(_ a: [Float], _ b: [Float]) -> Float {
        guard a.count == b.count else { return .infinity }
        return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
#endif
