#if Torch
    import Foundation
    import Generation
    import Safetensors
    import TestSupport
    import Testing
    import Torch
    import TorchModels

    /// An architecture that nobody knows: all options at once, keys and names of its own.
    private struct ToyArchitecture: DecoderArchitecture {
        let modelType = "toy"
        let className = "ToyForCausalLM"
        let attentionBias: Bool? = true
        let biasesAttentionOutput = true
        let normalizesHeads = true

        func read(_ values: ConfigurationValues) throws(ModelError) -> DecoderConfiguration {
            if let gate = try values.optional("gate")?.string, gate != "silu" {
                throw values.unsupported("gate", gate, ["silu"])
            }
            return try DecoderConfiguration(
                architecture: .init(self), hiddenSize: values.required("width").count,
                intermediateSize: values.required("inner_width").count, layers: values.required("depth").count,
                heads: values.required("heads").count, kvHeads: values.optional("groups")?.count,
                vocabularySize: values.required("vocab_size").count,
                maxPositions: values.required("max_position_embeddings").count)
        }

        func write(_ configuration: DecoderConfiguration, to members: inout ConfigurationMembers) {
            for key in ["hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads"] {
                members.remove(key)
            }
            members.set("width", configuration.hiddenSize)
            members.set("inner_width", configuration.intermediateSize)
            members.set("depth", configuration.layers)
            members.set("heads", configuration.heads)
            members.set("groups", configuration.kvHeads)
            members.set("gate", "silu")
        }

        func storedName(of parameter: String) -> String {
            parameter.hasPrefix("model.") ? "toy/" + parameter.dropFirst("model.".count) : "toy/" + parameter
        }
    }

    @Suite("Architectures from outside")
    struct ArchitectureTests {
        private static func configuration(_ architecture: DecoderConfiguration.Architecture) throws
            -> DecoderConfiguration
        {
            try DecoderConfiguration(
                architecture: architecture, hiddenSize: 16, intermediateSize: 24, layers: 2, heads: 4, kvHeads: 2,
                vocabularySize: 40, maxPositions: 32, attentionBias: true, initializerRange: 0.3)
        }

        /// The logits after a few tokens, as a program samples from them.
        private static func logits(_ model: DecoderModel) throws -> [Float] {
            let session = try model.makeSession(slots: 1, capacity: 8)
            var logits = LogitsMatrix()
            try session.extend([DecodingChunk(slot: 0, tokens: [3, 1, 4, 1, 5])], into: &logits)
            return logits.withRow(0) { Array($0) }
        }

        @Test func aCheckpointOfItIsLoadedAndRun() throws {
            let registry = ArchitectureRegistry.standard.adding(ToyArchitecture())
            let folder = try TemporaryDirectory()
            let made = try DecoderModel.random(Self.configuration(.init(ToyArchitecture())), seed: 5)
            try made.save(to: folder.path)

            let names = try Checkpoint(folder: folder.path).tensorNames
            #expect(names.allSatisfy { $0.hasPrefix("toy/") } && names.count == made.parameterNames.count)
            let text = try String(contentsOfFile: folder.file("config.json"), encoding: .utf8)
            #expect(text.contains("ToyForCausalLM") && text.contains("\"width\" : 16") && !text.contains("hidden_size"))

            let loaded = try DecoderModel.load(folder.path, architectures: registry)
            #expect(loaded.configuration.architecture.modelType == "toy")
            #expect(loaded.configuration.attentionOutputBias && loaded.configuration.normalizesHeads)
            let logits = try Self.logits(loaded)
            #expect(logits.count == 40 && logits.allSatisfy(\.isFinite))
            #expect(try logits == Self.logits(made))
            // The same options under another name.
            #expect(try logits == Self.logits(DecoderModel.random(Self.configuration(.qwen3), seed: 5)))
        }

        @Test func anUnknownTypeIsToldWithTheKnownOnes() throws {
            let folder = try TemporaryDirectory()
            try DecoderModel.random(Self.configuration(.init(ToyArchitecture())), seed: 5).save(to: folder.path)
            let error = #expect(throws: ModelError.self) { try DecoderModel.load(folder.path) }
            #expect(
                error?.description.hasSuffix(
                    "model_type 'toy' is not supported (supported: llama, qwen2, qwen3, mistral, smollm3, olmo2, gemma2, gemma3_text, phi3)"
                )
                    == true)
            let other = #expect(throws: ModelError.self) {
                try DecoderConfiguration(
                    json: Data(#"{"model_type": "gpt2"}"#.utf8),
                    architectures: .standard.adding(ToyArchitecture()))
            }
            #expect(other?.description.hasSuffix(", phi3, toy)") == true)
        }

        @Test func whatAnArchitectureDecidesIsKept() {
            #expect(throws: ModelError.self) {
                try DecoderConfiguration(
                    architecture: .qwen2, hiddenSize: 16, intermediateSize: 24, layers: 2, heads: 4,
                    vocabularySize: 40, attentionBias: false)
            }
        }

        @Test func oneOfTheSameTypeTakesItsPlace() {
            struct OtherLlama: DecoderArchitecture {
                let modelType = "llama"
                let className = "OtherForCausalLM"
                let attentionBias: Bool? = nil
                let biasesAttentionOutput = false
                let normalizesHeads = false

                func read(_ values: ConfigurationValues) throws(ModelError) -> DecoderConfiguration {
                    try readCommon(values, maxPositions: 8, kvHeads: nil)
                }

                func write(_ configuration: DecoderConfiguration, to members: inout ConfigurationMembers) {}
            }
            let registry = ArchitectureRegistry.standard.adding(OtherLlama())
            let known = ArchitectureRegistry.standard.architectures
            #expect(Set(registry.architectures) == Set(known) && registry.architectures.count == known.count)
            #expect(registry["llama"]?.definition.className == "OtherForCausalLM")
            #expect(registry["mamba"] == nil)
        }
    }
#endif
