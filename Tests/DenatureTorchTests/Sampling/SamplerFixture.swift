#if Torch
    import Denature
    import FineTuning
    import Foundation
    import KeyedPRF
    import TestSupport
    import Tokenizers
    import Torch
    import TorchAntidistillation
    import TorchModels

    /// Random models, a gradient, adapters, problems and a keyring, small enough for many runs.
    final class SamplerFixture: Sendable {
        private let folder: TemporaryDirectory

        func file(_ name: String) -> String { folder.file(name) }

        init() throws {
            folder = try TemporaryDirectory()
            let trainer = WordVocabularyTrainer(
                vocabularySize: 60, included: (0...20).map { " \($0)" } + ["####", " ####", "\n"],
                fallback: .unknown("<unk>"))
            let tokenizer = try trainer.train(["Sum of 1 and 2 ?", "so we add 1 and 2 #### 3"])
            for (name, width, seed) in [("teacher", 16, 1), ("proxy", 8, 2)] as [(String, Int, UInt64)] {
                let configuration = try DecoderConfiguration(
                    architecture: .llama, hiddenSize: width, intermediateSize: 2 * width, layers: 1, heads: 2,
                    vocabularySize: 60, maxPositions: 64, initializerRange: 0.4)
                try DecoderModel.random(configuration, seed: seed).save(to: file(name))
                try tokenizer.write(to: file(name))
                // Another folder: weights are not all that a model is asked with.
                try FileManager.default.copyItem(atPath: file(name), toPath: file(name + "-other"))
                try write(name + "-other/generation_config.json", "{}\n")
            }
            for (name, scale) in [("g.safetensors", 1.0), ("g-other.safetensors", 2.0)] {
                try writeGradient(name, scale: scale)
            }
            try writeAdapter("adapter")
            try write("problems.jsonl", Self.problems(24))
            try write("problems-other.jsonl", Self.problems(25))
            try FixedKeyring.create(at: file("K.json"), tenants: ["acme", "globex"])
            for tenant in ["acme", "globex"] {
                _ = try Keyring.update(.file(file("K.json"))) { (keyring) throws(KeyedPRFError) in
                    try keyring.rotate(tenant: tenant).name
                }
            }
        }

        private func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        }

        private static func problems(_ count: Int) -> String {
            (0..<count).map {
                #"{"problem":"Sum of \#($0 % 13) and \#($0 % 7) ?","answer":\#($0 % 13 + $0 % 7)}"# + "\n"
            }
            .joined()
        }

        private func writeGradient(_ name: String, scale: Double) throws {
            let proxy = try DecoderModel.load(file("proxy"))
            var tensors: [String: Tensor] = [:]
            var square = 0.0
            for name in proxy.parameterNames {
                let tensor = try proxy.parameter(name).multiplied(by: scale)
                square += try tensor.to(.float64).squared().sum().item()
                tensors[name] = tensor
            }
            let info = GradientInfo(
                loss: 1, norm: square.squareRoot(), lossAverage: .token, traces: 1, tokens: 1, dataDigest: "none",
                modelDigest: try ModelDigest.of(folder: file("proxy")), toolVersion: "test")
            try GradientFile.write(
                ProxyGradient(names: proxy.parameterNames, tensors: tensors, info: info), to: file(name))
        }

        private func writeAdapter(_ name: String) throws {
            let model = try DecoderModel.load(file("teacher"))
            model.adapters["model.layers.0.self_attn.q_proj"] = LowRankAdapter(
                a: try Tensor.full([1, 16], value: 0.1), b: try Tensor.full([16, 1], value: 0.1), scale: 1)
            try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
            try AdapterFolder.write(
                model, options: AdapterOptions(rank: 1, alpha: 1, targets: ["q_proj"]), baseModel: nil, to: file(name))
        }

        /// Settings with the teacher, the problems and few tokens.
        func settings(_ output: String) -> SampleSettings {
            var settings = SampleSettings()
            settings.teacher = file("teacher")
            settings.prompts = file("problems.jsonl")
            settings.output = output.isEmpty ? "" : file(output)
            settings.decoding.seed = 5
            settings.decoding.maxNewTokens = 12
            settings.decoding.batchSize = 1
            return settings
        }

        /// The same with a penalty, a choice among drafts, forced answers and a key.
        func full(_ output: String) -> SampleSettings {
            var settings = settings(output)
            settings.decoding.answerForcing = " ####"
            settings.penalty.proxy = file("proxy")
            settings.penalty.gradient = file("g.safetensors")
            settings.penalty.strength = 0.5
            settings.drafts.count = 3
            settings.drafts.onEmpty = .keepBest
            settings.mark.watermark = "green"
            settings.key.keyring = file("K.json")
            settings.key.tenant = "acme"
            return settings
        }
    }
#endif
