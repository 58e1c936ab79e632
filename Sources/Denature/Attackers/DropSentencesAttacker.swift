import Lab

/// Leaves sentences out at random.
public struct DropSentencesAttacker: TraceAttacker {
    /// The name on the command line and in files.
    public static let name = "drop-sentences"
    /// What it does, in one sentence.
    public static let summary = "Leave sentences out at random; the last one stays."
    /// What help texts say beside the summary.
    public static let details = ""

    /// The share of sentences that goes, on the average.
    public var share = 0.25
    /// Decides which.
    public var seed: UInt64 = 0

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<DropSentencesAttacker>] = [
        .value("share", \.share, "The share of sentences that goes.", .called("share"), must: .be(0...1)),
        .value("seed", \.seed, "Decides which."),
    ]

    /// The attack on these traces.
    ///
    /// - Parameters:
    ///   - traces: The released traces, in their order.
    ///   - count: The most that are kept; nil for all.
    /// - Throws: `AttackError`, and what reading another file or model throws.
    public func attack(_ traces: [AttackTrace], count: Int?) throws -> any TraceAttack {
        try DropSentences(share: share, seed: seed)
    }
}
