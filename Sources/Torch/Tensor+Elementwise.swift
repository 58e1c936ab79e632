#if Torch
    import CTorch

    extension Tensor {
        @inline(__always)
        private func unary(_ name: StaticString, _ op: ct_unary_op) throws(TorchError) -> Tensor {
            try Tensor.produce(name, [self]) { ct_unary(op, handle, $0) }
        }

        @inline(__always)
        private func binary(_ name: StaticString, _ op: ct_binary_op, _ other: Tensor) throws(TorchError) -> Tensor {
            try Tensor.produce(name, [self, other]) { ct_binary(op, handle, other.handle, $0) }
        }

        @inline(__always)
        private func binary(_ name: StaticString, _ op: ct_binary_op, _ other: Double) throws(TorchError) -> Tensor {
            try Tensor.produce(name, [self]) { ct_binary_scalar(op, handle, other, $0) }
        }

        /// The elements' negatives.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func negated() throws(TorchError) -> Tensor { try unary("neg", CT_NEG) }
        /// The exponential function.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func exp() throws(TorchError) -> Tensor { try unary("exp", CT_EXP) }
        /// The natural logarithm.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func log() throws(TorchError) -> Tensor { try unary("log", CT_LOG) }
        /// The square root.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func sqrt() throws(TorchError) -> Tensor { try unary("sqrt", CT_SQRT) }
        /// The square root's reciprocal.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func rsqrt() throws(TorchError) -> Tensor { try unary("rsqrt", CT_RSQRT) }
        /// The sine.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func sin() throws(TorchError) -> Tensor { try unary("sin", CT_SIN) }
        /// The cosine.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func cos() throws(TorchError) -> Tensor { try unary("cos", CT_COS) }
        /// x·sigmoid(x).
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func silu() throws(TorchError) -> Tensor { try unary("silu", CT_SILU) }
        /// The logistic function.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func sigmoid() throws(TorchError) -> Tensor { try unary("sigmoid", CT_SIGMOID) }
        /// The hyperbolic tangent.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func tanh() throws(TorchError) -> Tensor { try unary("tanh", CT_TANH) }
        /// The absolute value.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func abs() throws(TorchError) -> Tensor { try unary("abs", CT_ABS) }
        /// −1, 0 or 1.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func sign() throws(TorchError) -> Tensor { try unary("sign", CT_SIGN) }
        /// x².
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func squared() throws(TorchError) -> Tensor { try unary("square", CT_SQUARE) }
        /// Whether each element is finite (bool).
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func isFinite() throws(TorchError) -> Tensor { try unary("isfinite", CT_ISFINITE) }
        /// The same elements outside the autograd graph.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func detach() throws(TorchError) -> Tensor { try unary("detach", CT_DETACH) }
        /// A copy of the elements.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func clone() throws(TorchError) -> Tensor { try unary("clone", CT_CLONE) }
        /// The tensor in row-major order without gaps; itself when it is so already.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func contiguous() throws(TorchError) -> Tensor { try unary("contiguous", CT_CONTIGUOUS) }

        /// a + b, broadcast.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func adding(_ other: Tensor) throws(TorchError) -> Tensor { try binary("add", CT_ADD, other) }
        /// a + b.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func adding(_ other: Double) throws(TorchError) -> Tensor { try binary("add", CT_ADD, other) }
        /// a + scale·b, broadcast.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func adding(_ other: Tensor, scaledBy scale: Double) throws(TorchError) -> Tensor {
            try Tensor.produce("add", [self, other]) { ct_add_scaled(handle, other.handle, scale, $0) }
        }
        /// a − b, broadcast.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func subtracting(_ other: Tensor) throws(TorchError) -> Tensor { try binary("sub", CT_SUB, other) }
        /// a − b.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func subtracting(_ other: Double) throws(TorchError) -> Tensor { try binary("sub", CT_SUB, other) }
        /// a·b elementwise, broadcast.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func multiplied(by other: Tensor) throws(TorchError) -> Tensor { try binary("mul", CT_MUL, other) }
        /// a·b.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func multiplied(by other: Double) throws(TorchError) -> Tensor { try binary("mul", CT_MUL, other) }
        /// a/b elementwise, broadcast.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func divided(by other: Tensor) throws(TorchError) -> Tensor { try binary("div", CT_DIV, other) }
        /// a/b.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func divided(by other: Double) throws(TorchError) -> Tensor { try binary("div", CT_DIV, other) }
        /// a to the power b.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func pow(_ other: Double) throws(TorchError) -> Tensor { try binary("pow", CT_POW, other) }
        /// The larger of each pair.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func maximum(_ other: Tensor) throws(TorchError) -> Tensor { try binary("maximum", CT_MAXIMUM, other) }
        /// The smaller of each pair.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func minimum(_ other: Tensor) throws(TorchError) -> Tensor { try binary("minimum", CT_MINIMUM, other) }
        /// Elements raised to at least `bound`.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func clamped(atLeast bound: Double) throws(TorchError) -> Tensor {
            try binary("clamp_min", CT_MAXIMUM, bound)
        }
        /// Elements lowered to at most `bound`.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func clamped(atMost bound: Double) throws(TorchError) -> Tensor {
            try binary("clamp_max", CT_MINIMUM, bound)
        }
        /// The matrix product, batched over leading dimensions.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func matmul(_ other: Tensor) throws(TorchError) -> Tensor { try binary("matmul", CT_MATMUL, other) }
        /// a = b (bool).
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func equal(to other: Tensor) throws(TorchError) -> Tensor { try binary("eq", CT_EQ, other) }
        /// a = b (bool).
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func equal(to other: Double) throws(TorchError) -> Tensor { try binary("eq", CT_EQ, other) }
        /// a < b (bool).
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func less(than other: Tensor) throws(TorchError) -> Tensor { try binary("lt", CT_LT, other) }
        /// a < b (bool).
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func less(than other: Double) throws(TorchError) -> Tensor { try binary("lt", CT_LT, other) }
        /// a > b (bool).
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func greater(than other: Tensor) throws(TorchError) -> Tensor { try binary("gt", CT_GT, other) }
        /// a > b (bool).
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func greater(than other: Double) throws(TorchError) -> Tensor { try binary("gt", CT_GT, other) }

        /// `a` where the condition (bool) holds, else `b`.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Tensor) throws(TorchError) -> Tensor {
            try produce("where", [condition, a, b]) { ct_where(condition.handle, a.handle, b.handle, $0) }
        }

        /// The tensor with `value` where the mask (bool) holds.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func maskedFill(_ mask: Tensor, value: Double) throws(TorchError) -> Tensor {
            try Tensor.produce("masked_fill", [self, mask]) { ct_masked_fill(handle, mask.handle, value, $0) }
        }

        /// The tensor on another device or with another element type; itself when nothing changes.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func to(device: Device? = nil, dtype: DType? = nil) throws(TorchError) -> Tensor {
            try Tensor.produce("to", [self]) {
                ct_to(handle, (dtype ?? self.dtype).raw, (device ?? self.device).raw, $0)
            }
        }

        /// The tensor with another element type.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func to(_ dtype: DType) throws(TorchError) -> Tensor { try to(dtype: dtype) }

        /// The tensor on another device.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func to(_ device: Device) throws(TorchError) -> Tensor { try to(device: device) }
    }

    // MARK: - In place

    extension Tensor {
        /// a ← a + b.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func addInPlace(_ other: Tensor) throws(TorchError) {
            try Tensor.perform("add_", [self, other]) { ct_binary_in_place(CT_ADD, handle, other.handle) }
        }
        /// a ← a + b.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func addInPlace(_ other: Double) throws(TorchError) {
            try Tensor.perform("add_", [self]) { ct_binary_scalar_in_place(CT_ADD, handle, other) }
        }
        /// a ← a + scale·b.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func addInPlace(_ other: Tensor, scaledBy scale: Double) throws(TorchError) {
            try Tensor.perform("add_", [self, other]) { ct_add_scaled_in_place(handle, other.handle, scale) }
        }
        /// a ← a·b.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func mulInPlace(_ other: Tensor) throws(TorchError) {
            try Tensor.perform("mul_", [self, other]) { ct_binary_in_place(CT_MUL, handle, other.handle) }
        }
        /// a ← a·b.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func mulInPlace(_ other: Double) throws(TorchError) {
            try Tensor.perform("mul_", [self]) { ct_binary_scalar_in_place(CT_MUL, handle, other) }
        }
        /// a ← a/b.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func divInPlace(_ other: Tensor) throws(TorchError) {
            try Tensor.perform("div_", [self, other]) { ct_binary_in_place(CT_DIV, handle, other.handle) }
        }
        /// a ← a/b.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func divInPlace(_ other: Double) throws(TorchError) {
            try Tensor.perform("div_", [self]) { ct_binary_scalar_in_place(CT_DIV, handle, other) }
        }
        /// a ← a + value·b·c.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func addcmulInPlace(_ b: Tensor, _ c: Tensor, value: Double = 1) throws(TorchError) {
            try Tensor.perform("addcmul_", [self, b, c]) { ct_addcmul_in_place(handle, b.handle, c.handle, value) }
        }
        /// a ← source, converted and broadcast.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func copyInPlace(_ source: Tensor) throws(TorchError) {
            try Tensor.perform("copy_", [self, source]) { ct_copy_in_place(handle, source.handle) }
        }
        /// Every element ← value.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func fillInPlace(_ value: Double) throws(TorchError) {
            try Tensor.perform("fill_", [self]) { ct_fill_in_place(handle, value) }
        }
    }
#endif
