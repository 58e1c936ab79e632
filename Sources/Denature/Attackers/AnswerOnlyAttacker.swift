import Lab

/// Throws the reasoning away; what is left are problems with answers.
public struct AnswerOnlyAttacker: TraceAttacker {
    /// The name on the command line and in files.
    public static let name = "answer-only"
    /// What it does, in one sentence.
    public static let summary = "Throw the reasoning away; what is left are problems with answers."
    /// What help texts say beside the summary.
    public static let details = ""

    /// What is left of a trace; `{answer}` stands for its answer.
    public var template = AnswerOnly.defaultTemplate

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<AnswerOnlyAttacker>] = [
        .value("template", \.template, "What is left of a trace; {answer} stands for its answer.")
    ]

    /// The attack on these traces.
    ///
    /// - Parameters:
    ///   - traces: The released traces, in their order.
    ///   - count: The most that are kept; nil for all.
    /// - Throws: `AttackError`, and what reading another file or model throws.
    public func attack(_ traces: [AttackTrace], count: Int?) throws -> any TraceAttack {
        try AnswerOnly(template: template)
    }
}
