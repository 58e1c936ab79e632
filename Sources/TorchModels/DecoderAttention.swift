#if Torch
    import Torch

    /// How attention is computed.
    package enum AttentionKind: Sendable {
        /// By libtorch's fused kernel: fast, differentiable in backward mode only.
        case fused
        /// By matrix products and a softmax: differentiable in forward mode too.
        case explicit
    }

    /// Which keys each query sees.
    struct AttentionMask {
        /// Query t sees the keys 0 ... t of as many.
        var isCausal = false
        /// Added to the scores, [B or 1, 1, T, S]: 0 or −∞. Nil where it would be all 0 or `isCausal` says it.
        var bias: Tensor?

        /// The mask of a pass over whole sequences of `length` tokens, each of which sees at most `window`.
        static func causal(
            _ length: Int, kind: AttentionKind, dtype: DType, device: Device, window: Int? = nil
        ) throws -> AttentionMask {
            guard length > 1 else { return AttentionMask() }
            let isWindowed = window.map { length > $0 } ?? false
            if kind == .fused, !isWindowed { return AttentionMask(isCausal: true) }
            let positions = try Tensor.arange(to: Double(length), device: device)
                .reshaped([1, length])  // [1, T]
            return try AttentionMask(
                bias: bias(positions, keys: length, dtype: dtype, device: device, window: isWindowed ? window : nil))
        }

        /// Query positions, int64 [B, T], of which each sees the keys up to its own, at most `window`: → [B, 1, T, S].
        static func bias(
            _ positions: Tensor, keys: Int, dtype: DType, device: Device, window: Int? = nil
        ) throws -> Tensor {
            let (batch, length) = (positions.size(0), positions.size(1))
            let keyPositions = try Tensor.arange(to: Double(keys), device: device)  // [S]
            // [B, 1, T, S]
            let queries = try positions.reshaped([batch, 1, length, 1])
            let hidden = try keyPositions.greater(than: queries)
            let bias = try Tensor.zeros([1], dtype: dtype, device: device).expanded(hidden.shape)
                .maskedFill(hidden, value: -.infinity)
            guard let window else { return bias }
            // Out of sight: keys of which the query is further than the window, less one.
            let reach = try keyPositions.adding(Double(window - 1))
            return try bias.maskedFill(queries.greater(than: reach), value: -.infinity)
        }
    }

    /// The projections of a block's attention and the attention itself.
    struct DecoderAttention {
        let query: LinearLayer
        let key: LinearLayer
        let value: LinearLayer
        let output: LinearLayer
        /// Norms of each head's query and key, where the architecture has them.
        let queryNorm: RMSNorm?
        let keyNorm: RMSNorm?
        let heads: Int
        let kvHeads: Int
        let headDim: Int
        /// Whether those norms are over all heads together.
        var normalizesAllHeads = false
        /// What scores are multiplied by; nil for 1/√D.
        var scale: Double?
        /// Scores s become c · tanh(s / c).
        var cap: Double?

        /// Rotated queries and keys, and values, by head.
        struct Projections {
            /// [..., P, H, D].
            var q: Tensor
            /// [..., P, Hkv, D].
            var k: Tensor
            /// [..., P, Hkv, D].
            var v: Tensor
        }

        /// x [..., P, d] → queries, keys and values; `rotary` for those P positions, per head, nil for none.
        func project(_ x: Tensor, rotary: RotaryTable.Rows?) throws -> Projections {
            let leading = Array(x.shape.dropLast())
            var (q, k) = (try query(x), try key(x))
            if normalizesAllHeads, let queryNorm, let keyNorm { (q, k) = (try queryNorm(q), try keyNorm(k)) }
            q = try q.reshaped(leading + [heads, headDim])  // [..., P, H, D]
            k = try k.reshaped(leading + [kvHeads, headDim])  // [..., P, Hkv, D]
            let v = try value(x).reshaped(leading + [kvHeads, headDim])  // [..., P, Hkv, D]
            if !normalizesAllHeads, let queryNorm, let keyNorm { (q, k) = (try queryNorm(q), try keyNorm(k)) }
            guard let rotary else { return Projections(q: q, k: k, v: v) }
            return Projections(q: try rotary.rotating(q), k: try rotary.rotating(k), v: v)
        }

        /// q [B, T, H, D], k and v [B, S, Hkv, D] → [B, T, H·D].
        func attend(_ p: Projections, mask: AttentionMask, kind: AttentionKind) throws -> Tensor {
            let q = try p.q.transposed(1, 2)  // [B, H, T, D]
            let k = try p.k.transposed(1, 2)  // [B, Hkv, S, D]
            let v = try p.v.transposed(1, 2)  // [B, Hkv, S, D]
            let mixed =
                kind == .fused
                ? try Tensor.scaledDotProductAttention(
                    q, k, v, mask: mask.bias, causal: mask.isCausal, scale: scale, grouped: heads != kvHeads)
                : try explicit(q, k, v, bias: mask.bias)  // [B, H, T, D]
            return try mixed.transposed(1, 2).reshaped([q.size(0), q.size(2), heads * headDim])
        }

        /// softmax(q kᵀ · scale + bias) v, the heads of one group sharing their keys and values in one matrix product.
        private func explicit(_ q: Tensor, _ k: Tensor, _ v: Tensor, bias: Tensor?) throws -> Tensor {
            let (batch, length, keys) = (q.size(0), q.size(2), k.size(2))
            let group = heads / kvHeads
            let scaled = try q.multiplied(by: scale ?? 1 / Double(headDim).squareRoot())
                .reshaped([batch, kvHeads, group * length, headDim])  // [B, Hkv, G·T, D]
            var scores = try scaled.matmul(k.transposed(-1, -2))  // [B, Hkv, G·T, S]
            if let cap { scores = try scores.multiplied(by: 1 / cap).tanh().multiplied(by: cap) }
            if let bias {
                // [B, Hkv, G, T, S] + [B, 1, 1, T, S]
                scores = try scores.reshaped([batch, kvHeads, group, length, keys]).adding(
                    bias.unsqueezed(1)
                )
                .reshaped([batch, kvHeads, group * length, keys])
            }
            let dtype = scores.dtype
            let isHalf = dtype.isHalf
            var weights = try (isHalf ? scores.to(.float32) : scores).softmax(-1)
            if isHalf { weights = try weights.to(dtype) }
            return try weights.matmul(v).reshaped([batch, heads, length, headDim])  // [B, H, T, D]
        }
    }
#endif
