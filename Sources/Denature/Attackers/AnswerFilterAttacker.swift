import Lab

/// Keeps traces whose final answer is the record's solution.
public struct AnswerFilterAttacker: TraceAttacker {
    public static let name = "answer-filter"
    public static let summary = "Keep traces whose final answer is the record's solution."
    public static let details = ""

    public init() {}

    public static let schema: [Setting<AnswerFilterAttacker>] = []

    public func attack(_ traces: [AttackTrace], count: Int?) -> any TraceAttack { AnswerFilter() }
}
