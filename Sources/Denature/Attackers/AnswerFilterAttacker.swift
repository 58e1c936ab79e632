/// Keeps traces whose final answer is the record's solution.
public struct AnswerFilterAttacker: AttackerSettings {
    public static let name = "answer-filter"

    public init() {}

    public static let schema: [Setting<AnswerFilterAttacker>] = []
}
