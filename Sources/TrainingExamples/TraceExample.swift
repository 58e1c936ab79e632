import Traces

/// A problem and what a model shall write for it, as text.
public struct TraceExample: Hashable, Sendable {
    /// The problem, if the record has one.
    public var problem: String?
    /// The reasoning and the answer.
    public var completion: String
    /// The record's `id`.
    public var id: String?
    /// The record's reference solution.
    public var solution: String?
    /// Where the record begins.
    public var location: SourceLocation

    /// - Parameters:
    ///   - problem: The problem, if there is one.
    ///   - completion: The reasoning and the answer.
    ///   - id: The record's `id`.
    ///   - solution: The record's reference solution.
    ///   - location: Where the record begins.
    public init(
        problem: String?, completion: String, id: String? = nil, solution: String? = nil, location: SourceLocation
    ) {
        self.problem = problem
        self.completion = completion
        self.id = id
        self.solution = solution
        self.location = location
    }

    /// The examples of a record, one for each assistant's turn with the nearest user message before it as its problem.
    ///
    /// Separate reasoning is put before the reply between `<think>` tags, as reasoning models write it.
    public static func examples(of record: TraceRecord) -> [TraceExample] {
        record.turns.map { turn in
            TraceExample(
                problem: turn.problem, completion: text(of: turn), id: record.id, solution: record.solution,
                location: record.location)
        }
    }

    private static func text(of turn: TraceTurn) -> String {
        func joined(_ isIncluded: (TraceField.Role) -> Bool) -> String {
            turn.fields.filter { isIncluded($0.role) }.map(\.text).joined(separator: "\n")
        }
        let reasoning = joined { $0 == .reasoning }
        let content = joined { $0 != .reasoning }
        if reasoning.isEmpty { return content }
        // Reasoning without a reply is a trace like any other.
        return content.isEmpty ? reasoning : "<think>\n\(reasoning)\n</think>\n\n\(content)"
    }
}
