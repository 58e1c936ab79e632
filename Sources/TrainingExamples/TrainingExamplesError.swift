import Traces

/// Why examples could not be read or written out for a model.
public struct TrainingExamplesError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A record has no problem, and the prompt needs one.
        case missingProblem
        /// The tokenizer names no token that ends a text or an assistant's turn.
        case missingEndToken
        /// An example has more tokens than allowed, and such examples are an error.
        case tooLong
        /// An example has no token to learn.
        case emptyCompletion
        /// No example is left.
        case noExamples
        /// A format of prompts that is not known.
        case unknownFormat
        /// The model's chat template refuses a conversation, or cannot write it.
        case template
    }

    /// What went wrong.
    public var code: Code
    /// Where, if it is a record's fault.
    public var location: SourceLocation?
    /// The same in words, without the location.
    public var message: String

    /// - Parameters:
    ///   - code: What went wrong.
    ///   - location: Where, if it is a record's fault.
    ///   - message: The same in words, without the location.
    public init(_ code: Code, at location: SourceLocation? = nil, _ message: String) {
        self.code = code
        self.location = location
        self.message = message
    }

    /// Location and message on one line.
    public var description: String {
        guard let location else { return message }
        return "\(location): \(message)"
    }
}
