#if Torch
    /// OLMo 2 (arXiv 2501.00656): norms of what the attention and the MLP give, and of queries and keys over all heads.
    struct OLMo2Architecture: DecoderArchitecture {
        let modelType = "olmo2"
        let className = "Olmo2ForCausalLM"
        let attentionBias: Bool? = nil
        let biasesAttentionOutput = true
        let normalizesHeads = true

        func read(_ values: ConfigurationValues) throws(ModelError) -> DecoderConfiguration {
            var block = BlockOptions()
            block.norms = .after
            block.normalizesAllHeads = true
            // The class has a default of its own.
            _ = try values.required("rms_norm_eps")
            try values.requireRope()
            return try readCommon(
                values, maxPositions: 2048, kvHeads: values.optional("num_key_value_heads")?.count, block: block)
        }

        func write(_ configuration: DecoderConfiguration, to members: inout ConfigurationMembers) {
            members.set("attention_bias", configuration.attentionBias)
        }
    }

    extension DecoderConfiguration.Architecture {
        /// OLMo 2.
        public static let olmo2 = Self(OLMo2Architecture())
    }

    extension ConfigurationValues {
        /// Refuses a file that leaves the rotation to the class's own default.
        func requireRope() throws(ModelError) {
            if try optional("rope_parameters") == nil { _ = try required("rope_theta") }
        }
    }
#endif
