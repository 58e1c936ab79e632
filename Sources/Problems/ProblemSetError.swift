import Traces

/// Why a problem set could not be read.
public struct ProblemSetError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A file or folder that cannot be read, or holds no file of the set's kind.
        case unreadable
        /// Not JSON, not UTF-8, or a member of another type than the set has.
        case malformedJSON
        /// Not comma-separated values as RFC 4180 defines them.
        case malformedCSV
        /// A row with another number of cells than the set has.
        case wrongShape
        /// A question, choice or solution that is empty.
        case empty
        /// A solution that states no final answer, or an answer that is none of the choices.
        case noAnswer
    }

    /// What went wrong.
    public var code: Code
    /// Where.
    public var location: SourceLocation
    /// The same in words, without the location.
    public var message: String

    /// - Parameters:
    ///   - code: What went wrong.
    ///   - location: Where.
    ///   - message: The same in words, without the location.
    public init(_ code: Code, at location: SourceLocation, _ message: String) {
        self.code = code
        self.location = location
        self.message = message
    }

    /// `file:line: message`.
    public var description: String { "\(location): \(message)" }
}
