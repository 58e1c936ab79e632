extension CandidateScores {
    /// The largest score, found by looking at every one.
    ///
    /// - Throws: ``GenerationError/invalidScores(index:position:value:)`` for NaN, +∞ and rows without a finite score.
    public func maximum(for sequence: SequenceContext) throws -> Float {
        guard let maximum = scores.withUnsafeBufferPointer(VectorMath.maximum) else {
            throw GenerationError.invalidScores(
                index: sequence.index, position: sequence.generated.count,
                value: scores.first { !($0 <= .greatestFiniteMagnitude) } ?? .nan)
        }
        guard maximum > -.infinity else {
            throw GenerationError.invalidScores(
                index: sequence.index, position: sequence.generated.count, value: -.infinity)
        }
        return maximum
    }

    /// log Σ e^score over the row; −∞ for a row without a finite score, NaN for an invalid one.
    public func logSumOfExponentials() -> Double {
        scores.withUnsafeBufferPointer(VectorMath.logSumOfExponentials)
    }

    /// The log-probabilities, in nats, of the row's tokens in the row's order: each score less the logarithm of the sum.
    public func logProbabilities() -> [Float] {
        let total = logSumOfExponentials()
        return scores.map { Float(Double($0) - total) }
    }

    /// The log-probability of one token, in nats; −∞ for a token outside the support.
    public func logProbability(of token: Int32) -> Float {
        guard let index = index(of: token) else { return -.infinity }
        return Float(Double(scores[index]) - logSumOfExponentials())
    }

    /// Where a token's score is.
    public func index(of token: Int32) -> Int? {
        guard isDense else { return tokens.firstIndex(of: token) }
        return token >= 0 && Int(token) < scores.count ? Int(token) : nil
    }
}
