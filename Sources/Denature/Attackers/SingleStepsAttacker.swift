import Lab

/// Keeps traces that take one step at a time.
public struct SingleStepsAttacker: TraceAttacker {
    public static let name = "single-steps"
    public static let summary = "Keep traces that take one step at a time."
    public static let details = "Drops those with an equation of two signs (\"44 + 5 - 3 = 46\")."

    public init() {}

    public static let schema: [Setting<SingleStepsAttacker>] = []

    public func attack(_ traces: [AttackTrace], count: Int?) -> any TraceAttack { SingleSteps() }
}
