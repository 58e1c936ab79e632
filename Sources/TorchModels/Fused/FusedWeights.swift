#if Torch
    import CTorch
    import Synchronization
    import Torch

    /// A model's weights in the order in which the fused decoder reads them: a copy of the matrices, so that for as long as
    /// it lives the model takes twice its memory. All decoders of a model share one.
    package final class FusedWeights: @unchecked Sendable {
        let handle: OpaquePointer
        /// What the copy still points to.
        private let borrowed: [Tensor]
        /// Kept so that its identity is not another model's while this lives.
        private let model: DecoderModel

        /// Those that some decoder uses.
        private static let living = Mutex<[ObjectIdentifier: WeakReference]>([:])

        private struct WeakReference {
            weak var weights: FusedWeights?
        }

        /// Whether the fused decoder can run the model: float32 weights on the CPU, no adapters, and Llama's block.
        package static func supports(_ model: DecoderModel) -> Bool {
            model.dtype == .float32 && model.device == .cpu && model.adapters.isEmpty
                && model.configuration.block.isPlain
        }

        /// The weights of a model, which must not be changed in place while somebody uses them.
        ///
        /// - Parameter model: One that is supported.
        /// - Throws: `ModelError` for a model that is not supported, `TorchError`.
        package static func of(_ model: DecoderModel) throws -> FusedWeights {
            guard supports(model) else {
                throw ModelError(
                    nil,
                    .inconsistent(
                        "the fused decoder runs float32 models on the CPU without adapters, not \(model.dtype.rawValue)"
                            + " on \(model.device) with \(model.adapters.count) adapters"))
            }
            return try living.withLock { living in
                let key = ObjectIdentifier(model)
                if let weights = living[key]?.weights { return weights }
                let made = try FusedWeights(model)
                living[key] = WeakReference(weights: made)
                return made
            }
        }

        private init(_ model: DecoderModel) throws {
            self.model = model
            var reader = WeightReader(model: model)
            let configuration = model.configuration
            let embedding = try reader.values("model.embed_tokens.weight")
            let head = try configuration.tied ? embedding : reader.values("lm_head.weight")
            let norm = try reader.values("model.norm.weight")
            let layers = try (0..<configuration.layers).map { try reader.layer($0) }
            var shape = ct_fused_shape(configuration)
            var made: OpaquePointer?
            try Tensor.perform("fused_weights", []) {
                ct_fused_weights_create(&shape, embedding, norm, head, layers, &made)
            }
            guard let made else {
                throw TorchError(kind: .failed, operation: "fused_weights", message: "no weights were made")
            }
            handle = made
            borrowed = reader.tensors
        }

        deinit {
            let key = ObjectIdentifier(model)
            // Whatever else was made meanwhile must not lose its last reference while the lock is held.
            let successor = Self.living.withLock { living in
                let successor = living[key]?.weights
                if successor == nil { living[key] = nil }
                return successor
            }
            withExtendedLifetime(successor) {}
            ct_fused_weights_free(handle)
        }
    }

    /// Finds a model's tensors and keeps them alive.
    private struct WeightReader {
        let model: DecoderModel
        var tensors: [Tensor] = []

        mutating func values(_ name: String) throws -> UnsafePointer<Float> {
            let tensor = try model.parameter(name).contiguous()
            guard let data = ct_data(tensor.handle) else {
                throw TorchError(
                    kind: .failed, operation: "fused_weights", operands: [tensor.summary],
                    message: "the elements of \(name) cannot be read")
            }
            tensors.append(tensor)
            return UnsafePointer(data.assumingMemoryBound(to: Float.self))
        }

        mutating func layer(_ index: Int) throws -> ct_fused_layer {
            let configuration = model.configuration
            func name(_ part: String) -> String { "model.layers.\(index).\(part)" }
            var layer = ct_fused_layer()
            layer.input_norm = try values(name("input_layernorm.weight"))
            layer.query = try values(name("self_attn.q_proj.weight"))
            layer.key = try values(name("self_attn.k_proj.weight"))
            layer.value = try values(name("self_attn.v_proj.weight"))
            if configuration.attentionBias {
                layer.query_bias = try values(name("self_attn.q_proj.bias"))
                layer.key_bias = try values(name("self_attn.k_proj.bias"))
                layer.value_bias = try values(name("self_attn.v_proj.bias"))
            }
            if configuration.normalizesHeads {
                layer.query_norm = try values(name("self_attn.q_norm.weight"))
                layer.key_norm = try values(name("self_attn.k_norm.weight"))
            }
            layer.output = try values(name("self_attn.o_proj.weight"))
            if configuration.attentionOutputBias {
                layer.output_bias = try values(name("self_attn.o_proj.bias"))
            }
            layer.post_norm = try values(name("post_attention_layernorm.weight"))
            layer.gate = try values(name("mlp.gate_proj.weight"))
            layer.up = try values(name("mlp.up_proj.weight"))
            layer.down = try values(name("mlp.down_proj.weight"))
            return layer
        }
    }

    extension ct_fused_shape {
        fileprivate init(_ configuration: DecoderConfiguration) {
            self.init(
                layers: Int64(configuration.layers), hidden_size: Int64(configuration.hiddenSize),
                intermediate_size: Int64(configuration.intermediateSize), heads: Int64(configuration.heads),
                kv_heads: Int64(configuration.kvHeads), head_dim: Int64(configuration.headDim),
                vocabulary: Int64(configuration.vocabularySize), rms_epsilon: Float(configuration.rmsEps))
        }
    }
#endif
