import Generation

/// Marks with the `gumbel` scheme while decoding: the key chooses the token. Positions with fewer than `width` tokens
/// before them, and contexts used before in the sequence, are sampled plainly.
///
/// One draw is taken at every step, whether it is used or not, so that the draws of later steps do not depend on it.
public final class GumbelWatermarkSampler: TokenSampler {
    private let watermark: GumbelWatermark
    private let width: Int
    private let plain = CategoricalSampler()

    /// - Parameters:
    ///   - watermark: The scheme with its key.
    ///   - width: The width of its contexts.
    public init(_ watermark: GumbelWatermark, width: Int) {
        self.watermark = watermark
        self.width = width
    }

    /// The key's choice, or a plain sample.
    ///
    /// - Throws: `GenerationError` for a row without a finite score.
    public func sample(
        _ row: CandidateScores, sequence: SequenceContext, using generator: inout some RandomNumberGenerator
    ) throws -> Int32 {
        guard let context = sequence.watermarkContext(width: width), !sequence.repeatsWatermarkContext(width: width)
        else {
            return try plain.sample(row, sequence: sequence, using: &generator)
        }
        _ = try row.maximum(for: sequence)
        _ = generator.next()
        return watermark.choose(from: row, after: context)
    }
}
