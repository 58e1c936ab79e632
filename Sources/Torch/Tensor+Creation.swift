#if Torch
    import CTorch

    extension Tensor {
        /// A tensor with a copy of `bytes`, on the CPU.
        ///
        /// - Throws: `TorchError` when the bytes are not as many as the shape needs, or memory runs out.
        public convenience init(bytes: UnsafeRawBufferPointer, dtype: DType, shape: [Int]) throws(TorchError) {
            var out: ct_tensor?
            let status = Tensor.withDimensions(shape) {
                ct_from_bytes(bytes.baseAddress, bytes.count, dtype.raw, $0, $1, &out)
            }
            guard status == CT_OK, let out else {
                throw TorchError(
                    kind: status == CT_OUT_OF_MEMORY ? .outOfMemory : .failed, operation: "tensor",
                    operands: ["\(dtype.rawValue)\(shape)"], message: String(cString: ct_last_error()))
            }
            self.init(owning: out)
        }

        private convenience init<Element: BitwiseCopyable>(
            elements: [Element], dtype: DType, shape: [Int]?
        ) throws(TorchError) {
            // A closure over a typed throw would lose the type, so the bytes are pinned without one.
            let result = elements.withUnsafeBytes { bytes in
                Result { () throws(TorchError) in
                    try Tensor(bytes: bytes, dtype: dtype, shape: shape ?? [elements.count])
                }
            }
            let made = try result.get()
            // The handle moves over: a second reference to the same elements would be freed twice.
            self.init(owning: try made.aliasHandle())
        }

        /// A second handle to the same elements.
        func aliasHandle() throws(TorchError) -> ct_tensor {
            var out: ct_tensor?
            let status = ct_unary(CT_DETACH, handle, &out)
            guard status == CT_OK, let out else { throw Tensor.failure(status, "alias", [self]) }
            return out
        }

        /// A float32 tensor of `values` in row-major order; a vector when no shape is given.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public convenience init(_ values: [Float], shape: [Int]? = nil) throws(TorchError) {
            try self.init(elements: values, dtype: .float32, shape: shape)
        }

        /// A float64 tensor of `values`.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public convenience init(_ values: [Double], shape: [Int]? = nil) throws(TorchError) {
            try self.init(elements: values, dtype: .float64, shape: shape)
        }

        /// An int64 tensor of `values`.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public convenience init(_ values: [Int64], shape: [Int]? = nil) throws(TorchError) {
            try self.init(elements: values, dtype: .int64, shape: shape)
        }

        /// An int32 tensor of `values`.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public convenience init(_ values: [Int32], shape: [Int]? = nil) throws(TorchError) {
            try self.init(elements: values, dtype: .int32, shape: shape)
        }

        /// A tensor with every element `value`.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public static func full(
            _ shape: [Int], value: Double, dtype: DType = .float32, device: Device = .cpu
        ) throws(TorchError) -> Tensor {
            try produce("full", []) { out in
                withDimensions(shape) { ct_full($0, $1, value, dtype.raw, device.raw, out) }
            }
        }

        /// A tensor of zeros.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public static func zeros(
            _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
        ) throws(TorchError) -> Tensor {
            try full(shape, value: 0, dtype: dtype, device: device)
        }

        /// A tensor of ones.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public static func ones(
            _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
        ) throws(TorchError) -> Tensor {
            try full(shape, value: 1, dtype: dtype, device: device)
        }

        /// A tensor whose elements are not set.
        package static func empty(
            _ shape: [Int], dtype: DType = .float32, device: Device = .cpu
        ) throws(TorchError) -> Tensor {
            try produce("empty", []) { out in
                withDimensions(shape) { ct_empty($0, $1, dtype.raw, device.raw, out) }
            }
        }

        /// The numbers from `start` up to, not including, `end`.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public static func arange(
            _ start: Double = 0, to end: Double, step: Double = 1, dtype: DType = .int64, device: Device = .cpu
        ) throws(TorchError) -> Tensor {
            try produce("arange", []) { ct_arange(start, end, step, dtype.raw, device.raw, $0) }
        }
    }

    // MARK: - Reading

    extension Tensor {
        private func elements<Element: BitwiseCopyable>(
            _ zero: Element, _ dtype: DType
        ) throws(TorchError) -> [Element] {
            var status = CT_OK
            let values = [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
                status = ct_copy_out(
                    handle, dtype.raw, buffer.baseAddress, buffer.count * MemoryLayout<Element>.stride)
                initialized = status == CT_OK ? buffer.count : 0
            }
            if status != CT_OK { throw Tensor.failure(status, "read", [self]) }
            return values
        }

        /// The elements as float32, row-major.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func floats() throws(TorchError) -> [Float] { try elements(0, .float32) }

        /// The elements as float64, row-major.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func doubles() throws(TorchError) -> [Double] { try elements(0, .float64) }

        /// The value of a tensor with one element.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func item() throws(TorchError) -> Double {
            var value = 0.0
            let status = ct_item(handle, &value)
            if status != CT_OK { throw Tensor.failure(status, "item", [self]) }
            return value
        }

        /// Writes the elements as float32 into a buffer of exactly `count` elements.
        ///
        /// - Throws: ``TorchError`` with libtorch's message.
        public func copyFloats(into buffer: UnsafeMutableBufferPointer<Float>) throws(TorchError) {
            let status = ct_copy_out(handle, DType.float32.raw, buffer.baseAddress, buffer.count * 4)
            if status != CT_OK { throw Tensor.failure(status, "read", [self]) }
        }

        /// The elements of a float32 tensor on the CPU without a copy where it is contiguous.
        ///
        /// - Throws: ``TorchError`` with libtorch's message, or what `body` throws.
        public func withFloats<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) throws -> R {
            let source =
                dtype == .float32 && device == .cpu && isContiguous
                ? self : try detach().to(device: .cpu, dtype: .float32).contiguous()
            return try withExtendedLifetime(source) {
                let start = ct_data(source.handle)?.assumingMemoryBound(to: Float.self)
                return try body(UnsafeBufferPointer(start: start, count: source.count))
            }
        }

        /// The raw bytes of the elements in their own type, row-major.
        ///
        /// - Throws: ``TorchError`` with libtorch's message, or what `body` throws.
        public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
            let source = device == .cpu && isContiguous ? self : try detach().to(device: .cpu).contiguous()
            return try withExtendedLifetime(source) {
                try body(UnsafeRawBufferPointer(start: ct_data(source.handle), count: source.count * dtype.byteCount))
            }
        }
    }
#endif
