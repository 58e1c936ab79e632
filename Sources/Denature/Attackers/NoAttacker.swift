import Lab

/// No attack: the first traces as they are.
public struct NoAttacker: TraceAttacker {
    /// The name on the command line and in files.
    public static let name = "none"
    /// What it does, in one sentence.
    public static let summary = "No attack: the first --count traces as they are."
    /// What help texts say beside the summary.
    public static let details = ""

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<NoAttacker>] = []

    /// The attack on these traces.
    ///
    /// - Parameters:
    ///   - traces: The released traces, in their order.
    ///   - count: The most that are kept; nil for all.
    public func attack(_ traces: [AttackTrace], count: Int?) -> any TraceAttack { NoAttack() }
}
