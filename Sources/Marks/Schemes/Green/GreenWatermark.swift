import Generation

/// The `green` scheme as a function of a row and a context: logit += δ for tokens with r(v) < γ·2³².
public final class GreenWatermark {
    private let prf: TokenPRF
    private let threshold: GreenThreshold
    private let delta: Float
    private var words: [UInt32] = []

    /// - Parameters:
    ///   - prf: The keyed words of the scheme.
    ///   - gamma: The share of green tokens.
    ///   - delta: What a green token's logit gains, in nats.
    public init(prf: TokenPRF, gamma: Double, delta: Double) {
        self.prf = prf
        threshold = GreenThreshold(gamma: gamma)
        self.delta = Float(delta)
    }

    /// Whether a token is green after a context.
    public func isGreen(_ token: Int32, after context: [Int32]) -> Bool {
        prf.select(context)
        return threshold.contains(prf.word32(token))
    }

    /// Adds δ to the scores of green tokens. A truncated row is left in order.
    ///
    /// - Parameters:
    ///   - row: Scores (unnormalised log-probabilities).
    ///   - context: The tokens before; the last `width` of them count.
    public func apply(to row: inout CandidateScores, after context: some BidirectionalCollection<Int32>) {
        prf.select(context)
        guard row.isDense else {
            for i in row.tokens.indices where threshold.contains(prf.word32(row.tokens[i])) { row.scores[i] += delta }
            row.restoreOrder()
            return
        }
        if words.count < row.count { words = Array(repeating: 0, count: row.count) }
        words.withUnsafeMutableBufferPointer { words in
            let words = UnsafeMutableBufferPointer(rebasing: words[..<row.count])
            prf.fill(words)
            guard let last = UInt32(exactly: threshold.count &- 1) else { return }
            row.scores.withUnsafeMutableBufferPointer { Self.add(delta, to: $0, where: words, areAtMost: last) }
        }
    }

    private static func add(
        _ delta: Float, to scores: UnsafeMutableBufferPointer<Float>, where words: UnsafeMutableBufferPointer<UInt32>,
        areAtMost last: UInt32
    ) {
        let count = min(scores.count, words.count)
        guard let scores = scores.baseAddress, let words = words.baseAddress else { return }
        // Signed comparisons, of which vectors have instructions.
        let limit = Int32(bitPattern: last ^ 0x8000_0000)
        for i in 0..<count {
            let word = Int32(bitPattern: words[i] ^ 0x8000_0000)
            scores[i] += word <= limit ? delta : 0
        }
    }
}
