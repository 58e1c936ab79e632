/// Makes all traces look alike: full stops for semicolons and line ends, no commas, single spaces. The last sentence, which
/// has the answer, stays as it is.
public struct UnifyPunctuation: TraceAttack {
    /// No settings.
    public init() {}

    /// A record of the form problem-trace for every trace.
    public func apply(to traces: [AttackTrace]) -> AttackResult {
        AttackResult(rewriting: traces) { trace in
            let sentences = trace.sentences
            let body = sentences.dropLast().joined(separator: " ").replacing(";", with: ".").replacing(",", with: "")
            let words = body.split(whereSeparator: \.isWhitespace).map(String.init)
            return (words + sentences.suffix(1)).joined(separator: " ")
        }
    }
}
