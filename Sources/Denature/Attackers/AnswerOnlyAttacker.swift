import Lab

/// Throws the reasoning away; what is left are problems with answers.
public struct AnswerOnlyAttacker: TraceAttacker {
    public static let name = "answer-only"
    public static let summary = "Throw the reasoning away; what is left are problems with answers."
    public static let details = ""

    /// What is left of a trace; `{answer}` stands for its answer.
    public var template = AnswerOnly.defaultTemplate

    public init() {}

    public static let schema: [Setting<AnswerOnlyAttacker>] = [
        .value("template", \.template, "What is left of a trace; {answer} stands for its answer.")
    ]

    public func attack(_ traces: [AttackTrace], count: Int?) throws -> any TraceAttack {
        try AnswerOnly(template: template)
    }
}
