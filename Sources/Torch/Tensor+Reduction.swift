#if Torch
    import CTorch

    extension Tensor {
        private func reduce(
            _ name: StaticString, _ op: ct_reduction, _ dimensions: [Int], _ keep: Bool
        ) throws(TorchError) -> Tensor {
            try Tensor.produce(name, [self]) { out in
                Tensor.withDimensions(dimensions) { ct_reduce(op, handle, $0, $1, keep, out) }
            }
        }

        /// The sum over the dimensions, over everything when none is named.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func sum(_ dimensions: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
            try reduce("sum", CT_SUM, dimensions, keep)
        }
        /// The mean over the dimensions, over everything when none is named.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func mean(_ dimensions: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
            try reduce("mean", CT_MEAN, dimensions, keep)
        }
        /// The largest element over the dimensions, over everything when none is named.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func amax(_ dimensions: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
            try reduce("amax", CT_AMAX, dimensions, keep)
        }
        /// The smallest element over the dimensions, over everything when none is named.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func amin(_ dimensions: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
            try reduce("amin", CT_AMIN, dimensions, keep)
        }
        /// log Σ exp over the dimensions, over everything when none is named.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func logSumExp(_ dimensions: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
            try reduce("logsumexp", CT_LOGSUMEXP, dimensions, keep)
        }
        /// The Euclidean norm over the dimensions, over everything when none is named.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func norm(_ dimensions: [Int] = [], keep: Bool = false) throws(TorchError) -> Tensor {
            try reduce("norm", CT_NORM2, dimensions, keep)
        }
        /// The index (int64) of the largest element of a dimension.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func argmax(_ dimension: Int, keep: Bool = false) throws(TorchError) -> Tensor {
            try Tensor.produce("argmax", [self]) { ct_argmax(handle, Int64(dimension), keep, $0) }
        }
        /// Running sums along a dimension.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func cumsum(_ dimension: Int) throws(TorchError) -> Tensor {
            try Tensor.produce("cumsum", [self]) { ct_cumsum(handle, Int64(dimension), $0) }
        }
        /// The k largest elements of a dimension, descending, and their indices (int64).
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func topk(_ k: Int, dimension: Int = -1) throws(TorchError) -> (values: Tensor, indices: Tensor) {
            let (values, indices) = try Tensor.producePair("topk", [self]) {
                ct_topk(handle, Int64(k), Int64(dimension), $0, $1)
            }
            return (values, indices)
        }
        /// A dimension in stable order, and where each element was (int64).
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func sorted(
            _ dimension: Int = -1, descending: Bool = false
        ) throws(TorchError) -> (values: Tensor, indices: Tensor) {
            let (values, indices) = try Tensor.producePair("sort", [self]) {
                ct_sort(handle, Int64(dimension), descending, $0, $1)
            }
            return (values, indices)
        }
        /// exp normalised along a dimension.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func softmax(_ dimension: Int = -1) throws(TorchError) -> Tensor {
            try Tensor.produce("softmax", [self]) { ct_softmax(handle, Int64(dimension), $0) }
        }
        /// The logarithm of softmax.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func logSoftmax(_ dimension: Int = -1) throws(TorchError) -> Tensor {
            try Tensor.produce("log_softmax", [self]) { ct_log_softmax(handle, Int64(dimension), $0) }
        }
    }

    // MARK: - Layers

    extension Tensor {
        /// x·Wᵀ + b for this [..., in] and W [out, in]: [..., out].
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func linear(_ weight: Tensor, bias: Tensor? = nil) throws(TorchError) -> Tensor {
            try Tensor.produce("linear", [self, weight, bias]) { ct_linear(handle, weight.handle, bias?.handle, $0) }
        }

        /// x/√(mean(x²) + ε)·weight over the last dimension, in the tensor's own precision.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func rmsNorm(_ weight: Tensor, epsilon: Double) throws(TorchError) -> Tensor {
            try Tensor.produce("rms_norm", [self, weight]) { ct_rms_norm(handle, weight.handle, epsilon, $0) }
        }

        /// softmax(q·kᵀ·scale + mask)·v for q [B, H, T, D], k and v [B, H′, S, D].
        ///
        /// - Parameters:
        ///   - q: Queries [B, H, T, D].
        ///   - k: Keys [B, H′, S, D].
        ///   - v: Values [B, H′, S, D].
        ///   - mask: bool (true: may attend) or added to the scores; broadcast to [B, H, T, S].
        ///   - causal: position t attends to 0...t; not together with a mask.
        ///   - scale: 1/√D when nil.
        ///   - grouped: H is a multiple of H′ and each key head serves H/H′ query heads.
        /// - Throws: ``TorchError`` with libtorch's message.
        public static func scaledDotProductAttention(
            _ q: Tensor, _ k: Tensor, _ v: Tensor, mask: Tensor? = nil, causal: Bool = false, scale: Double? = nil,
            grouped: Bool = false
        ) throws(TorchError) -> Tensor {
            try produce("scaled_dot_product_attention", [q, k, v, mask]) {
                ct_attention(q.handle, k.handle, v.handle, mask?.handle, causal, scale ?? -1, grouped, $0)
            }
        }

        /// How the negative log-likelihoods of ``crossEntropy(_:ignoring:reduction:)`` are put together.
        public enum LossReduction: Int32, Sendable {
            /// One value per target.
            case none = 0
            /// Their mean over the targets that count.
            case mean = 1
            /// Their sum.
            case sum = 2
        }

        /// Negative log-likelihoods, in nats, of `targets` (int64 [N]) under these logits [N, V].
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func crossEntropy(
            _ targets: Tensor, ignoring ignored: Int = -100, reduction: LossReduction = .mean
        ) throws(TorchError) -> Tensor {
            try Tensor.produce("cross_entropy", [self, targets]) {
                ct_cross_entropy(handle, targets.handle, Int64(ignored), reduction.rawValue, $0)
            }
        }
    }
#endif
