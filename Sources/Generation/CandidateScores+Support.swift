extension CandidateScores {
    /// Puts a truncated support back into order after its scores were changed. A dense row is always in order.
    public mutating func restoreOrder() {
        guard !isDense, tokens.count == scores.count, !isInOrder else { return }
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: tokens.count) { keys in
            for i in 0..<tokens.count {
                keys.initializeElement(
                    at: i, to: RankKeys.key(score: scores[i], token: UInt32(truncatingIfNeeded: tokens[i])))
            }
            RankKeys.sortDescending(keys)
            replaceSupport(with: UnsafeBufferPointer(keys))
        }
    }

    private var isInOrder: Bool {
        for i in 1..<max(1, tokens.count) {
            let isInOrder =
                scores[i - 1] > scores[i] || (scores[i - 1] == scores[i] && tokens[i - 1] < tokens[i])
            if !isInOrder { return false }
        }
        return true
    }

    /// Keeps the best tokens of a support; at least one.
    package mutating func keepFirst(_ count: Int) {
        let excess = tokens.count - max(1, count)
        guard excess > 0 else { return }
        tokens.removeLast(excess)
        scores.removeLast(excess)
    }

    /// Makes a truncated support of sorted keys. Tokens with a score of −∞ are left out unless nothing else is there.
    package mutating func replaceSupport(with keys: UnsafeBufferPointer<UInt64>) {
        tokens.removeAll(keepingCapacity: true)
        scores.removeAll(keepingCapacity: true)
        for key in keys {
            let score = RankKeys.score(key)
            if score == -.infinity, !tokens.isEmpty { break }
            tokens.append(RankKeys.token(key))
            scores.append(score)
        }
    }

    /// Makes a dense row of a copy.
    package mutating func replaceDense(with values: UnsafeBufferPointer<Float>) {
        tokens.removeAll(keepingCapacity: true)
        scores.removeAll(keepingCapacity: true)
        scores.append(contentsOf: values)
    }

    /// Makes a support of one token.
    mutating func replaceSupport(token: Int32, score: Float) {
        tokens.removeAll(keepingCapacity: true)
        scores.removeAll(keepingCapacity: true)
        tokens.append(token)
        scores.append(score)
    }
}
