import Foundation

/// A line of the lab's files, in the field names that trace files use.
public struct LabRecord: Codable, Hashable, Sendable {
    /// The story and its question.
    public var problem: String
    /// The solution in words, which ends with "the answer is #### N"; nil in a file of problems.
    public var trace: String?
    /// The answer.
    public var solution: String

    /// Describes a record.
    public init(problem: String, trace: String?, solution: String) {
        self.problem = problem
        self.trace = trace
        self.solution = solution
    }

    /// The record as a line of JSON without its end.
    ///
    /// - Throws: `EncodingError`, which texts cannot cause.
    public func line() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
