/// Computes every equation again and drops traces with a wrong one.
public struct EquationCheckerAttacker: AttackerSettings {
    public static let name = "equation-checker"

    public init() {}

    public static let schema: [Setting<EquationCheckerAttacker>] = []
}
