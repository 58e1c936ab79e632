#if Torch
    /// SmolLM3: Llama's block, with some layers that do not rotate queries and keys (NoPE, arXiv 2501.18795).
    struct SmolLM3Architecture: DecoderArchitecture {
        let modelType = "smollm3"
        let className = "SmolLM3ForCausalLM"
        let attentionBias: Bool? = nil
        let biasesAttentionOutput = true
        let normalizesHeads = false

        func read(_ values: ConfigurationValues) throws(ModelError) -> DecoderConfiguration {
            var block = BlockOptions()
            let layers = min(try values.required("num_hidden_layers").count, 4096)
            if let flags = try values.optional("no_rope_layers")?.counts {
                // The name notwithstanding, 1 says that the layer rotates.
                guard flags.count == layers, flags.allSatisfy({ $0 == 0 || $0 == 1 }) else {
                    throw values.unsupported("no_rope_layers", "\(flags.count) entries", ["0 or 1 for each layer"])
                }
                block.unrotatedLayers = Set(flags.indices.filter { flags[$0] == 0 })
            } else {
                let interval = max(1, try values.optional("no_rope_layer_interval")?.count ?? 4)
                block.unrotatedLayers = Set((0..<layers).filter { ($0 + 1) % interval == 0 })
            }
            if try values.optional("use_sliding_window")?.flag ?? false {
                throw values.unsupported("use_sliding_window", "true", ["false"])
            }
            try values.requireRope()
            // The class assumes 4 heads where the key is absent, which no published file relies on.
            return try readCommon(
                values, maxPositions: 32_768, kvHeads: values.present("num_key_value_heads")?.count, tied: true,
                block: block)
        }

        func write(_ configuration: DecoderConfiguration, to members: inout ConfigurationMembers) {
            let unrotated = configuration.block.unrotatedLayers
            members.set("attention_bias", configuration.attentionBias)
            members.set("mlp_bias", false)
            members.set("use_sliding_window", false)
            members.set("no_rope_layers", (0..<configuration.layers).map { unrotated.contains($0) ? 0 : 1 })
        }
    }

    extension DecoderConfiguration.Architecture {
        /// SmolLM3.
        public static let smolLM3 = Self(SmolLM3Architecture())
    }
#endif
