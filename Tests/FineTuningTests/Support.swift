#if Torch
    import Foundation
    import TestSupport
    import Torch
    import TorchModels
    import TrainingExamples

    @testable import FineTuning

    /// Golden files of fixtures/golden/finetuning, found from this source file so that the current folder does not matter.
    enum Golden {
        struct Example: Decodable {
            var prompt: [Int32]
            var completion: [Int32]
        }

        struct Options: Decodable {
            var rate: Double
            var warmup: Double
            var decay: Double
            var clip: Double
            var loss: TrainingOptions.Loss
        }

        struct Run: Decodable {
            var options: Options
            var losses: [Double]
            var norms: [Double]
            var rates: [Double]
            var final: [String: Double]
        }

        struct File: Decodable {
            var batches: [[[Example]]]
            var runs: [String: Run]
        }

        static func path(_ name: String) throws -> String {
            return Repository.path("fixtures/golden/finetuning/\(name)")
        }

        static func file() throws -> File {
            try JSONDecoder().decode(File.self, from: Data(contentsOf: URL(fileURLWithPath: path("steps.json"))))
        }

        static func model(dtype: DType? = nil) throws -> DecoderModel {
            TorchRuntime.setThreads(1)
            return try DecoderModel.load(path("model"), dtype: dtype)
        }

        /// The examples of the golden steps as one set.
        static func set() throws -> TrainingSet {
            TrainingSet(examples: try file().batches.joined().joined().map(TokenizedExample.init), digest: "golden")
        }
    }

    extension TokenizedExample {
        init(_ example: Golden.Example) {
            self.init(prompt: example.prompt, completion: example.completion, line: 1)
        }
    }

    extension DecoderModel {
        /// All weights, by name.
        func weights() throws -> [String: [Float]] {
            var weights: [String: [Float]] = [:]
            for name in parameterNames { weights[name] = try parameter(name).detach().floats() }
            return weights
        }

        /// Logits of a fixed text, for comparing models.
        func sampleLogits() throws -> [Float] {
            let ids = (0..<24).map { Int64($0 * 7 % configuration.vocabularySize) }
            return try Autograd.noGrad {
                try logits(fromHidden: hiddenStates(Tensor(ids, shape: [2, 12]))).floats()
            }
        }
    }

    extension [Float] {
        func largestDifference(to other: [Float]) -> Float {
            zip(self, other).reduce(0) { Swift.max($0, abs($1.0 - $1.1)) }
        }
    }
#endif
