/// Drops the traces that a reference model finds least likely per token: swapped words and odd phrases stand out there.
public struct LikelihoodFilter: TraceAttack {
    /// The reference's mean log-probability per token of every trace, in nats; nil where the trace has no tokens.
    public var scores: [Double?]
    /// The share that is dropped, 0 to 1.
    public var share: Double

    /// - Throws: `AttackError.shareOutOfRange`.
    public init(scores: [Double?], dropping share: Double) throws(AttackError) {
        guard (0...1).contains(share) else { throw .shareOutOfRange(share) }
        self.scores = scores
        self.share = share
    }

    /// The likelier traces in the order of the input; of equally likely ones the earlier is kept.
    ///
    /// - Throws: `AttackError.scoreCount`.
    public func apply(to traces: [AttackTrace]) throws(AttackError) -> AttackResult {
        guard scores.count == traces.count else { throw .scoreCount(found: scores.count, wanted: traces.count) }
        let order = traces.indices.sorted {
            let (a, b) = (scores[$0] ?? -.infinity, scores[$1] ?? -.infinity)
            return a != b ? a > b : $0 < $1
        }
        let kept = order.prefix(traces.count - Int((Double(traces.count) * share).rounded())).sorted()
        var result = AttackResult(read: traces.count)
        result.lines = kept.map { traces[$0].line }
        if kept.count < traces.count { result.dropped["unlikely"] = traces.count - kept.count }
        return result
    }
}
