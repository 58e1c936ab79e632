import Lab

/// Keeps traces that take one step at a time.
public struct SingleStepsAttacker: TraceAttacker {
    /// The name on the command line and in files.
    public static let name = "single-steps"
    /// What it does, in one sentence.
    public static let summary = "Keep traces that take one step at a time."
    /// What help texts say beside the summary.
    public static let details = "Drops those with an equation of two signs (\"44 + 5 - 3 = 46\")."

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<SingleStepsAttacker>] = []

    /// The attack on these traces.
    ///
    /// - Parameters:
    ///   - traces: The released traces, in their order.
    ///   - count: The most that are kept; nil for all.
    public func attack(_ traces: [AttackTrace], count: Int?) -> any TraceAttack { SingleSteps() }
}
