#if Torch
    /// An operation of libtorch that failed.
    public struct TorchError: Error, Hashable, Sendable, CustomStringConvertible {
        /// What kind of failure.
        public enum Kind: Hashable, Sendable {
            /// libtorch refused the operation: shapes, element types, devices.
            case failed
            /// The memory of the host or of the device did not suffice.
            case outOfMemory
            /// What was asked for is not there: a device, a value of this element type.
            case unavailable
        }

        /// The kind of failure.
        public var kind: Kind
        /// The operation, by its PyTorch name.
        public var operation: String
        /// Shape and element type of each operand, as in `float32[2, 3]`.
        public var operands: [String]
        /// libtorch's message, its first line.
        public var message: String

        package init(kind: Kind, operation: String, operands: [String] = [], message: String) {
            self.kind = kind
            self.operation = operation
            self.operands = operands
            self.message = message
        }

        /// A one-line summary.
        public var description: String {
            let shapes = operands.isEmpty ? "" : " of " + operands.joined(separator: ", ")
            let what = kind == .outOfMemory ? "out of memory" : message
            return "\(operation)\(shapes): \(what)"
        }
    }
#endif
