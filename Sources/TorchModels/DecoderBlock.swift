#if Torch
    import Torch

    /// One block: x += norm attention(norm x); x += norm mlp(norm x), each norm where the architecture has it.
    struct DecoderBlock {
        let attentionNorm: RMSNorm?
        let attention: DecoderAttention
        let attentionOutputNorm: RMSNorm?
        let mlpNorm: RMSNorm?
        let mlp: GatedMLP
        let mlpOutputNorm: RMSNorm?

        /// Takes the parts from a model's parameters and adapters.
        init(
            _ index: Int, _ configuration: DecoderConfiguration, adapters: [String: LowRankAdapter],
            parameter: (String) throws -> Tensor
        ) throws {
            let prefix = "model.layers.\(index)."
            func linear(_ name: String, bias: Bool = false) throws -> LinearLayer {
                LinearLayer(
                    weight: try parameter(prefix + name + ".weight"),
                    bias: bias ? try parameter(prefix + name + ".bias") : nil,
                    adapter: adapters[prefix + name])
            }
            func norm(_ name: String) throws -> RMSNorm {
                RMSNorm(
                    weight: try parameter(prefix + name + ".weight"), epsilon: configuration.rmsEps,
                    offset: configuration.block.normOffset)
            }
            let options = configuration.block
            let bias = configuration.attentionBias
            // What Hugging Face calls the norm after the attention stands before the MLP in Llama's block.
            attentionNorm = options.norms == .after ? nil : try norm("input_layernorm")
            attentionOutputNorm = options.norms == .before ? nil : try norm("post_attention_layernorm")
            switch options.norms {
            case .before: mlpNorm = try norm("post_attention_layernorm")
            case .around: mlpNorm = try norm("pre_feedforward_layernorm")
            case .after: mlpNorm = nil
            }
            mlpOutputNorm = options.norms == .before ? nil : try norm("post_feedforward_layernorm")
            attention = DecoderAttention(
                query: try linear("self_attn.q_proj", bias: bias),
                key: try linear("self_attn.k_proj", bias: bias),
                value: try linear("self_attn.v_proj", bias: bias),
                output: try linear("self_attn.o_proj", bias: configuration.attentionOutputBias),
                queryNorm: configuration.normalizesHeads ? try norm("self_attn.q_norm") : nil,
                keyNorm: configuration.normalizesHeads ? try norm("self_attn.k_norm") : nil,
                heads: configuration.heads, kvHeads: configuration.kvHeads, headDim: configuration.headDim,
                normalizesAllHeads: options.normalizesAllHeads, scale: options.attentionScale,
                cap: options.attentionCap)
            mlp = GatedMLP(
                gate: try linear("mlp.gate_proj"), up: try linear("mlp.up_proj"),
                down: try linear("mlp.down_proj"), activation: options.activation)
        }

        /// x [..., d] → [..., d]; `attend` turns the projections into what the attention gives before its output
        /// projection, [..., H·D].
        func callAsFunction(
            _ x: Tensor, rotary: RotaryTable.Rows?, attend: (DecoderAttention.Projections) throws -> Tensor
        ) throws -> Tensor {
            func normed(_ x: Tensor, _ norm: RMSNorm?) throws -> Tensor { try norm?(x) ?? x }
            let mixed = try attend(attention.project(normed(x, attentionNorm), rotary: rotary))
            let y = try x.adding(normed(attention.output(mixed), attentionOutputNorm))  // [..., d]
            return try y.adding(normed(mlp(normed(y, mlpNorm)), mlpOutputNorm))  // [..., d]
        }
    }
#endif
