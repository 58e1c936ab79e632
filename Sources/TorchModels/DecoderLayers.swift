#if Torch
    import Torch

    /// A low-rank change of a linear module (LoRA, arXiv 2106.09685): y += scale · (x Aᵀ) Bᵀ.
    public struct LowRankAdapter: Sendable {
        /// [rank, in].
        public var a: Tensor
        /// [out, rank].
        public var b: Tensor
        /// alpha / rank.
        public var scale: Double

        /// Couples the two matrices.
        public init(a: Tensor, b: Tensor, scale: Double) {
            self.a = a
            self.b = b
            self.scale = scale
        }

        /// scale · (x Aᵀ) Bᵀ added to y, in the adapter's own type.
        func adding(to y: Tensor, _ x: Tensor) throws -> Tensor {
            let input = a.dtype == x.dtype ? x : try x.to(a.dtype)
            let change = try input.linear(a).linear(b)  // [..., in] → [..., rank] → [..., out]
            return try y.adding(change.dtype == y.dtype ? change : change.to(y.dtype), scaledBy: scale)
        }
    }

    /// y = x Wᵀ + b, with an adapter where there is one.
    struct LinearLayer {
        /// [out, in].
        let weight: Tensor
        /// [out].
        let bias: Tensor?
        let adapter: LowRankAdapter?

        /// [..., in] → [..., out].
        func callAsFunction(_ x: Tensor) throws -> Tensor {
            let y = try x.linear(weight, bias: bias)
            return try adapter?.adding(to: y, x) ?? y
        }
    }

    /// x / √(mean x² + ε) · w over the last dimension (arXiv 1910.07467).
    struct RMSNorm {
        /// [width].
        let weight: Tensor
        let epsilon: Double
        /// Added to the weight.
        var offset = 0.0

        /// [..., width] → [..., width].
        func callAsFunction(_ x: Tensor) throws -> Tensor {
            let dtype = x.dtype
            guard dtype.isHalf else {
                // Made anew each time: whoever trains the weight changes it in place.
                return try x.rmsNorm(offset == 0 ? weight : weight.adding(offset), epsilon: epsilon)
            }
            // In half precision as Hugging Face does it: normalised in float32, rounded, then scaled.
            let wide = try x.to(.float32)
            let meanSquare = try wide.squared().mean([-1], keep: true)  // [..., 1]
            let normalized = try wide.multiplied(by: meanSquare.adding(epsilon).rsqrt())
            // Weights that are differences from 1 are scaled by before the rounding, as in the models that have them.
            guard offset == 0 else {
                return try normalized.multiplied(by: weight.to(.float32).adding(offset)).to(dtype)
            }
            return try normalized.to(dtype).multiplied(by: weight)
        }
    }

    /// The gated MLP: down(f(gate x) · up x) with f a SiLU or a GELU (arXiv 2002.05202).
    struct GatedMLP {
        let gate: LinearLayer
        let up: LinearLayer
        let down: LinearLayer
        var activation = BlockOptions.Activation.silu

        /// [..., d] → [..., d].
        func callAsFunction(_ x: Tensor) throws -> Tensor {
            let inner = try activated(gate(x)).multiplied(by: up(x))  // [..., intermediate]
            return try down(inner)
        }

        private func activated(_ x: Tensor) throws -> Tensor {
            switch activation {
            case .silu: return try x.silu()
            case .gelu:
                // x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))), in single precision at least.
                let wide = x.dtype.isHalf ? try x.to(.float32) : x
                let inner = try wide.squared().multiplied(by: 0.044715).adding(1).multiplied(by: wide)
                    .multiplied(by: (2 / Double.pi).squareRoot())
                let result = try inner.tanh().adding(1).multiplied(by: wide).multiplied(by: 0.5)
                return x.dtype.isHalf ? try result.to(x.dtype) : result
            }
        }
    }
#endif
