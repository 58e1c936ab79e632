import Lab

/// Of several traces of a problem keeps those with the most frequent answer.
public struct MajorityVoteAttacker: TraceAttacker {
    /// The name on the command line and in files.
    public static let name = "majority-vote"
    /// What it does, in one sentence.
    public static let summary =
        "Of several traces of a problem keep those with the most frequent answer; needs no solutions."
    /// What help texts say beside the summary.
    public static let details = ""

    /// Traces kept of one problem; 0 for all that agree.
    public var perProblem = 1

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<MajorityVoteAttacker>] = [
        .value(
            "per_problem", \.perProblem, "Traces kept of one problem; 0 for all that agree.", .called("n"),
            must: .be(0...))
    ]

    /// The attack on these traces.
    ///
    /// - Parameters:
    ///   - traces: The released traces, in their order.
    ///   - count: The most that are kept; nil for all.
    public func attack(_ traces: [AttackTrace], count: Int?) -> any TraceAttack {
        MajorityVote(perProblem: perProblem == 0 ? nil : perProblem)
    }
}
