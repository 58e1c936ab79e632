import Foundation

/// Keeps the tokens that are at least `minP` times as probable as the most probable one (Nguyen et al. 2024).
public final class MinPLogitsWarper: RowLogitsProcessor {
    /// The least probability that is kept, as a fraction of the largest.
    public let minP: Double
    /// How many tokens are kept at least.
    public let minimumTokens: Int
    private let keys = KeyBuffer()

    /// - Parameters:
    ///   - minP: In 0 ... 1; 0 changes nothing.
    ///   - minimumTokens: At least 1.
    /// - Throws: ``GenerationError/invalidParameter(name:value:allowed:)``.
    public init(_ minP: Double, minimumTokens: Int = 1) throws {
        guard minP >= 0, minP <= 1 else {
            throw GenerationError.invalidParameter(name: "min_p", value: "\(minP)", allowed: "between 0 and 1")
        }
        self.minP = minP
        self.minimumTokens = try checked(minimumTokens: minimumTokens)
    }

    /// Truncates; a dense row becomes a support.
    ///
    /// - Throws: ``GenerationError`` for a row without a finite score, or with one that is not a number.
    public func process(_ row: inout CandidateScores, sequence: SequenceContext) throws {
        guard minP > 0, row.count > minimumTokens else { return }
        let maximum = try row.maximum(for: sequence)
        if row.isDense {
            keys.removeAll()
            // A little too deep; what is too much is cut off below.
            let depth = Float(-log(minP)) + 1e-3
            row.scores.withUnsafeBufferPointer {
                keys.append($0, notBelow: maximum - depth)
                if keys.count < minimumTokens {
                    keys.removeAll()
                    keys.append($0, notBelow: -.infinity)
                }
            }
            keys.sort()
            row.replaceSupport(with: keys.contents)
        }
        var count = 0
        while count < row.count, Double(VectorMath.exponential(row.scores[count] - maximum)) >= minP { count += 1 }
        row.keepFirst(max(minimumTokens, count))
    }
}

/// A number of tokens that a warper must leave.
func checked(minimumTokens: Int) throws -> Int {
    guard minimumTokens >= 1 else {
        throw GenerationError.invalidParameter(
            name: "min_tokens_to_keep", value: "\(minimumTokens)", allowed: "at least 1")
    }
    return minimumTokens
}
