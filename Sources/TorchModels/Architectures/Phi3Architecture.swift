#if Torch
    /// Phi-3 and Phi-4: Llama's block, of which files hold queries, keys and values in one matrix, and gate and up in another.
    struct Phi3Architecture: DecoderArchitecture {
        let modelType = "phi3"
        let className = "Phi3ForCausalLM"
        let attentionBias: Bool? = false
        let biasesAttentionOutput = false
        let normalizesHeads = false

        func read(_ values: ConfigurationValues) throws(ModelError) -> DecoderConfiguration {
            // The classes have defaults of their own.
            _ = try values.required("rms_norm_eps")
            try values.requireRope()
            if try values.optional("attention_bias")?.flag ?? false {
                throw values.unsupported("attention_bias", "true", ["false"])
            }
            let maxPositions = try values.optional("max_position_embeddings")?.count ?? 4096
            var block = BlockOptions()
            // A window that is never left changes nothing.
            if let window = try values.optional("sliding_window")?.count, window < maxPositions {
                block.window = window
                block.windowedLayers = Set(0..<min(try values.required("num_hidden_layers").count, 4096))
            }
            return try readCommon(
                values, maxPositions: maxPositions, kvHeads: values.optional("num_key_value_heads")?.count, block: block
            )
        }

        func write(_ configuration: DecoderConfiguration, to members: inout ConfigurationMembers) {
            members.set("attention_bias", false)
            if let window = configuration.block.window {
                members.set("sliding_window", window)
            } else {
                members.setNull("sliding_window")
            }
        }

        func storedName(of parameter: String) -> String {
            for (parts, whole) in [
                (["q_proj", "k_proj", "v_proj"], "qkv_proj"), (["gate_proj", "up_proj"], "gate_up_proj"),
            ] {
                for part in parts where parameter.hasSuffix("." + part + ".weight") {
                    return String(parameter.dropLast(part.count + ".weight".count)) + whole + ".weight"
                }
            }
            return parameter
        }
    }

    extension DecoderConfiguration.Architecture {
        /// Phi-3 and Phi-4.
        public static let phi3 = Self(Phi3Architecture())
    }
#endif
