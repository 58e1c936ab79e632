#if Torch
    /// What Gemma 2 and 3 have in common: norms before and after, weights of norms that are differences from 1, scaled embeddings,
    /// a GELU, and windows in some layers.
    private enum Gemma {
        /// Reads the options of the block.
        ///
        /// - Parameters:
        ///   - caps: What scores are capped at where the file does not say it: of the attention, of tokens.
        ///   - interval: Every so many layers one sees everything, where the file does not list the layers.
        static func block(
            _ values: ConfigurationValues, caps: (attention: Double?, output: Double?), interval: Int
        ) throws(ModelError) -> BlockOptions {
            var block = BlockOptions()
            block.norms = .around
            block.normOffset = 1
            block.activation = .gelu
            block.embeddingScale = Double(try values.required("hidden_size").count).squareRoot()
            let scalar = try values.optional("query_pre_attn_scalar")?.number ?? 256
            guard scalar > 0 else {
                throw values.unsupported("query_pre_attn_scalar", "\(scalar)", ["positive numbers"])
            }
            block.attentionScale = 1 / scalar.squareRoot()
            block.attentionCap = try cap("attn_logit_softcapping", values, caps.attention)
            block.outputCap = try cap("final_logit_softcapping", values, caps.output)
            block.window = try values.optional("sliding_window")?.count ?? 4096
            let layers = min(try values.required("num_hidden_layers").count, 4096)
            if let types = try values.optional("layer_types")?.strings {
                guard types.count == layers else {
                    throw values.unsupported("layer_types", "\(types.count) entries", ["one for each layer"])
                }
                for type in types where type != "full_attention" && type != "sliding_attention" {
                    throw values.unsupported("layer_types", type, ["full_attention", "sliding_attention"])
                }
                block.windowedLayers = Set(types.indices.filter { types[$0] == "sliding_attention" })
            } else {
                block.windowedLayers = Set((0..<layers).filter { ($0 + 1) % interval != 0 })
            }
            if block.windowedLayers.isEmpty { block.window = nil }
            if try values.optional("use_bidirectional_attention")?.flag ?? false {
                throw values.unsupported("use_bidirectional_attention", "true", ["false"])
            }
            return block
        }

        private static func cap(
            _ key: String, _ values: ConfigurationValues, _ fallback: Double?
        ) throws(ModelError) -> Double? {
            try values.contains(key) ? values.optional(key)?.number : fallback
        }

        static func write(_ configuration: DecoderConfiguration, to members: inout ConfigurationMembers) {
            let block = configuration.block
            members.remove("hidden_act")
            members.set("hidden_activation", BlockOptions.Activation.gelu.rawValue)
            members.set("attention_bias", configuration.attentionBias)
            if let scale = block.attentionScale { members.set("query_pre_attn_scalar", 1 / (scale * scale)) }
            for (key, cap) in [
                ("attn_logit_softcapping", block.attentionCap), ("final_logit_softcapping", block.outputCap),
            ] {
                if let cap { members.set(key, cap) } else { members.setNull(key) }
            }
            members.set("sliding_window", block.window ?? configuration.maxPositions)
            members.set(
                "layer_types",
                (0..<configuration.layers).map {
                    block.windowedLayers.contains($0) ? "sliding_attention" : "full_attention"
                })
        }
    }

    /// Gemma 2 (arXiv 2408.00118).
    struct Gemma2Architecture: DecoderArchitecture {
        let modelType = "gemma2"
        let className = "Gemma2ForCausalLM"
        let attentionBias: Bool? = nil
        let biasesAttentionOutput = true
        let normalizesHeads = false

        func read(_ values: ConfigurationValues) throws(ModelError) -> DecoderConfiguration {
            let block = try Gemma.block(values, caps: (50, 30), interval: 2)
            // The class assumes 4 heads where the key is absent, which no published file relies on.
            return try readCommon(
                values, maxPositions: 8192, headDim: 256, kvHeads: values.present("num_key_value_heads")?.count,
                tied: true, activation: ("hidden_activation", .gelu), block: block)
        }

        func write(_ configuration: DecoderConfiguration, to members: inout ConfigurationMembers) {
            Gemma.write(configuration, to: &members)
        }
    }

    /// Gemma 3, text only (arXiv 2503.19786): windowed layers rotate by frequencies of their own.
    struct Gemma3Architecture: DecoderArchitecture {
        let modelType = "gemma3_text"
        let className = "Gemma3ForCausalLM"
        let attentionBias: Bool? = nil
        let biasesAttentionOutput = true
        let normalizesHeads = true

        func read(_ values: ConfigurationValues) throws(ModelError) -> DecoderConfiguration {
            let interval = try values.optional("sliding_window_pattern")?.count
            let older = try values.optional("_sliding_window_pattern")?.count
            var block = try Gemma.block(values, caps: (nil, nil), interval: max(1, interval ?? older ?? 6))
            let maxPositions = try values.optional("max_position_embeddings")?.count ?? 131_072
            let rope: (theta: Double, scaling: DecoderConfiguration.RopeScaling)
            let parameters = try values.optional("rope_parameters")?.object
            if let parameters, parameters.contains("full_attention") {
                // As transformers 5 writes it: one set of parameters for each type of layer.
                let full = try parameters.required("full_attention").object
                let windowed = try parameters.required("sliding_attention").object
                _ = try full.required("rope_theta")
                rope = try full.rope(in: full, outer: nil, maxPositions: maxPositions)
                let local = try windowed.rope(in: windowed, outer: nil, maxPositions: maxPositions)
                guard local.scaling == .none else {
                    throw windowed.unsupported("rope_type", "of windowed layers", ["default"])
                }
                block.windowTheta = try windowed.required("rope_theta").number
            } else {
                block.windowTheta = try values.optional("rope_local_base_freq")?.number ?? 10_000
                let theta = try values.optional("rope_theta")?.number ?? 1_000_000
                if let scaling = try values.optional("rope_scaling")?.object {
                    rope = try values.rope(in: scaling, outer: theta, maxPositions: maxPositions)
                } else {
                    rope = (theta, .none)
                }
            }
            // The class assumes 4 heads where the key is absent, which no published file relies on.
            return try readCommon(
                values, maxPositions: maxPositions, headDim: 256,
                kvHeads: values.present("num_key_value_heads")?.count, tied: true,
                activation: ("hidden_activation", .gelu), rope: rope, block: block)
        }

        func write(_ configuration: DecoderConfiguration, to members: inout ConfigurationMembers) {
            Gemma.write(configuration, to: &members)
            let local = configuration.block.windowTheta ?? 10_000
            members.set("rope_local_base_freq", local)
            members.tree["rope_parameters"] = .object([
                "full_attention": members.tree["rope_parameters"] ?? .null,
                "sliding_attention": .object(["rope_type": .string("default"), "rope_theta": .number(local)]),
            ])
        }
    }

    extension DecoderConfiguration.Architecture {
        /// Gemma 2.
        public static let gemma2 = Self(Gemma2Architecture())
        /// Gemma 3, text only.
        public static let gemma3 = Self(Gemma3Architecture())
    }
#endif
