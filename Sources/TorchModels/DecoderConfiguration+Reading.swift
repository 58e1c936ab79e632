#if Torch
    import Foundation

    extension DecoderConfiguration {
        /// Reads the `config.json` of a model's folder.
        /// - Throws: ``ModelError`` that names the file and the key.
        public static func load(_ folder: String) throws(ModelError) -> DecoderConfiguration {
            let path = folder + "/config.json"
            let values = try ConfigurationValues(path: path)
            do throws(ModelError) {
                return try DecoderConfiguration(values)
            } catch {
                throw ModelError(error.file ?? path, error.problem)
            }
        }

        /// Reads the text of a `config.json`.
        /// - Throws: ``ModelError``.
        public init(json: Data) throws(ModelError) {
            try self.init(try ConfigurationValues(json: json, file: nil))
        }

        init(_ values: ConfigurationValues) throws(ModelError) {
            let type = try values.required("model_type").string
            guard let architecture = Architecture(rawValue: type) else {
                throw values.unsupported("model_type", type, Architecture.allCases.map(\.rawValue))
            }
            try Self.refuseUnsupported(values)
            let heads = try values.required("num_attention_heads").count
            let layers = try values.required("num_hidden_layers").count
            // Qwen's classes assume 32 where the key is absent, which no published file relies on.
            let kvHeads =
                architecture == .llama
                ? try values.optional("num_key_value_heads")?.count
                : try values.present("num_key_value_heads")?.count
            let maxPositions =
                try values.optional("max_position_embeddings")?.count
                ?? (architecture == .llama ? 2048 : 32_768)
            let rope = try Self.rope(values, maxPositions: maxPositions)
            let ends = try values.optional("eos_token_id")
            try self.init(
                architecture: architecture,
                hiddenSize: try values.required("hidden_size").count,
                intermediateSize: try values.required("intermediate_size").count,
                layers: layers, heads: heads, kvHeads: kvHeads,
                headDim: try values.optional("head_dim")?.count ?? (architecture == .qwen3 ? 128 : nil),
                vocabularySize: try values.required("vocab_size").count,
                maxPositions: maxPositions,
                ropeTheta: rope.theta, ropeScaling: rope.scaling,
                rmsEps: try values.optional("rms_norm_eps")?.number ?? 1e-6,
                tied: try values.optional("tie_word_embeddings")?.flag ?? false,
                attentionBias: architecture == .qwen2
                    ? true : try values.optional("attention_bias")?.flag ?? false,
                initializerRange: try values.optional("initializer_range")?.number ?? 0.02,
                beginningID: try values.optional("bos_token_id")?.tokenID,
                endIDs: try ends?.tokenIDs ?? [],
                paddingID: try values.optional("pad_token_id")?.tokenID)
            try refuseSlidingWindow(values)
        }

        /// Options that would silently change the result if they were passed over.
        private static func refuseUnsupported(_ values: ConfigurationValues) throws(ModelError) {
            if let activation = try values.optional("hidden_act")?.string, activation != "silu" {
                throw values.unsupported("hidden_act", activation, ["silu"])
            }
            if try values.optional("mlp_bias")?.flag ?? false {
                throw values.unsupported("mlp_bias", "true", ["false"])
            }
            if try values.optional("quantization_config") != nil {
                throw values.unsupported("quantization_config", "present", ["unquantised weights"])
            }
            for name in try values.optional("architectures")?.strings ?? []
            where !name.hasSuffix("ForCausalLM") {
                throw values.unsupported("architectures", name, ["…ForCausalLM"])
            }
        }

        private func refuseSlidingWindow(_ values: ConfigurationValues) throws(ModelError) {
            for type in try values.optional("layer_types")?.strings ?? [] where type != "full_attention" {
                throw values.unsupported("layer_types", type, ["full_attention"])
            }
            // Llama has no such option; Qwen's window acts only where it is switched on, above `max_window_layers`.
            guard architecture != .llama, try values.optional("use_sliding_window")?.flag ?? false else {
                return
            }
            let firstLayer = try values.optional("max_window_layers")?.count ?? 28
            if let window = try values.optional("sliding_window")?.count, window < maxPositions,
                firstLayer < layers
            {
                throw values.unsupported("use_sliding_window", "true", ["false"])
            }
        }

        /// Reads `rope_theta` and `rope_scaling`, or transformers 5's `rope_parameters` which holds both.
        private static func rope(
            _ values: ConfigurationValues, maxPositions: Int
        ) throws(ModelError) -> (theta: Double, scaling: RopeScaling) {
            let outer = try values.optional("rope_theta")?.number
            // transformers 5 prefers the old key where a file has both.
            let old = try values.optional("rope_scaling")?.object
            let new = try values.optional("rope_parameters")?.object
            guard let inner = old ?? new else { return (outer ?? 10_000, .none) }
            let theta = try inner.optional("rope_theta")?.number ?? outer ?? 10_000
            for place in [inner, values] {
                if let part = try place.optional("partial_rotary_factor")?.number, part != 1 {
                    throw place.unsupported("partial_rotary_factor", "\(part)", ["1"])
                }
            }
            let (name, oldName) = (try inner.optional("rope_type"), try inner.optional("type"))
            let type = try (name ?? oldName)?.string ?? "default"
            switch type {
            case "default": return (theta, .none)
            case "linear": return (theta, .linear(factor: try inner.required("factor").number))
            case "llama3":
                // transformers lets the outer key win.
                let key = "original_max_position_embeddings"
                let (first, second) = (try values.optional(key), try inner.optional(key))
                return (
                    theta,
                    .llama3(
                        factor: try inner.required("factor").number,
                        lowFrequency: try inner.required("low_freq_factor").number,
                        highFrequency: try inner.required("high_freq_factor").number,
                        originalMaxPositions: try (first ?? second)?.count ?? maxPositions)
                )
            default: throw inner.unsupported("rope_type", type, ["default", "linear", "llama3"])
            }
        }
    }
#endif
