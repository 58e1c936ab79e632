import Lab

/// Of several traces of a problem keeps those with the most frequent answer.
public struct MajorityVoteAttacker: TraceAttacker {
    public static let name = "majority-vote"
    public static let summary =
        "Of several traces of a problem keep those with the most frequent answer; needs no solutions."
    public static let details = ""

    /// Traces kept of one problem; 0 for all that agree.
    public var perProblem = 1

    public init() {}

    public static let schema: [Setting<MajorityVoteAttacker>] = [
        .value(
            "per_problem", \.perProblem, "Traces kept of one problem; 0 for all that agree.", .called("n"),
            must: .be(0...))
    ]

    public func attack(_ traces: [AttackTrace], count: Int?) -> any TraceAttack {
        MajorityVote(perProblem: perProblem == 0 ? nil : perProblem)
    }
}
