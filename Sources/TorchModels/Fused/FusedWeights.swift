#if Torch
    import CTorch
    import Torch

    /// A model's weights in the order in which the fused decoder reads them: a copy of the matrices, so that for as long as
    /// it lives the model takes twice its memory.
    package final class FusedWeights {
        let handle: OpaquePointer
        /// What the copy still points to.
        private let borrowed: [Tensor]

        /// Whether the fused decoder can run the model: float32 weights on the CPU and no adapters.
        package static func supports(_ model: DecoderModel) -> Bool {
            model.dtype == .float32 && model.device == .cpu && model.adapters.isEmpty
        }

        /// - Parameter model: One that is supported, whose weights must not be changed in place from now on.
        /// - Throws: `ModelError` for a model that is not supported, `TorchError`.
        package init(_ model: DecoderModel) throws {
            guard Self.supports(model) else {
                throw ModelError(
                    nil,
                    .inconsistent(
                        "the fused decoder runs float32 models on the CPU without adapters, not \(model.dtype.rawValue)"
                            + " on \(model.device) with \(model.adapters.count) adapters"))
            }
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
