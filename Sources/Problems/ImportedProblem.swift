import Foundation
import Traces

/// The public problem sets that are read.
public enum ProblemSetFormat: String, Hashable, Sendable, CaseIterable {
    /// GSM8K: lines of `{"question", "answer"}`, the answer ending in `#### 72`.
    case gsm8k
    /// MATH: a folder of JSON files `{"problem", "solution", "level", "type"}`, or lines of such objects.
    case math
    /// MMLU: CSV files of question, A, B, C, D, answer, or lines of `{"question", "choices", "answer"}`.
    case mmlu
}

/// A problem with its answer, as a line of output.
public struct ImportedProblem: Hashable, Sendable {
    /// Names the problem within its set.
    public var id: String
    /// What is asked, choices included.
    public var problem: String
    /// What is asked, without choices: problems with the same question go to the same part of a split.
    public var question: String
    /// The worked solution, or the answer in the set's marking where there is none.
    public var solution: String
    /// The final answer of ``solution``.
    public var answer: String
    /// The set's subject or type.
    public var subject: String?
    /// The set's level.
    public var level: String?
    /// Where it stands.
    public var location: SourceLocation

    /// The problem as a line of JSON that every command reads, without the line end. Members in alphabetical order:
    /// `final_answer`, `id`, `level`, `problem`, `solution`, `subject`, `trace`.
    ///
    /// - Parameters:
    ///   - instruction: Text put before the problem, a blank line between; nil for none.
    ///   - withTrace: Whether the solution is also written as the record's trace.
    /// - Throws: `EncodingError`, which texts cannot cause.
    public func line(instruction: String? = nil, withTrace: Bool = false) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let record = Line(
            finalAnswer: answer, id: id, level: level, problem: instruction.map { $0 + "\n\n" + problem } ?? problem,
            solution: solution, subject: subject, trace: withTrace ? solution : nil)
        return [UInt8](try encoder.encode(record))
    }

    private struct Line: Encodable {
        var finalAnswer: String
        var id: String
        var level: String?
        var problem: String
        var solution: String
        var subject: String?
        var trace: String?

        enum CodingKeys: String, CodingKey {
            case finalAnswer = "final_answer"
            case id, level, problem, solution, subject, trace
        }
    }
}
