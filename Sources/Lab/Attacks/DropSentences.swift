import Statistics

/// Leaves sentences out at random. The last one, which has the answer, always stays.
public struct DropSentences: TraceAttack {
    /// The share of the other sentences that goes, on the average.
    public var share: Double
    /// Decides which.
    public var seed: UInt64

    /// - Throws: `AttackError.shareOutOfRange`.
    public init(share: Double, seed: UInt64) throws(AttackError) {
        guard (0...1).contains(share) else { throw .shareOutOfRange(share) }
        self.share = share
        self.seed = seed
    }

    /// A record of the form problem-trace for every trace.
    public func apply(to traces: [AttackTrace]) -> AttackResult {
        var generator = SeededGenerator(seed: SeededGenerator.mix(seed))
        return AttackResult(rewriting: traces) { trace in
            let sentences = trace.sentences
            let kept = sentences.dropLast().filter { _ in Double.random(in: 0..<1, using: &generator) >= share }
            return (kept + sentences.suffix(1)).joined(separator: " ")
        }
    }
}
