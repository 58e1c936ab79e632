/// What is wrong with what an audit was given: a file, or a suspect.
public struct AuditInputError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line for a person, with the file and line where there is one.
    public var description: String

    /// - Parameter description: One line for a person.
    public init(_ description: String) { self.description = description }
}
