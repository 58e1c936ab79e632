/// Samples in proportion to e^score by the inverse of the cumulative distribution, with exactly one draw per step: also when
/// one token is left, so that the draws of later steps do not depend on it.
public struct CategoricalSampler: TokenSampler, Sendable {
    /// The sampler has no settings: what shapes the distribution are the processors before it.
    public init() {}

    /// Takes the first token, in the row's order, at which the cumulative probability exceeds a uniform number.
    ///
    /// - Throws: ``GenerationError`` for a row without a finite score, or with one that is not a number.
    public func sample(
        _ row: CandidateScores, sequence: SequenceContext, using generator: inout some RandomNumberGenerator
    ) throws -> Int32 {
        // 53 bits, in [0, 1).
        let uniform = Double(generator.next() >> 11) * 0x1p-53
        let maximum = try row.maximum(for: sequence)
        let index = withUnsafeTemporaryAllocation(of: Float.self, capacity: row.count) { weights in
            let total = row.scores.withUnsafeBufferPointer {
                VectorMath.exponentials($0, shift: maximum, into: weights)
            }
            let target = uniform * total
            var cumulative = 0.0
            var last = 0
            for i in 0..<weights.count where weights[i] > 0 {
                cumulative += Double(weights[i])
                last = i
                if cumulative > target { break }
            }
            return last
        }
        return row.token(at: index)
    }
}
