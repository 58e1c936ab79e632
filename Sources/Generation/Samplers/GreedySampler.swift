/// Takes the token with the highest score; of equal ones the lowest. It draws nothing.
public struct GreedySampler: TokenSampler, Sendable {
    /// The sampler has no settings.
    public init() {}

    /// The row's argmax.
    ///
    /// - Throws: ``GenerationError`` for a row without a finite score, or with one that is not a number.
    public func sample(
        _ row: CandidateScores, sequence: SequenceContext, using generator: inout some RandomNumberGenerator
    ) throws -> Int32 {
        let maximum = try row.maximum(for: sequence)
        if row.isDense {
            return Int32(truncatingIfNeeded: row.scores.firstIndex(of: maximum) ?? 0)
        }
        var best: Int32?
        for i in row.tokens.indices where row.scores[i] == maximum { best = min(best ?? .max, row.tokens[i]) }
        return best ?? row.token(at: 0)
    }
}
