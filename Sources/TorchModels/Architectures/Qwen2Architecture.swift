#if Torch
    /// Qwen2 and Qwen2.5: Llama's block with biases of the query, key and value projections.
    struct Qwen2Architecture: DecoderArchitecture {
        let modelType = "qwen2"
        let className = "Qwen2ForCausalLM"
        let attentionBias: Bool? = true
        let biasesAttentionOutput = false
        let normalizesHeads = false

        func read(_ values: ConfigurationValues) throws(ModelError) -> DecoderConfiguration {
            // The class assumes 32 heads where the key is absent, which no published file relies on.
            let configuration = try readCommon(
                values, maxPositions: 32_768, kvHeads: values.present("num_key_value_heads")?.count)
            try values.refuseSlidingWindow(configuration)
            return configuration
        }

        func write(_ configuration: DecoderConfiguration, to members: inout ConfigurationMembers) {
            members.set("use_sliding_window", false)
        }
    }

    extension DecoderConfiguration.Architecture {
        /// Qwen2 and Qwen2.5.
        public static let qwen2 = Self(Qwen2Architecture())
    }
#endif
