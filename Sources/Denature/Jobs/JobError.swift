/// Why a job stopped, where no part of the library says it itself.
public struct JobError: InterruptibleJobError, Hashable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A file that cannot be read, or does not hold what it must.
        case unreadable
        /// A file or a folder that cannot be written.
        case unwritable
        /// Inputs that do not belong together, such as a model and another model's tokenizer.
        case mismatch
        /// Inputs that hold nothing to work on.
        case nothingToDo
        /// The task was cancelled; what is kept for the next run stays.
        case interrupted
    }

    /// What went wrong.
    public var code: Code
    /// The same in words, with the file where there is one.
    public var message: String

    /// - Parameters:
    ///   - code: What went wrong.
    ///   - message: The same in words, with the file where there is one.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Whether the job was stopped from outside.
    public var isInterruption: Bool { code == .interrupted }

    /// The message.
    public var description: String { message }
}
