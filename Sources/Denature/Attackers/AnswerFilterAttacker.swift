import Lab

/// Keeps traces whose final answer is the record's solution.
public struct AnswerFilterAttacker: TraceAttacker {
    /// The name on the command line and in files.
    public static let name = "answer-filter"
    /// What it does, in one sentence.
    public static let summary = "Keep traces whose final answer is the record's solution."
    /// What help texts say beside the summary.
    public static let details = ""

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<AnswerFilterAttacker>] = []

    /// The attack on these traces.
    ///
    /// - Parameters:
    ///   - traces: The released traces, in their order.
    ///   - count: The most that are kept; nil for all.
    public func attack(_ traces: [AttackTrace], count: Int?) -> any TraceAttack { AnswerFilter() }
}
