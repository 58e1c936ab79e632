import Lab

/// Throws the reasoning away; what is left are problems with answers.
public struct AnswerOnlyAttacker: AttackerSettings {
    public static let name = "answer-only"

    /// What is left of a trace; `{answer}` stands for its answer.
    public var template = AnswerOnly.defaultTemplate

    public init() {}

    public static let schema: [Setting<AnswerOnlyAttacker>] = [
        .value("template", \.template, "What is left of a trace; {answer} stands for its answer.")
    ]
}
