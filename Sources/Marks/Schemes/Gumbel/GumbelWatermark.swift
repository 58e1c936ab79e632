import Foundation
import Generation

/// The `gumbel` scheme as a function of a row and a context: argmax log p(v) − log(−log u(v)).
///
/// The same token wins the race min (−log u(v))/p(v). Since −log u ≥ 1 − u, a comparison of integers rules out all but a
/// few tokens before a logarithm is taken.
public final class GumbelWatermark {
    private let prf: TokenPRF
    private var words: [UInt64] = []

    /// - Parameter prf: The keyed words of the scheme.
    public init(prf: TokenPRF) {
        self.prf = prf
    }

    /// The token that the key chooses; of equal ones the lowest.
    ///
    /// - Parameters:
    ///   - row: Scores with at least one that is finite, and none that is NaN or +∞.
    ///   - context: The tokens before; the last `width` of them count.
    public func choose(from row: CandidateScores, after context: some BidirectionalCollection<Int32>) -> Int32 {
        prf.select(context)
        let maximum = row.scores.withUnsafeBufferPointer(VectorMath.maximum) ?? 0
        var race = Race(maximum: maximum)
        guard row.isDense else {
            for i in row.tokens.indices {
                race.enter(row.tokens[i], score: row.scores[i], word: prf.word64(row.tokens[i]))
            }
            return race.winner
        }
        if words.count < row.count { words = Array(repeating: 0, count: row.count) }
        words.withUnsafeMutableBufferPointer { words in
            let words = UnsafeMutableBufferPointer(rebasing: words[..<row.count])
            prf.fill(words)
            row.scores.withUnsafeBufferPointer { race.enter($0, words: UnsafeBufferPointer(words)) }
        }
        return race.winner
    }
}

/// The fastest token so far.
private struct Race {
    let maximum: Float
    /// log of (−log u)/e^(score − maximum).
    private var best = Double.infinity
    private(set) var winner: Int32 = 0
    private var hasWinner = false
    /// Above best·2³¹ by more than the comparison's rounding.
    private var limit = Float.infinity

    init(maximum: Float) {
        self.maximum = maximum
    }

    mutating func enter(_ token: Int32, score: Float, word: UInt64) {
        guard score > -.infinity else { return }
        let time = log(KeyedUniform(word).negativeLog) - (Double(score) - Double(maximum))
        guard !hasWinner || time < best || (time == best && token < winner) else { return }
        best = time
        winner = token
        hasWinner = true
        limit = Float(min(exp(best) * 0x1p31 * 1.0001, 1e38))
    }

    /// All tokens of a dense row.
    mutating func enter(_ scores: UnsafeBufferPointer<Float>, words: UnsafeBufferPointer<UInt64>) {
        guard let base = scores.baseAddress, let wordBase = words.baseAddress, words.count >= scores.count else {
            return
        }
        let raw = UnsafeRawPointer(base)
        // The likeliest token first: it makes the limit tight.
        if let likeliest = scores.firstIndex(of: maximum) {
            enter(Int32(truncatingIfNeeded: likeliest), score: maximum, word: words[likeliest])
        }
        var i = 0
        while i + 8 <= scores.count {
            let lanes = raw.loadUnaligned(fromByteOffset: i * 4, as: SIMD8<Float>.self)
            let weights = VectorMath.exponential(lanes - maximum)
            var halves = SIMD8<UInt32>()
            for lane in 0..<8 { halves[lane] = UInt32(truncatingIfNeeded: wordBase[i + lane] >> 32) }
            // (1 − u)·2³¹ rounded down.
            let distances = SIMD8<Float>(SIMD8<Int32>(truncatingIfNeeded: ~halves &>> 1))
            let passes = distances .<= (weights * limit + 2)
            if any(passes) {
                for lane in 0..<8 where passes[lane] {
                    enter(Int32(truncatingIfNeeded: i + lane), score: scores[i + lane], word: words[i + lane])
                }
            }
            i += 8
        }
        while i < scores.count {
            enter(Int32(truncatingIfNeeded: i), score: scores[i], word: words[i])
            i += 1
        }
    }
}
