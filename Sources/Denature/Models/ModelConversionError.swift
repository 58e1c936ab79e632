/// Why a model was not converted.
public struct ModelConversionError: InterruptibleJobError, Hashable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// An architecture, a tokenizer or an option that is not known and would change what the model computes.
        case unsupported
        /// Something that every model of the kind has is not there.
        case missing
        /// Parts of the file contradict each other.
        case inconsistent
        /// A file that is there already, or cannot be written.
        case unwritable
        /// The task was cancelled; nothing was written.
        case interrupted
    }

    /// What went wrong.
    public var code: Code
    /// The file concerned.
    public var file: String
    /// The same in words.
    public var message: String

    /// - Parameters:
    ///   - code: What went wrong.
    ///   - file: The file concerned.
    ///   - message: The same in words.
    public init(_ code: Code, file: String, _ message: String) {
        self.code = code
        self.file = file
        self.message = message
    }

    /// Whether the job was stopped from outside.
    public var isInterruption: Bool { code == .interrupted }

    /// File and message on one line.
    public var description: String { "\(file): \(message)" }
}
