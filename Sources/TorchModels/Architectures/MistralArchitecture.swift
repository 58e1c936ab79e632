#if Torch
    /// Mistral: Llama's block, in which each token sees a window of those before it.
    struct MistralArchitecture: DecoderArchitecture {
        let modelType = "mistral"
        let className = "MistralForCausalLM"
        let attentionBias: Bool? = false
        let biasesAttentionOutput = false
        let normalizesHeads = false

        func read(_ values: ConfigurationValues) throws(ModelError) -> DecoderConfiguration {
            var block = BlockOptions()
            let layers = try values.required("num_hidden_layers").count
            // The class assumes a window where the key is absent; null says that there is none.
            let window = try values.contains("sliding_window") ? values.optional("sliding_window")?.count : 4096
            let maxPositions = try values.optional("max_position_embeddings")?.count ?? 131_072
            // A window that is never left changes nothing.
            if let window, window < maxPositions {
                block.window = window
                block.windowedLayers = Set(0..<min(layers, 4096))
            }
            for type in try values.optional("layer_types")?.strings ?? []
            where type != (block.window == nil ? "full_attention" : "sliding_attention") {
                throw values.unsupported("layer_types", type, ["one type, as sliding_window says"])
            }
            // The class assumes 8 heads where the key is absent, which no published file relies on.
            return try readCommon(
                values, maxPositions: maxPositions, kvHeads: values.present("num_key_value_heads")?.count, block: block)
        }

        func write(_ configuration: DecoderConfiguration, to members: inout ConfigurationMembers) {
            if let window = configuration.block.window {
                members.set("sliding_window", window)
            } else {
                members.setNull("sliding_window")
            }
        }
    }

    extension DecoderConfiguration.Architecture {
        /// Mistral.
        public static let mistral = Self(MistralArchitecture())
    }
#endif
