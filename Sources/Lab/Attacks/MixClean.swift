import Statistics

/// Mixes released traces with clean ones from elsewhere: some other model's, or bought from people.
public struct MixClean: TraceAttack {
    /// The clean traces.
    public var clean: [AttackTrace]
    /// The share of the result that is clean, 0 to 1.
    public var share: Double
    /// How many traces the mixture shall have; nil for as many as are read.
    public var count: Int?
    /// Decides the order of the mixture.
    public var seed: UInt64

    /// - Throws: `AttackError.shareOutOfRange`.
    public init(clean: [AttackTrace], share: Double, count: Int?, seed: UInt64) throws(AttackError) {
        guard (0...1).contains(share) else { throw .shareOutOfRange(share) }
        self.clean = clean
        self.share = share
        self.count = count
        self.seed = seed
    }

    /// The first released traces and the last clean ones, so that few problems occur twice where both files have the same
    /// ones, in shuffled order.
    ///
    /// - Throws: `AttackError.tooFewCleanTraces`.
    public func apply(to traces: [AttackTrace]) throws(AttackError) -> AttackResult {
        let total = min(count ?? traces.count, Int.max >> 1)
        let wanted = Int((Double(total) * share).rounded())
        guard clean.count >= wanted else { throw .tooFewCleanTraces(found: clean.count, wanted: wanted) }
        var result = AttackResult(read: traces.count)
        let released = traces.prefix(total - wanted)
        if traces.count > released.count { result.dropped["replaced by a clean one"] = traces.count - released.count }
        result.changed = wanted
        result.lines = released.map(\.line) + clean.suffix(wanted).map(\.line)
        var generator = SeededGenerator(seed: SeededGenerator.mix(seed))
        result.lines.shuffle(using: &generator)
        return result
    }
}
