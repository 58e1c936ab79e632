import Generation

/// Marks with the `tournament` scheme while decoding: rows hold the transformed distribution, from which any sampler may
/// draw. Positions with fewer than `width` tokens before them, and contexts used before in the sequence, stay unmarked.
public final class TournamentLogitsProcessor: RowLogitsProcessor {
    private let watermark: TournamentWatermark
    private let width: Int

    /// - Parameters:
    ///   - watermark: The scheme with its key.
    ///   - width: The width of its contexts.
    public init(_ watermark: TournamentWatermark, width: Int) {
        self.watermark = watermark
        self.width = width
    }

    /// Transforms the row's distribution.
    ///
    /// - Throws: `GenerationError` for a row without a finite score.
    public func process(_ row: inout CandidateScores, sequence: SequenceContext) throws {
        guard let context = sequence.watermarkContext(width: width), !sequence.repeatsWatermarkContext(width: width)
        else { return }
        watermark.apply(to: &row, after: context)
    }
}
