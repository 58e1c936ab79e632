import Generation

/// Marks with the `green` scheme while decoding. Positions with fewer than `width` tokens before them stay unmarked.
public final class GreenLogitsProcessor: RowLogitsProcessor {
    private let watermark: GreenWatermark
    private let width: Int

    /// - Parameters:
    ///   - watermark: The scheme with its key.
    ///   - width: The width of its contexts.
    public init(_ watermark: GreenWatermark, width: Int) {
        self.watermark = watermark
        self.width = width
    }

    /// Adds δ to the green tokens of the row.
    ///
    /// - Throws: Nothing.
    public func process(_ row: inout CandidateScores, sequence: SequenceContext) throws {
        guard let context = sequence.watermarkContext(width: width) else { return }
        watermark.apply(to: &row, after: context)
    }
}
