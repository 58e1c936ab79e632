import Lab

/// Makes the punctuation of all traces alike.
public struct UnifyPunctuationAttacker: TraceAttacker {
    /// The name on the command line and in files.
    public static let name = "unify-punctuation"
    /// What it does, in one sentence.
    public static let summary = "Make all traces alike: full stops for semicolons, no commas."
    /// What help texts say beside the summary.
    public static let details = "The last sentence, which has the answer, stays as it is."

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<UnifyPunctuationAttacker>] = []

    /// The attack on these traces.
    ///
    /// - Parameters:
    ///   - traces: The released traces, in their order.
    ///   - count: The most that are kept; nil for all.
    public func attack(_ traces: [AttackTrace], count: Int?) -> any TraceAttack { UnifyPunctuation() }
}
