/// Nucleus sampling (Holtzman et al. 2020): keeps the fewest most probable tokens that together have at least probability
/// `topP`. A token stays if and only if those above it have less than `topP`, as in the transformers library.
public final class TopPLogitsWarper: RowLogitsProcessor {
    /// The probability that is kept at least.
    public let topP: Double
    /// How many tokens are kept at least.
    public let minimumTokens: Int
    private let keys = KeyBuffer()

    /// - Parameters:
    ///   - topP: In (0, 1]; 1 changes nothing.
    ///   - minimumTokens: At least 1.
    /// - Throws: ``GenerationError/invalidParameter(name:value:allowed:)``.
    public init(_ topP: Double, minimumTokens: Int = 1) throws {
        guard topP > 0, topP <= 1 else {
            throw GenerationError.invalidParameter(
                name: "top_p", value: "\(topP)", allowed: "above 0 and at most 1")
        }
        self.topP = topP
        self.minimumTokens = try checked(minimumTokens: minimumTokens)
    }

    /// Truncates; a dense row becomes its nucleus.
    ///
    /// - Throws: ``GenerationError`` for a row without a finite score, or with one that is not a number.
    public func process(_ row: inout CandidateScores, sequence: SequenceContext) throws {
        guard topP < 1, row.count > minimumTokens else { return }
        let maximum = try row.maximum(for: sequence)
        let total = row.scores.withUnsafeBufferPointer { VectorMath.sumOfExponentials($0, shift: maximum) }
        if row.isDense {
            row.scores.withUnsafeBufferPointer { collect($0, maximum: maximum, mass: topP * total) }
            row.replaceSupport(with: keys.contents)
        }
        var above = 0.0
        var count = 0
        while count < row.count, above < topP * total {
            above += Double(VectorMath.exponential(row.scores[count] - maximum))
            count += 1
        }
        row.keepFirst(max(minimumTokens, count))
    }

    /// Leaves sorted keys of the most probable tokens in `keys`: at least the nucleus and `minimumTokens`, mostly few more,
    /// so that a whole vocabulary is hardly ever sorted.
    private func collect(_ scores: UnsafeBufferPointer<Float>, maximum: Float, mass: Double) {
        var depth: Float = 4
        while true {
            keys.removeAll()
            keys.append(scores, notBelow: maximum - depth)
            var collected = 0.0
            for key in keys.contents {
                collected += Double(VectorMath.exponential(RankKeys.score(key) - maximum))
            }
            // The margin is above what the two sums differ by when they take the same terms in another order.
            if depth == .infinity || (keys.count >= minimumTokens && collected >= mass * (1 + 1e-5)) { break }
            depth = depth > 64 ? .infinity : 2 * depth
        }
        keys.sort()
    }
}
