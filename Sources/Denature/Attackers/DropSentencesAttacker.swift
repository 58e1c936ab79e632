import Lab

/// Leaves sentences out at random.
public struct DropSentencesAttacker: TraceAttacker {
    public static let name = "drop-sentences"
    public static let summary = "Leave sentences out at random; the last one stays."
    public static let details = ""

    /// The share of sentences that goes, on the average.
    public var share = 0.25
    /// Decides which.
    public var seed: UInt64 = 0

    public init() {}

    public static let schema: [Setting<DropSentencesAttacker>] = [
        .value("share", \.share, "The share of sentences that goes.", .called("share"), must: .be(0...1)),
        .value("seed", \.seed, "Decides which."),
    ]

    public func attack(_ traces: [AttackTrace], count: Int?) throws -> any TraceAttack {
        try DropSentences(share: share, seed: seed)
    }
}
