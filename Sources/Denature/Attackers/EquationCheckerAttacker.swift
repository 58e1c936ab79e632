import Lab

/// Computes every equation again and drops traces with a wrong one.
public struct EquationCheckerAttacker: TraceAttacker {
    public static let name = "equation-checker"
    public static let summary = "Compute every equation again and drop traces with a wrong one."
    public static let details = """
        Reads equations in signs ("44 + 5 - 3 = 46") and in words ("the sum of 44 and 5 is 49", "10 fewer means 33",
        which starts from the last result). What is not surely an equation of numbers is not judged.
        """

    public init() {}

    public static let schema: [Setting<EquationCheckerAttacker>] = []

    public func attack(_ traces: [AttackTrace], count: Int?) -> any TraceAttack { EquationFilter() }
}
