import Lab

/// Makes the punctuation of all traces alike.
public struct UnifyPunctuationAttacker: TraceAttacker {
    public static let name = "unify-punctuation"
    public static let summary = "Make all traces alike: full stops for semicolons, no commas."
    public static let details = "The last sentence, which has the answer, stays as it is."

    public init() {}

    public static let schema: [Setting<UnifyPunctuationAttacker>] = []

    public func attack(_ traces: [AttackTrace], count: Int?) -> any TraceAttack { UnifyPunctuation() }
}
