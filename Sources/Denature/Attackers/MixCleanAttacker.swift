import Lab

/// Mixes the traces with clean ones from elsewhere.
public struct MixCleanAttacker: TraceAttacker {
    public static let name = "mix-clean"
    public static let summary = "Mix the traces with clean ones from elsewhere."
    public static let details = ""

    /// The clean traces.
    public var clean = ""
    /// The share of clean ones in the result.
    public var share = 0.5
    /// Decides the order.
    public var seed: UInt64 = 0

    public init() {}

    public static let schema: [Setting<MixCleanAttacker>] = [
        .value("clean", \.clean, "The clean traces.", role: .input, isRequired: true),
        .value("share", \.share, "The share of clean ones in the result.", .called("share")),
        .value("seed", \.seed, "Decides the order."),
    ]

    public func attack(_ traces: [AttackTrace], count: Int?) throws -> any TraceAttack {
        try MixClean(clean: try AttackTrace.read(path: clean), share: share, count: count, seed: seed)
    }
}
