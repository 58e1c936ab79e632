#if Torch
    /// Llama 2 and 3 and what shares their block.
    struct LlamaArchitecture: DecoderArchitecture {
        let modelType = "llama"
        let className = "LlamaForCausalLM"
        let attentionBias: Bool? = nil
        let biasesAttentionOutput = true
        let normalizesHeads = false

        func read(_ values: ConfigurationValues) throws(ModelError) -> DecoderConfiguration {
            try readCommon(values, maxPositions: 2048, kvHeads: values.optional("num_key_value_heads")?.count)
        }

        func write(_ configuration: DecoderConfiguration, to members: inout ConfigurationMembers) {
            members.set("attention_bias", configuration.attentionBias)
            members.set("mlp_bias", false)
        }
    }

    extension DecoderConfiguration.Architecture {
        /// Llama 2 and 3 and what shares their block.
        public static let llama = Self(LlamaArchitecture())
    }
#endif
