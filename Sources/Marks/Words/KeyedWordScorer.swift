/// What is counted of a keyed word.
public protocol TokenWordStatistic: Sendable {
    /// Adds what `count` words give; the number of positions is counted by the caller.
    func tally(_ words: UnsafePointer<UInt64>, count: Int, into totals: inout TokenTotals)

    /// The score of one word: of a count its share of the trials.
    func score(_ word: UInt64) -> Double
}

/// The scorer of a scheme with one key: a source of words, and what is counted of them. Both are known to its loops.
public final class KeyedWordScorer<Words: TokenWords, Statistic: TokenWordStatistic>: TokenScorer {
    /// The sums so far.
    public private(set) var totals = TokenTotals()
    private let words: Words
    private let statistic: Statistic

    /// - Parameters:
    ///   - words: Where the key's words come from.
    ///   - statistic: What is counted of them.
    public init(_ words: Words, _ statistic: Statistic) {
        self.words = words
        self.statistic = statistic
    }

    /// Begins anew.
    public func reset() { totals = TokenTotals() }

    /// Adds the positions of a block.
    public func add(_ block: TokenObservationBlock) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: ScoringChunk.size) { buffer in
            guard let room = buffer.baseAddress else { return }
            room.initialize(repeating: 0, count: ScoringChunk.size)
            for start in stride(from: 0, to: block.count, by: ScoringChunk.size) {
                let count = min(ScoringChunk.size, block.count - start)
                words.fill(room, for: block, from: start, count: count)
                totals.scored += count
                statistic.tally(room, count: count, into: &totals)
            }
        }
    }

    /// Σ weight · (score − mean).
    public func weightedSum(
        contexts: UnsafeBufferPointer<Int32>, tokens: UnsafeBufferPointer<Int32>, weights: UnsafeBufferPointer<Double>,
        width: Int, mean: Double
    ) -> Double {
        let count = min(tokens.count, weights.count, contexts.count / width)
        var sum = 0.0
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: ScoringChunk.size) { buffer in
            guard let room = buffer.baseAddress else { return }
            room.initialize(repeating: 0, count: ScoringChunk.size)
            ScoringChunk.forEach(contexts: contexts, tokens: tokens, count: count, width: width) { pairs, start in
                words.fill(room, for: pairs)
                for i in 0..<pairs.count { sum += weights[start + i] * (statistic.score(room[i]) - mean) }
            }
        }
        return sum
    }
}
