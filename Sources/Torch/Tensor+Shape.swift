#if Torch
    import CTorch

    extension Tensor {
        /// The same elements under another shape; one extent may be −1 and is inferred.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func reshaped(_ shape: [Int]) throws(TorchError) -> Tensor {
            try Tensor.produce("reshape", [self]) { out in
                Tensor.withDimensions(shape) { ct_reshape(handle, $0, $1, out) }
            }
        }

        /// Dimensions of extent 1 repeated without a copy; −1 keeps an extent.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func expanded(_ shape: [Int]) throws(TorchError) -> Tensor {
            try Tensor.produce("expand", [self]) { out in
                Tensor.withDimensions(shape) { ct_expand(handle, $0, $1, out) }
            }
        }

        /// Two dimensions exchanged.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func transposed(_ first: Int, _ second: Int) throws(TorchError) -> Tensor {
            try Tensor.produce("transpose", [self]) { ct_transpose(handle, Int64(first), Int64(second), $0) }
        }

        /// The slice `start..<start + length` of one dimension.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func narrow(_ dimension: Int, start: Int, length: Int) throws(TorchError) -> Tensor {
            try Tensor.produce("narrow", [self]) {
                ct_narrow(handle, Int64(dimension), Int64(start), Int64(length), $0)
            }
        }

        /// One index of a dimension, which goes away.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func select(_ dimension: Int, _ index: Int) throws(TorchError) -> Tensor {
            try Tensor.produce("select", [self]) { ct_select(handle, Int64(dimension), Int64(index), $0) }
        }

        /// A new dimension of extent 1.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func unsqueezed(_ dimension: Int) throws(TorchError) -> Tensor {
            try Tensor.produce("unsqueeze", [self]) { ct_unsqueeze(handle, Int64(dimension), $0) }
        }

        /// A dimension of extent 1 removed.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func squeezed(_ dimension: Int) throws(TorchError) -> Tensor {
            try Tensor.produce("squeeze", [self]) { ct_squeeze(handle, Int64(dimension), $0) }
        }

        /// The tensors one after another along an existing dimension.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public static func cat(_ tensors: [Tensor], dimension: Int = 0) throws(TorchError) -> Tensor {
            try produce("cat", tensors) { out in
                withHandles(tensors) { ct_cat($0, $1, Int64(dimension), out) }
            }
        }

        /// The tensors along a new dimension.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public static func stack(_ tensors: [Tensor], dimension: Int = 0) throws(TorchError) -> Tensor {
            try produce("stack", tensors) { out in
                withHandles(tensors) { ct_stack($0, $1, Int64(dimension), out) }
            }
        }

        /// The lower triangle of the last two dimensions; elements above `diagonal` are 0.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func tril(diagonal: Int = 0) throws(TorchError) -> Tensor {
            try Tensor.produce("tril", [self]) { ct_tril(handle, Int64(diagonal), $0) }
        }
    }

    // MARK: - Lookup

    extension Tensor {
        /// The rows of this [V, d] matrix that `ids` (int64, any shape) name: [..., d].
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func embedding(_ ids: Tensor) throws(TorchError) -> Tensor {
            try Tensor.produce("embedding", [self, ids]) { ct_embedding(handle, ids.handle, $0) }
        }

        /// The slices of a dimension that `index` (int64 [n]) names.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func indexSelect(_ dimension: Int, _ index: Tensor) throws(TorchError) -> Tensor {
            try Tensor.produce("index_select", [self, index]) {
                ct_index_select(handle, Int64(dimension), index.handle, $0)
            }
        }

        /// Elements picked along a dimension; `index` has this tensor's rank.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func gather(_ dimension: Int, _ index: Tensor) throws(TorchError) -> Tensor {
            try Tensor.produce("gather", [self, index]) { ct_gather(handle, Int64(dimension), index.handle, $0) }
        }

        /// a[i0[k], i1[k], …] ← source[k] over the leading dimensions.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func indexPutInPlace(_ indices: [Tensor], _ source: Tensor) throws(TorchError) {
            try Tensor.perform("index_put_", [self, source] + indices) {
                Tensor.withHandles(indices) { ct_index_put_in_place(handle, $0, $1, source.handle) }
            }
        }
    }
#endif
