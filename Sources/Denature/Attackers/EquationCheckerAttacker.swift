import Lab

/// Computes every equation again and drops traces with a wrong one.
public struct EquationCheckerAttacker: TraceAttacker {
    /// The name on the command line and in files.
    public static let name = "equation-checker"
    /// What it does, in one sentence.
    public static let summary = "Compute every equation again and drop traces with a wrong one."
    /// What help texts say beside the summary.
    public static let details = """
        Reads equations in signs ("44 + 5 - 3 = 46") and in words ("the sum of 44 and 5 is 49", "10 fewer means 33",
        which starts from the last result). What is not surely an equation of numbers is not judged.
        """

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<EquationCheckerAttacker>] = []

    /// The attack on these traces.
    ///
    /// - Parameters:
    ///   - traces: The released traces, in their order.
    ///   - count: The most that are kept; nil for all.
    public func attack(_ traces: [AttackTrace], count: Int?) -> any TraceAttack { EquationFilter() }
}
