/// The scores (unnormalised log-probabilities) of the tokens that may come next in one sequence: a dense row, in which a
/// token is its index, or a truncated support in descending order of score, equal scores in ascending order of token.
///
/// A score of −∞ excludes its token. NaN and +∞ are never valid.
public struct CandidateScores: Hashable, Sendable {
    /// The support; empty for a dense row.
    public var tokens: [Int32]
    /// One score per token of the support, or per token of the vocabulary.
    public var scores: [Float]

    /// - Parameters:
    ///   - tokens: The support, or empty for a dense row.
    ///   - scores: As many as there are tokens, unless the row is dense.
    public init(tokens: [Int32] = [], scores: [Float] = []) {
        self.tokens = tokens
        self.scores = scores
    }

    /// Whether every token of the vocabulary has a score.
    public var isDense: Bool { tokens.isEmpty }
    /// The number of scored tokens.
    public var count: Int { scores.count }

    /// The token at a position.
    public func token(at index: Int) -> Int32 {
        tokens.isEmpty ? Int32(truncatingIfNeeded: index) : tokens[index]
    }
}
