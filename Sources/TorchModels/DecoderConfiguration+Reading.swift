#if Torch
    import Foundation

    extension DecoderConfiguration {
        /// Reads the `config.json` of a model's folder.
        ///
        /// - Parameters:
        ///   - folder: The folder's path.
        ///   - architectures: Those that the model may be of.
        /// - Throws: ``ModelError`` that names the file and the key.
        public static func load(
            _ folder: String, architectures: ArchitectureRegistry = .standard
        ) throws(ModelError) -> DecoderConfiguration {
            let path = folder + "/config.json"
            let values = try ConfigurationValues(path: path)
            do throws(ModelError) {
                return try DecoderConfiguration(values, architectures)
            } catch {
                throw ModelError(error.file ?? path, error.problem)
            }
        }

        /// Reads the text of a `config.json`.
        ///
        /// - Parameters:
        ///   - json: The text.
        ///   - architectures: Those that the model may be of.
        /// - Throws: ``ModelError``.
        public init(json: Data, architectures: ArchitectureRegistry = .standard) throws(ModelError) {
            try self.init(try ConfigurationValues(json: json, file: nil), architectures)
        }

        private init(_ values: ConfigurationValues, _ architectures: ArchitectureRegistry) throws(ModelError) {
            let type = try values.required("model_type").string
            guard let architecture = architectures[type] else {
                throw values.unsupported("model_type", type, architectures.architectures.map(\.modelType))
            }
            self = try architecture.definition.read(values)
        }
    }

    extension DecoderArchitecture {
        /// Reads what Hugging Face's files of such models have in common, and refuses what is not known and would change the
        /// result: other activations, biases of the MLP, quantised weights, attention that does not see everything.
        ///
        /// - Parameters:
        ///   - values: The members of a `config.json`.
        ///   - maxPositions: The longest sequence where `max_position_embeddings` is absent.
        ///   - headDim: The width of a head where `head_dim` is absent; nil for `hidden_size` / `num_attention_heads`.
        ///   - kvHeads: The number of key and value heads; nil for as many as query heads.
        ///   - tied: Whether embeddings are tied where `tie_word_embeddings` is absent.
        ///   - activation: The MLP's, and the member that names it.
        ///   - rope: Rotation that was read already, where it is not where all others have it.
        ///   - block: In what the block departs from Llama's. Where it has windows, whoever calls has read `layer_types`.
        /// - Throws: ``ModelError`` that names the key.
        public func readCommon(
            _ values: ConfigurationValues, maxPositions: Int, headDim: Int? = nil, kvHeads: Int?, tied: Bool = false,
            activation: (key: String, name: BlockOptions.Activation) = ("hidden_act", .silu),
            rope known: (theta: Double, scaling: DecoderConfiguration.RopeScaling)? = nil,
            block: BlockOptions = BlockOptions()
        ) throws(ModelError) -> DecoderConfiguration {
            try values.refuseUnsupported(activation.key, activation.name.rawValue)
            let maxPositions = try values.optional("max_position_embeddings")?.count ?? maxPositions
            let rope: (theta: Double, scaling: DecoderConfiguration.RopeScaling)
            if let known { rope = known } else { rope = try values.rope(maxPositions: maxPositions) }
            let bias: Bool
            if let attentionBias {
                bias = attentionBias
            } else {
                bias = try values.optional("attention_bias")?.flag ?? false
            }
            let configuration = try DecoderConfiguration(
                architecture: .init(self),
                hiddenSize: try values.required("hidden_size").count,
                intermediateSize: try values.required("intermediate_size").count,
                layers: try values.required("num_hidden_layers").count,
                heads: try values.required("num_attention_heads").count, kvHeads: kvHeads,
                headDim: try values.optional("head_dim")?.count ?? headDim,
                vocabularySize: try values.required("vocab_size").count,
                maxPositions: maxPositions,
                ropeTheta: rope.theta, ropeScaling: rope.scaling,
                rmsEps: try values.optional("rms_norm_eps")?.number ?? 1e-6,
                tied: try values.optional("tie_word_embeddings")?.flag ?? tied,
                attentionBias: bias,
                initializerRange: try values.optional("initializer_range")?.number ?? 0.02,
                beginningID: try values.optional("bos_token_id")?.tokenID,
                endIDs: try values.optional("eos_token_id")?.tokenIDs ?? [],
                paddingID: try values.optional("pad_token_id")?.tokenID, block: block)
            guard block.windowedLayers.isEmpty else { return configuration }
            for type in try values.optional("layer_types")?.strings ?? [] where type != "full_attention" {
                throw values.unsupported("layer_types", type, ["full_attention"])
            }
            return configuration
        }
    }

    extension ConfigurationValues {
        /// Refuses Qwen's sliding window, which acts only where it is switched on, above `max_window_layers`.
        func refuseSlidingWindow(_ configuration: DecoderConfiguration) throws(ModelError) {
            guard try optional("use_sliding_window")?.flag ?? false else { return }
            let firstLayer = try optional("max_window_layers")?.count ?? 28
            if let window = try optional("sliding_window")?.count, window < configuration.maxPositions,
                firstLayer < configuration.layers
            {
                throw unsupported("use_sliding_window", "true", ["false"])
            }
        }

        /// Options that would silently change the result if they were passed over.
        fileprivate func refuseUnsupported(_ key: String, _ known: String) throws(ModelError) {
            if let activation = try optional(key)?.string, activation != known {
                throw unsupported(key, activation, [known])
            }
            if try optional("mlp_bias")?.flag ?? false {
                throw unsupported("mlp_bias", "true", ["false"])
            }
            if try optional("quantization_config") != nil {
                throw unsupported("quantization_config", "present", ["unquantised weights"])
            }
            for name in try optional("architectures")?.strings ?? []
            where !name.hasSuffix("ForCausalLM") {
                throw unsupported("architectures", name, ["…ForCausalLM"])
            }
        }

        /// Reads `rope_theta` and `rope_scaling`, or transformers 5's `rope_parameters` which holds both.
        func rope(
            maxPositions: Int
        ) throws(ModelError) -> (theta: Double, scaling: DecoderConfiguration.RopeScaling) {
            let outer = try optional("rope_theta")?.number
            // transformers 5 prefers the old key where a file has both.
            let old = try optional("rope_scaling")?.object
            let new = try optional("rope_parameters")?.object
            guard let inner = old ?? new else { return (outer ?? 10_000, .none) }
            return try rope(in: inner, outer: outer, maxPositions: maxPositions)
        }

        /// Reads the parameters of a rotation.
        ///
        /// - Parameters:
        ///   - inner: Where they are.
        ///   - outer: The base where they have none.
        ///   - maxPositions: The longest sequence.
        func rope(
            in inner: ConfigurationValues, outer: Double?, maxPositions: Int
        ) throws(ModelError) -> (theta: Double, scaling: DecoderConfiguration.RopeScaling) {
            let theta = try inner.optional("rope_theta")?.number ?? outer ?? 10_000
            for place in [inner, self] {
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
                let (first, second) = (try optional(key), try inner.optional(key))
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
