/// Why a chat template cannot be read or run: the line and the reason.
public struct ChatTemplateError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The template is not well formed.
        case syntax
        /// Well formed, and nothing that is run here.
        case unsupported
        /// A value that is not defined was used for more than printing or testing.
        case undefined
        /// An operation on values of the wrong kind, or with the wrong arguments.
        case type
        /// A value that an operation cannot take.
        case value
        /// The template refused the conversation itself (`raise_exception`).
        case raised
        /// Too many steps, too much text, or too deep.
        case limit
    }

    /// What went wrong.
    public var code: Code
    /// The line of the template, from 1; 0 where none is to blame.
    public var line: Int
    /// The same in words, without the line.
    public var message: String

    /// - Parameters:
    ///   - code: What went wrong.
    ///   - line: The line of the template, from 1.
    ///   - message: The same in words.
    public init(_ code: Code, line: Int, _ message: String) {
        self.code = code
        self.line = line
        self.message = message
    }

    /// Line and message.
    public var description: String { line > 0 ? "line \(line): \(message)" : message }
}

/// How much a template may do before it is stopped. The template of a model comes from whoever wrote the model.
public struct ChatTemplateLimits: Hashable, Sendable {
    /// The most UTF-8 bytes of a template.
    public var sourceBytes = 1 << 20
    /// The most levels of nesting in a template's text, of its statements and expressions together.
    public var nesting = 60
    /// The most levels of evaluation inside each other while it runs, calls of macros included.
    public var depth = 400
    /// The most levels of a value: lists in lists.
    public var valueDepth = 100
    /// The most work: a step is a statement, an expression, an element of a list or a character of a text that is made.
    public var steps = 20_000_000
    /// As many steps more for every character of the conversation, so that long conversations are not refused.
    public var stepsPerCharacter = 100
    /// The most characters of a text.
    public var textLength = 1 << 25

    /// The usual limits.
    public init() {}
}
