import Lab

/// No attack: the first traces as they are.
public struct NoAttacker: TraceAttacker {
    public static let name = "none"
    public static let summary = "No attack: the first --count traces as they are."
    public static let details = ""

    public init() {}

    public static let schema: [Setting<NoAttacker>] = []

    public func attack(_ traces: [AttackTrace], count: Int?) -> any TraceAttack { NoAttack() }
}
