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
                problem: turn.problem, completion: completion(of: turn.fields).text, id: record.id,
                solution: record.solution, location: record.location)
        }
    }

    /// The completion that a turn's fields make, and where in it each field's text begins, in UTF-8 bytes.
    package static func completion(of fields: [TraceField]) -> (text: String, starts: [Int]) {
        var starts = fields.map { _ in 0 }
        func joined(_ isIncluded: (TraceField.Role) -> Bool) -> String {
            var text = ""
            var isFirst = true
            for (index, field) in fields.enumerated() where isIncluded(field.role) {
                if !isFirst { text += "\n" }
                isFirst = false
                starts[index] = text.utf8.count
                text += field.text
            }
            return text
        }
        let reasoning = joined { $0 == .reasoning }
        let content = joined { $0 != .reasoning }
        if reasoning.isEmpty { return (content, starts) }
        // Reasoning without a reply is a trace like any other.
        if content.isEmpty { return (reasoning, starts) }
        let opening = "<think>\n"
        let middle = "\n</think>\n\n"
        for (index, field) in fields.enumerated() {
            starts[index] += opening.utf8.count
            if field.role != .reasoning { starts[index] += reasoning.utf8.count + middle.utf8.count }
        }
        return (opening + reasoning + middle + content, starts)
    }
}
