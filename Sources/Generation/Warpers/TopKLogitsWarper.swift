/// Keeps the `topK` highest scores, and every score equal to the lowest of them, as the transformers library does.
public final class TopKLogitsWarper: RowLogitsProcessor {
    /// How many tokens are kept at least.
    public let topK: Int
    private let keys = KeyBuffer()

    /// - Parameter topK: At least 1.
    /// - Throws: ``GenerationError/invalidParameter(name:value:allowed:)``.
    public init(_ topK: Int) throws {
        guard topK >= 1 else {
            throw GenerationError.invalidParameter(name: "top_k", value: "\(topK)", allowed: "at least 1")
        }
        self.topK = topK
    }

    /// Truncates. A row of no more than `topK` tokens stays as it is.
    ///
    /// - Throws: ``GenerationError`` for a row without a finite score, or with one that is not a number.
    public func process(_ row: inout CandidateScores, sequence: SequenceContext) throws {
        guard row.count > topK else { return }
        if row.isDense {
            _ = try row.maximum(for: sequence)
            row.scores.withUnsafeBufferPointer { select($0, divisor: 1) }
            row.replaceSupport(with: keys.contents)
        } else {
            let lowest = row.scores[topK - 1]
            var count = topK
            while count < row.count, row.scores[count] == lowest { count += 1 }
            row.keepFirst(count)
        }
    }

    /// Reads the model's own row and leaves only the support: what dividing a copy by a temperature and truncating it would
    /// leave, without the copy.
    ///
    /// - Parameters:
    ///   - logits: The dense row, longer than `topK` and without NaN and +∞.
    ///   - divisor: The temperature.
    func read(_ logits: UnsafeBufferPointer<Float>, divisor: Float, into row: inout CandidateScores) {
        select(logits, divisor: divisor)
        row.replaceSupport(with: keys.contents)
    }

    private func select(_ logits: UnsafeBufferPointer<Float>, divisor: Float) {
        keys.removeAll()
        keys.append(logits, notBelow: TopThreshold.lowerBound(logits, count: topK), divisor: divisor)
        keys.keepLargest(topK)
    }
}
