#if Torch
    import Torch

    /// One block: x += attention(norm x); x += mlp(norm x).
    struct DecoderBlock {
        let attentionNorm: RMSNorm
        let attention: DecoderAttention
        let mlpNorm: RMSNorm
        let mlp: GatedMLP

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
                RMSNorm(weight: try parameter(prefix + name + ".weight"), epsilon: configuration.rmsEps)
            }
            let bias = configuration.attentionBias
            attentionNorm = try norm("input_layernorm")
            attention = DecoderAttention(
                query: try linear("self_attn.q_proj", bias: bias),
                key: try linear("self_attn.k_proj", bias: bias),
                value: try linear("self_attn.v_proj", bias: bias),
                output: try linear("self_attn.o_proj", bias: configuration.attentionOutputBias),
                queryNorm: configuration.normalizesHeads ? try norm("self_attn.q_norm") : nil,
                keyNorm: configuration.normalizesHeads ? try norm("self_attn.k_norm") : nil,
                heads: configuration.heads, kvHeads: configuration.kvHeads, headDim: configuration.headDim)
            mlpNorm = try norm("post_attention_layernorm")
            mlp = GatedMLP(
                gate: try linear("mlp.gate_proj"), up: try linear("mlp.up_proj"),
                down: try linear("mlp.down_proj"))
        }

        /// x [..., d] → [..., d]; `attend` turns the projections into what the attention gives before its output
        /// projection, [..., H·D].
        func callAsFunction(
            _ x: Tensor, rotary: RotaryTable.Rows, attend: (DecoderAttention.Projections) throws -> Tensor
        ) throws -> Tensor {
            let mixed = try attend(attention.project(attentionNorm(x), rotary: rotary))
            let y = try x.adding(attention.output(mixed))  // [..., d]
            return try y.adding(mlp(mlpNorm(y)))  // [..., d]
        }
    }
#endif
