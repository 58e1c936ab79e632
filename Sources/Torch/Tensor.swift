#if Torch
    import CTorch

    /// An n-dimensional array of libtorch.
    ///
    /// A reference to elements that other tensors may share (views); freed with its last reference. Operations return
    /// new tensors and leave their operands alone, but for those named …InPlace. One
    /// tensor is to be used from one thread at a time.
    public final class Tensor: @unchecked Sendable {
        package let handle: ct_tensor

        /// Takes over a handle.
        package init(owning handle: ct_tensor) {
            self.handle = handle
        }

        deinit {
            ct_free(handle)
        }

        /// The number of dimensions.
        public var rank: Int { Int(ct_rank(handle)) }

        /// The extent of each dimension.
        public var shape: [Int] {
            (0..<ct_rank(handle)).map { Int(ct_size(handle, $0)) }
        }

        /// The extent of one dimension, counted from the end when negative; 0 for a dimension that is not there.
        public func size(_ dimension: Int) -> Int {
            let index = dimension < 0 ? dimension + rank : dimension
            return max(0, Int(ct_size(handle, Int32(clamping: index))))
        }

        /// The number of elements.
        public var count: Int { Int(ct_count(handle)) }

        /// The element type.
        public var dtype: DType { DType(raw: ct_dtype_of(handle)) ?? .uint8 }

        /// Where the elements lie.
        public var device: Device { Device(raw: ct_device_of(handle)) }

        /// Whether the elements lie in row-major order without gaps.
        public var isContiguous: Bool { ct_is_contiguous(handle) }

        /// Type and shape, as in `float32[2, 3]`.
        public var summary: String { "\(dtype.rawValue)\(shape)" }
    }

    extension Tensor: CustomStringConvertible {
        /// A one-line summary.
        public var description: String { "Tensor(\(summary), \(device))" }
    }

    // MARK: - Calling the shim

    extension Tensor {
        static func failure(_ status: ct_status, _ operation: StaticString, _ operands: [Tensor?]) -> TorchError {
            let text = String(cString: ct_last_error())
            let line = text.split(separator: "\n", maxSplits: 1).first.map(String.init) ?? "failed"
            return TorchError(
                kind: status == CT_OUT_OF_MEMORY ? .outOfMemory : .failed, operation: "\(operation)",
                operands: operands.compactMap { $0?.summary }, message: line)
        }

        /// Runs an operation with one result. The operands are looked at only to describe a failure.
        @inline(__always)
        package static func produce(
            _ operation: StaticString, _ operands: @autoclosure () -> [Tensor?],
            _ body: (UnsafeMutablePointer<ct_tensor?>) -> ct_status
        ) throws(TorchError) -> Tensor {
            var out: ct_tensor?
            let status = body(&out)
            guard status == CT_OK, let out else { throw failure(status, operation, operands()) }
            return Tensor(owning: out)
        }

        /// Runs an operation with two results.
        package static func producePair(
            _ operation: StaticString, _ operands: @autoclosure () -> [Tensor?],
            _ body: (UnsafeMutablePointer<ct_tensor?>, UnsafeMutablePointer<ct_tensor?>) -> ct_status
        ) throws(TorchError) -> (Tensor, Tensor) {
            var first: ct_tensor?
            var second: ct_tensor?
            let status = body(&first, &second)
            guard status == CT_OK, let first, let second else { throw failure(status, operation, operands()) }
            return (Tensor(owning: first), Tensor(owning: second))
        }

        /// Runs an operation that changes its operands.
        @inline(__always)
        package static func perform(
            _ operation: StaticString, _ operands: @autoclosure () -> [Tensor?], _ body: () -> ct_status
        ) throws(TorchError) {
            let status = body()
            if status != CT_OK { throw failure(status, operation, operands()) }
        }

        /// The dimensions as the shim takes them.
        @inline(__always)
        package static func withDimensions<R>(
            _ values: [Int], _ body: (UnsafePointer<Int64>?, Int32) -> R
        ) -> R {
            // Int and Int64 have one layout on every platform of libtorch.
            values.withUnsafeBytes { bytes in
                body(bytes.assumingMemoryBound(to: Int64.self).baseAddress, Int32(clamping: values.count))
            }
        }

        package static func withHandles<R>(_ tensors: [Tensor], _ body: ([ct_tensor?], Int32) -> R) -> R {
            withExtendedLifetime(tensors) { body(tensors.map { $0.handle }, Int32(clamping: tensors.count)) }
        }
    }
#endif
