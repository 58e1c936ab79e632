#if Torch
    import CTorch

    extension Tensor {
        /// Whether operations on the tensor are recorded for backward mode.
        public var requiresGrad: Bool { ct_requires_grad(handle) }

        /// Sets whether operations on this leaf are recorded.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func setRequiresGrad(_ value: Bool) throws(TorchError) {
            try Tensor.perform("requires_grad_", [self]) { ct_set_requires_grad(handle, value) }
        }

        /// Backward mode from this one-element tensor; gradients accumulate in the leaves.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func backward() throws(TorchError) {
            try Tensor.perform("backward", [self]) { ct_backward(handle) }
        }

        /// The gradient accumulated in this leaf, if any.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func gradient() throws(TorchError) -> Tensor? {
            var out: ct_tensor?
            let status = ct_grad(handle, &out)
            if status != CT_OK { throw Tensor.failure(status, "grad", [self]) }
            return out.map { Tensor(owning: $0) }
        }

    }

    /// Backward-mode differentiation.
    public enum Autograd {
        /// ∂output/∂input for a one-element `output`; the leaves' own gradients are not touched.
        ///
        /// - Throws: `TorchError` when an input has no part in the output.
        public static func gradients(
            of output: Tensor, withRespectTo inputs: [Tensor]
        ) throws(TorchError) -> [Tensor] {
            var outs = [ct_tensor?](repeating: nil, count: inputs.count)
            let status = Tensor.withHandles(inputs) { ct_gradients(output.handle, $0, $1, false, &outs) }
            // Whatever came out is owned before anything can be thrown.
            let gradients = outs.compactMap { $0.map { Tensor(owning: $0) } }
            guard status == CT_OK, gradients.count == inputs.count else {
                throw Tensor.failure(status, "grad", [output])
            }
            return gradients
        }

        /// Runs `body` without recording its operations.
        ///
        /// - Throws: What `body` throws.
        public static func noGrad<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
            let before = ct_set_grad_mode(false)
            defer { _ = ct_set_grad_mode(before) }
            return try body()
        }

        /// Runs `body` with its operations recorded, also inside ``noGrad(_:)``.
        ///
        /// - Throws: What `body` throws.
        public static func withGrad<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
            let before = ct_set_grad_mode(true)
            defer { _ = ct_set_grad_mode(before) }
            return try body()
        }
    }

    /// Forward-mode differentiation: tensors that carry a tangent through every operation.
    ///
    /// libtorch has one level per process, so a ``withDualLevel(_:)`` of
    /// another thread waits for this one, and one inside another is an error.
    public struct ForwardMode: Sendable {
        private let level: Int64

        /// Runs `body` inside a level; duals made in it lose their tangents with it.
        ///
        /// - Throws: ``TorchError`` with libtorch's message, or what `body` throws.
        public static func withDualLevel<R>(_ body: (ForwardMode) throws -> R) throws -> R {
            var level: Int64 = 0
            let status = ct_dual_enter(&level)
            if status != CT_OK { throw Tensor.failure(status, "enter_dual_level", []) }
            defer { _ = ct_dual_exit(level) }
            return try body(ForwardMode(level: level))
        }

        /// `primal` carrying `tangent`, of the same shape and element type.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func makeDual(_ primal: Tensor, _ tangent: Tensor) throws(TorchError) -> Tensor {
            try Tensor.produce("make_dual", [primal, tangent]) {
                ct_make_dual(primal.handle, tangent.handle, level, $0)
            }
        }

        /// The parts of a tensor; no tangent means zero.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func unpack(_ tensor: Tensor) throws(TorchError) -> (primal: Tensor, tangent: Tensor?) {
            var primal: ct_tensor?
            var tangent: ct_tensor?
            let status = ct_unpack_dual(tensor.handle, level, &primal, &tangent)
            let parts = (primal.map { Tensor(owning: $0) }, tangent.map { Tensor(owning: $0) })
            guard status == CT_OK, let first = parts.0 else {
                throw Tensor.failure(status, "unpack_dual", [tensor])
            }
            return (first, parts.1)
        }
    }
#endif
