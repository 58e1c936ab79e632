/// Of several traces of a problem keeps those with the most frequent answer.
public struct MajorityVoteAttacker: AttackerSettings {
    public static let name = "majority-vote"

    /// Traces kept of one problem; 0 for all that agree.
    public var perProblem = 1

    public init() {}

    public static let schema: [Setting<MajorityVoteAttacker>] = [
        .value(
            "per_problem", \.perProblem, "Traces kept of one problem; 0 for all that agree.", .called("n"),
            must: .be(0...))
    ]
}
