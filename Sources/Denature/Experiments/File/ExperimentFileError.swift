/// A mistake in an experiment's file.
public struct ExperimentFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// What is wrong.
    public var message: String

    /// One line for people.
    public var description: String { "\(file):\(line): \(message)" }
}
