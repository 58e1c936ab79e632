/// Chooses the next token from a row of scores.
public protocol TokenSampler {
    /// Chooses one token of the row.
    ///
    /// - Parameters:
    ///   - row: Scores with at least one that is finite.
    ///   - sequence: Where the token goes.
    ///   - generator: The sequence's own. A sampler takes the same number of draws at every step, whatever the row.
    /// - Throws: What the sampler throws, such as for a row without a finite score; it ends the run.
    func sample(
        _ row: CandidateScores, sequence: SequenceContext, using generator: inout some RandomNumberGenerator
    ) throws -> Int32
}
