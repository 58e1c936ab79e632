#if Torch
    /// Why training could not begin, go on or be kept.
    public struct FineTuningError: Error, Hashable, Sendable, CustomStringConvertible {
        /// What went wrong.
        public enum Code: String, Hashable, Sendable, CaseIterable {
            /// An option that makes no sense, alone or with others.
            case invalidOption
            /// A token id that the model has no row for, or an example longer than the model's positions.
            case modelMismatch
            /// A loss or a gradient is not a number.
            case notFinite
            /// A kept state belongs to other data, another model or other options.
            case stateMismatch
            /// A file that cannot be read, or does not hold what it must.
            case unreadable
            /// A file that cannot be written.
            case unwritable
            /// An adapter that does not fit the model, or of a kind that is not implemented.
            case adapterMismatch
        }

        /// What went wrong.
        public var code: Code
        /// The same in words.
        public var message: String

        /// - Parameters:
        ///   - code: What went wrong.
        ///   - message: The same in words.
        public init(_ code: Code, _ message: String) {
            self.code = code
            self.message = message
        }

        /// The message.
        public var description: String { message }
    }
#endif
