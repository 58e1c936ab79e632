#if Torch
    import Foundation
    import TestSupport
    import Testing

    @testable import TorchModels

    @Suite("config.json")
    struct ConfigurationTests {
        private static var small: [String: Any] {
            [
                "model_type": "llama", "hidden_size": 24, "intermediate_size": 32, "num_hidden_layers": 2,
                "num_attention_heads": 4, "vocab_size": 64,
            ]
        }

        private func read(_ changes: [String: Any] = [:], without: [String] = []) throws -> DecoderConfiguration {
            var values = Self.small.merging(changes) { _, new in new }
            for key in without { values[key] = nil }
            return try DecoderConfiguration(json: JSONSerialization.data(withJSONObject: values))
        }

        private func problem(_ changes: [String: Any] = [:], without: [String] = []) -> ModelError.Problem? {
            do {
                _ = try read(changes, without: without)
                return nil
            } catch let error as ModelError {
                return error.problem
            } catch {
                Issue.record("\(error)")
                return nil
            }
        }

        @Test func defaultsAreThoseOfTransformers() throws {
            let llama = try read()
            #expect(llama.kvHeads == 4)
            #expect(llama.headDim == 6)
            #expect(llama.maxPositions == 2048)
            #expect(llama.ropeTheta == 10_000)
            #expect(llama.ropeScaling == .none)
            #expect(llama.rmsEps == 1e-6)
            #expect(!llama.tied && !llama.attentionBias && llama.endIDs.isEmpty)
            let qwen2 = try read(["model_type": "qwen2", "num_key_value_heads": 2, "eos_token_id": [5, 6]])
            #expect(qwen2.attentionBias && !qwen2.attentionOutputBias && !qwen2.normalizesHeads)
            #expect(qwen2.endIDs == [5, 6])
            #expect(qwen2.maxPositions == 32_768)
            let qwen3 = try read(["model_type": "qwen3", "num_key_value_heads": 2])
            #expect(qwen3.headDim == 128 && qwen3.normalizesHeads && !qwen3.attentionBias)
        }

        private static let llama3Members: [String: any Sendable] = [
            "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 512,
        ]

        @Test func ropeInAllItsSpellings() throws {
            let llama3 = DecoderConfiguration.RopeScaling.llama3(
                factor: 8, lowFrequency: 1, highFrequency: 4, originalMaxPositions: 512)
            let old = try read(["rope_theta": 5e5, "rope_scaling": Self.llama3Members])
            #expect(old.ropeTheta == 5e5 && old.ropeScaling == llama3)
            let new = try read(["rope_parameters": Self.llama3Members.merging(["rope_theta": 5e5]) { $1 }])
            #expect(new == old)
            #expect(try read(["rope_scaling": ["type": "linear", "factor": 2]]).ropeScaling == .linear(factor: 2))
            #expect(try read(["rope_scaling": NSNull(), "rope_theta": 7e3]).ropeTheta == 7e3)
            #expect(try read(["rope_parameters": ["rope_type": "default", "rope_theta": 9e3]]).ropeTheta == 9e3)
            let inherited = try read([
                "max_position_embeddings": 4096,
                "rope_scaling": Self.llama3Members.filter { $0.key != "original_max_position_embeddings" },
            ])
            #expect(
                inherited.ropeScaling
                    == .llama3(factor: 8, lowFrequency: 1, highFrequency: 4, originalMaxPositions: 4096))
        }

        @Test(
            "A missing key is named",
            arguments: [
                "model_type", "hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
                "vocab_size",
            ])
        func missing(key: String) {
            #expect(problem(without: [key]) == .missingKey(key))
            #expect(problem([key: NSNull()]) == .missingKey(key))
        }

        @Test func qwenMustSayItsKeyValueHeads() {
            #expect(problem(["model_type": "qwen2"]) == .missingKey("num_key_value_heads"))
        }

        @Test(
            "Wrong types are named",
            arguments: [
                "hidden_size", "num_hidden_layers", "rms_norm_eps", "tie_word_embeddings", "rope_scaling",
                "architectures", "eos_token_id", "model_type", "hidden_act", "max_position_embeddings",
            ])
        func wrongType(key: String) {
            let wrong: Any = ["model_type", "hidden_act"].contains(key) ? 7 : "seven"
            guard case .wrongType(let named, _) = problem([key: wrong]) else {
                Issue.record("\(String(describing: problem([key: wrong])))")
                return
            }
            #expect(named == key)
        }

        @Test(
            "Absurd sizes",
            arguments: [
                "hidden_size": [0, -4, .max], "vocab_size": [0, 1 << 40], "num_hidden_layers": [0, 1 << 20],
                "num_attention_heads": [0, 1 << 30], "num_key_value_heads": [0], "intermediate_size": [0, 1 << 50],
                "head_dim": [7, 0, 1 << 40], "max_position_embeddings": [0], "eos_token_id": [-7, 1 << 40],
            ] as [String: [Int]])
        func absurd(key: String, values: [Int]) {
            for value in values {
                switch problem([key: value]) {
                case .outOfRange, .inconsistent, .wrongType: break
                case let other: Issue.record("\(value): \(String(describing: other))")
                }
            }
        }

        @Test func sizesThatDoNotFit() {
            #expect(problem(["num_key_value_heads": 3]) != nil)
            #expect(problem(["num_attention_heads": 5]) != nil)
            // Each allowed, together more than any machine holds.
            #expect(
                problem(["hidden_size": 1 << 20, "intermediate_size": 1 << 20, "num_hidden_layers": 4096]) != nil)
            #expect(
                problem(["hidden_size": 1e300]) == .wrongType(key: "hidden_size", expected: "an integer of 64 bits"))
            #expect(problem(["rope_theta": 0]) != nil)
            #expect(problem(["rope_scaling": ["rope_type": "linear", "factor": -1]]) != nil)
            #expect(problem(["rope_scaling": ["rope_type": "linear"]]) == .missingKey("rope_scaling.factor"))
        }

        @Test func whatWouldChangeResultsIsRefused() {
            func isRefused(_ changes: [String: Any]) -> Bool {
                if case .unsupported = problem(changes) { return true }
                return false
            }
            #expect(isRefused(["model_type": "mixtral"]))
            #expect(isRefused(["hidden_act": "gelu"]))
            #expect(isRefused(["mlp_bias": true]))
            #expect(isRefused(["quantization_config": ["bits": 4]]))
            #expect(isRefused(["architectures": ["LlamaForSequenceClassification"]]))
            for type in ["dynamic", "yarn", "longrope", "mrope"] {
                #expect(isRefused(["rope_scaling": ["rope_type": type, "factor": 2]]))
            }
            #expect(isRefused(["rope_parameters": ["rope_type": "default", "partial_rotary_factor": 0.5]]))
            let qwen: [String: Any] = ["model_type": "qwen2", "num_key_value_heads": 2, "sliding_window": 128]
            #expect(problem(qwen) == nil)
            #expect(isRefused(qwen.merging(["use_sliding_window": true, "max_window_layers": 1]) { $1 }))
            #expect(problem(qwen.merging(["use_sliding_window": true, "max_window_layers": 2]) { $1 }) == nil)
            #expect(isRefused(qwen.merging(["layer_types": ["full_attention", "sliding_attention"]]) { $1 }))
        }

        @Test(
            "Not a JSON object",
            arguments: ["", "{", "[]", "null", "{\"model_type\": }", String(repeating: "[", count: 100_000)])
        func malformed(text: String) {
            #expect {
                try DecoderConfiguration(json: Data(text.utf8))
            } throws: { error in
                guard case .malformedJSON = (error as? ModelError)?.problem else { return false }
                return true
            }
        }

        @Test func errorsNameTheFile() throws {
            let folder = try TemporaryDirectory()
            func message() -> String {
                do {
                    _ = try DecoderConfiguration.load(folder.path)
                    return ""
                } catch {
                    return error.description
                }
            }
            #expect(message() == "\(folder.path)/config.json: cannot be read: no such file")
            try Data(#"{"model_type": "gpt2"}"#.utf8).write(to: URL(fileURLWithPath: folder.file("config.json")))
            #expect(
                message()
                    == "\(folder.path)/config.json: model_type 'gpt2' is not supported (supported: llama, qwen2, qwen3, mistral, smollm3, olmo2, gemma2, gemma3_text, phi3)"
            )
            try FileManager.default.removeItem(atPath: folder.file("config.json"))
            try FileManager.default.createDirectory(
                atPath: folder.file("config.json"), withIntermediateDirectories: false)
            #expect(message().contains("not a regular file"))
        }

        @Test("What is written reads back the same", arguments: GoldenModel.all)
        func roundTrip(golden: GoldenModel) throws {
            let read = try DecoderConfiguration.load(golden.folder)
            #expect(try DecoderConfiguration(json: read.json(dtype: "float32")) == read)
        }

        @Test func sizesOfAModel() throws {
            let configuration = try DecoderConfiguration.load(GoldenModel(name: "llama-tied-grouped").folder)
            // 64·24 embeddings; per block q, o 24·24, k, v 12·24, three of 24·32, two norms; the last norm.
            #expect(configuration.parameterCount == 64 * 24 + 2 * (2 * 576 + 2 * 288 + 3 * 768 + 48) + 24)
            #expect(configuration.cacheBytesPerToken(elementBytes: 4) == 2 * 2 * 2 * 6 * 4)
        }
    }
#endif
