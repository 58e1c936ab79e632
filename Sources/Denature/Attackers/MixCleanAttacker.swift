import Lab

/// Mixes the traces with clean ones from elsewhere.
public struct MixCleanAttacker: TraceAttacker {
    /// The name on the command line and in files.
    public static let name = "mix-clean"
    /// What it does, in one sentence.
    public static let summary = "Mix the traces with clean ones from elsewhere."
    /// What help texts say beside the summary.
    public static let details = ""

    /// The clean traces.
    public var clean = ""
    /// The share of clean ones in the result.
    public var share = 0.5
    /// Decides the order.
    public var seed: UInt64 = 0

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<MixCleanAttacker>] = [
        .value("clean", \.clean, "The clean traces.", role: .input, isRequired: true),
        .value("share", \.share, "The share of clean ones in the result.", .called("share")),
        .value("seed", \.seed, "Decides the order."),
    ]

    /// The attack on these traces.
    ///
    /// - Parameters:
    ///   - traces: The released traces, in their order.
    ///   - count: The most that are kept; nil for all.
    /// - Throws: `AttackError`, and what reading another file or model throws.
    public func attack(_ traces: [AttackTrace], count: Int?) throws -> any TraceAttack {
        try MixClean(clean: try AttackTrace.read(path: clean), share: share, count: count, seed: seed)
    }
}
