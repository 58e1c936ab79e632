import Foundation
import Generation

/// The `tournament` scheme as a function of a row and a context. Layer l: p ← p·(1 + g − Σ p·g), g(v) = bit l of r(v).
/// Every layer is the expected result of two-candidate tournaments (SynthID-Text, Dathathri et al. 2024, supplement,
/// section I), so no candidates need to be drawn.
public final class TournamentWatermark {
    private let prf: TokenPRF
    private let layers: Int
    private var words: [UInt32] = []
    private var probabilities: [Double] = []

    /// - Parameters:
    ///   - prf: The keyed words of the scheme.
    ///   - layers: 1...32.
    public init(prf: TokenPRF, layers: Int) {
        self.prf = prf
        self.layers = min(max(layers, 1), 32)
    }

    /// Replaces scores by the logarithms of the transformed probabilities. A truncated row is left in order.
    ///
    /// - Parameters:
    ///   - row: Scores with at least one that is finite.
    ///   - context: The tokens before; the last `width` of them count.
    public func apply(to row: inout CandidateScores, after context: some BidirectionalCollection<Int32>) {
        prf.select(context)
        let count = row.count
        if words.count < count {
            words = Array(repeating: 0, count: count)
            probabilities = Array(repeating: 0, count: count)
        }
        let maximum = row.scores.max() ?? 0
        words.withUnsafeMutableBufferPointer { words in
            let words = UnsafeMutableBufferPointer(rebasing: words[..<count])
            if row.isDense {
                prf.fill(words)
            } else {
                for i in row.tokens.indices { words[i] = prf.word32(row.tokens[i]) }
            }
            probabilities.withUnsafeMutableBufferPointer { probabilities in
                let p = UnsafeMutableBufferPointer(rebasing: probabilities[..<count])
                var total = 0.0
                row.scores.withUnsafeBufferPointer { scores in
                    for i in scores.indices {
                        p[i] = exp(Double(scores[i] - maximum))
                        total += p[i]
                    }
                }
                for i in p.indices { p[i] /= total }
                Self.transform(p, words: words, layers: layers)
                row.scores.withUnsafeMutableBufferPointer { scores in
                    for i in scores.indices { scores[i] = Float(log(p[i])) }
                }
            }
        }
        row.restoreOrder()
    }

    /// The layers, in place, on probabilities that add up to 1.
    package static func transform(
        _ p: UnsafeMutableBufferPointer<Double>, words: UnsafeMutableBufferPointer<UInt32>, layers: Int
    ) {
        for layer in 0..<UInt32(layers) {
            var mass = 0.0
            for i in p.indices { mass += Double(words[i] >> layer & 1) * p[i] }
            // Rounding can put the mass of the ones a little above 1, and no probability may become negative.
            let zero = max(0, 1 - mass)
            for i in p.indices { p[i] *= zero + Double(words[i] >> layer & 1) }
        }
    }
}
