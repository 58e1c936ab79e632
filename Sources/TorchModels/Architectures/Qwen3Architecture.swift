#if Torch
    /// Qwen3, dense: Llama's block with queries and keys normalised per head.
    struct Qwen3Architecture: DecoderArchitecture {
        let modelType = "qwen3"
        let className = "Qwen3ForCausalLM"
        let attentionBias: Bool? = nil
        let biasesAttentionOutput = true
        let normalizesHeads = true

        func read(_ values: ConfigurationValues) throws(ModelError) -> DecoderConfiguration {
            // The class assumes 32 heads where the key is absent, which no published file relies on.
            let configuration = try readCommon(
                values, maxPositions: 32_768, headDim: 128, kvHeads: values.present("num_key_value_heads")?.count)
            try values.refuseSlidingWindow(configuration)
            return configuration
        }

        func write(_ configuration: DecoderConfiguration, to members: inout ConfigurationMembers) {
            members.set("attention_bias", configuration.attentionBias)
            members.set("use_sliding_window", false)
        }
    }

    extension DecoderConfiguration.Architecture {
        /// Qwen3, dense.
        public static let qwen3 = Self(Qwen3Architecture())
    }
#endif
