/// Excludes tokens: their score becomes −∞, or they leave the support.
public final class SuppressTokensLogitsProcessor: RowLogitsProcessor {
    /// The excluded tokens, ascending.
    public let tokens: [Int32]

    /// - Parameter tokens: Ids of at least 0; those beyond the vocabulary have no effect.
    /// - Throws: ``GenerationError/invalidParameter(name:value:allowed:)``.
    public init(_ tokens: some Sequence<Int32>) throws {
        self.tokens = Set(tokens).sorted()
        if let first = self.tokens.first, first < 0 {
            throw GenerationError.invalidParameter(
                name: "suppress_tokens", value: "\(first)", allowed: "token ids of at least 0")
        }
    }

    /// Excludes.
    ///
    /// - Throws: ``GenerationError/invalidScores(index:position:value:)`` if no token is left.
    public func process(_ row: inout CandidateScores, sequence: SequenceContext) throws {
        if row.isDense {
            for token in tokens where Int(token) < row.scores.count { row.scores[Int(token)] = -.infinity }
            return
        }
        var kept = 0
        for i in row.tokens.indices where !isSuppressed(row.tokens[i]) {
            row.tokens[kept] = row.tokens[i]
            row.scores[kept] = row.scores[i]
            kept += 1
        }
        guard kept > 0 else {
            throw GenerationError.invalidScores(
                index: sequence.index, position: sequence.generated.count, value: -.infinity)
        }
        row.keepFirst(kept)
    }

    private func isSuppressed(_ token: Int32) -> Bool {
        var low = 0
        var high = tokens.count
        while low < high {
            let middle = (low + high) / 2
            if tokens[middle] < token { low = middle + 1 } else { high = middle }
        }
        return low < tokens.count && tokens[low] == token
    }
}
