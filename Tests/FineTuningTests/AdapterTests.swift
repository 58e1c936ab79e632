#if Torch
    import Foundation
    import Safetensors
    import TestSupport
    import Testing
    import Torch
    import TorchModels
    import TrainingExamples

    @testable import FineTuning

    @Suite struct AdapterTests {
        /// A model with adapters that do something.
        private func trained(targets: [String] = ["q_proj", "mlp.up_proj"]) throws -> (DecoderModel, AdapterOptions) {
            var options = TrainingOptions()
            let adapters = AdapterOptions(rank: 3, alpha: 5, targets: targets)
            options.adapters = adapters
            let trainer = try Trainer(Golden.model(), options: options)
            let examples = Array(try Golden.set().examples.prefix(4))
            for _ in 0..<3 { _ = try trainer.takeStep([examples], learningRate: 1e-1) }
            return (trainer.model, adapters)
        }

        @Test func freshAdaptersChangeNothing() throws {
            var options = TrainingOptions()
            options.adapters = AdapterOptions(targets: ["all-linear"])
            let plain = try Golden.model()
            let trainer = try Trainer(plain, options: options)
            #expect(trainer.model.adapters.count == 2 * 7)
            #expect(plain.adapters.isEmpty)
            #expect(try trainer.model.sampleLogits() == plain.sampleLogits())
            // A is random, by the seed.
            let a = try trainer.masters[0].detach().floats()
            let bound = 1 / Float(32).squareRoot()
            #expect(a.allSatisfy { abs($0) <= bound })
            #expect(try #require(a.max()) > 0.8 * bound)
            #expect(try Trainer(plain, options: options).masters[0].detach().floats() == a)
            options.seed = 1
            #expect(try Trainer(plain, options: options).masters[0].detach().floats() != a)
        }

        @Test func mergedModelIsTheSame() throws {
            let (model, _) = try trained()
            let merged = try model.mergingAdapters()
            #expect(merged.adapters.isEmpty)
            let logits = try model.sampleLogits()
            #expect(try merged.sampleLogits().largestDifference(to: logits) < 1e-4)
            #expect(try Golden.model().sampleLogits().largestDifference(to: logits) > 1e-2)
        }

        @Test func writtenAsPEFTDoes() throws {
            let (model, options) = try trained()
            let folder = try TemporaryDirectory()
            try AdapterFolder.write(model, options: options, baseModel: "base", to: folder.path)
            #expect(try AdapterFolder.baseModel(of: folder.path) == "base")
            let file = try SafetensorsFile(path: folder.file("adapter_model.safetensors"))
            #expect(file.names.count == 2 * 2 * 2)
            #expect(file["base_model.model.model.layers.1.mlp.up_proj.lora_A.weight"]?.shape == [3, 32])
            #expect(file["base_model.model.model.layers.1.mlp.up_proj.lora_B.weight"]?.shape == [48, 3])
            let text = try String(contentsOfFile: folder.file("adapter_config.json"), encoding: .utf8)
            for member in [
                #""peft_type" : "LORA""#, #""r" : 3"#, #""lora_alpha" : 5"#, #""base_model_name_or_path" : "base""#,
                #""task_type" : "CAUSAL_LM""#, #""mlp.up_proj""#, #""bias" : "none""#,
            ] {
                #expect(text.contains(member))
            }

            let again = try Golden.model()
            #expect(try AdapterFolder.attach(folder.path, to: again).rank == 3)
            #expect(try AdapterFolder.baseModel(of: folder.path) == "base")
            #expect(try again.sampleLogits() == model.sampleLogits())
            #expect(throws: SafetensorsError.self) {
                try AdapterFolder.write(model, options: options, baseModel: nil, to: folder.path)
            }
        }

        @Test(arguments: [
            #""peft_type": "LOHA""#, #""use_dora": true"#, #""bias": "all""#, #""modules_to_save": ["lm_head"]"#,
            #""rank_pattern": {"q_proj": 2}"#, #""fan_in_fan_out": true"#,
        ])
        func kindsNotImplementedAreRefused(_ member: String) throws {
            let folder = try TemporaryDirectory()
            let kind = member.contains("peft_type") ? "" : #""peft_type": "LORA", "#
            let text = #"{\#(kind)"r": 4, "lora_alpha": 8, "target_modules": "q_proj", \#(member)}"#
            try text.write(toFile: folder.file("adapter_config.json"), atomically: true, encoding: .utf8)
            let error = #expect(throws: FineTuningError.self) {
                try AdapterFolder.attach(folder.path, to: Golden.model())
            }
            #expect(error?.code == .adapterMismatch)
        }

        @Test func adaptersOfOtherModelsAreRefused() throws {
            let (model, options) = try trained(targets: ["v_proj"])
            let folder = try TemporaryDirectory()
            try AdapterFolder.write(model, options: options, baseModel: nil, to: folder.path)
            let other = try DecoderModel.random(
                DecoderConfiguration(
                    architecture: .llama, hiddenSize: 16, intermediateSize: 16, layers: 2, heads: 2,
                    vocabularySize: 20), seed: 1)
            #expect(throws: ModelError.self) { try AdapterFolder.attach(folder.path, to: other) }
        }

        @Test func adaptersGoOnAsTheyWere() throws {
            let (model, adapters) = try trained()
            var options = TrainingOptions()
            options.adapters = adapters
            let trainer = try Trainer(model, options: options)
            #expect(try trainer.model.sampleLogits() == model.sampleLogits())
            for other in [
                AdapterOptions(rank: 4, alpha: 5, targets: adapters.targets),
                AdapterOptions(rank: 3, alpha: 6, targets: adapters.targets),
                AdapterOptions(rank: 3, alpha: 5, targets: ["q_proj"]),
            ] {
                options.adapters = other
                let error = #expect(throws: FineTuningError.self) { try Trainer(model, options: options) }
                #expect(error?.code == .adapterMismatch)
            }
            options.adapters = nil
            #expect(throws: FineTuningError.self) { try Trainer(model, options: options) }
        }

        @Test func targetsThatAreNotThere() throws {
            for target in ["c_attn", "proj", "embed_tokens"] {
                var options = TrainingOptions()
                options.adapters = AdapterOptions(targets: ["q_proj", target])
                let error = #expect(throws: FineTuningError.self) { try Trainer(Golden.model(), options: options) }
                #expect(error?.code == .adapterMismatch)
                #expect(error?.description.contains("'\(target)'") == true)
            }
        }
    }
#endif
