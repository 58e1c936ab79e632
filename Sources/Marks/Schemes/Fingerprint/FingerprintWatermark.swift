import Generation

/// The `fingerprint` scheme as a function of a row, a context and a proxy's distribution q:
/// logit += λ·q(v)·(green(v) − Σ q·green), the gradient with which a student like the proxy would learn the green share
/// (antidistillation fingerprinting). The sum is over the whole vocabulary.
public final class FingerprintWatermark {
    private let prf: TokenPRF
    private let threshold: GreenThreshold
    private let lambda: Double
    private var words: [UInt32] = []

    /// - Parameters:
    ///   - prf: The keyed words of the scheme.
    ///   - gamma: The share of green tokens.
    ///   - lambda: The strength, in nats.
    public init(prf: TokenPRF, gamma: Double, lambda: Double) {
        self.prf = prf
        threshold = GreenThreshold(gamma: gamma)
        self.lambda = lambda
    }

    /// Adds the fingerprint to a row. A truncated row is left in order.
    ///
    /// - Parameters:
    ///   - row: Scores (unnormalised log-probabilities).
    ///   - context: The tokens before; the last `width` of them count.
    ///   - proxy: q by token id. Tokens beyond it have q = 0.
    public func apply(
        to row: inout CandidateScores, after context: some BidirectionalCollection<Int32>,
        proxy: UnsafeBufferPointer<Float>
    ) {
        prf.select(context)
        if words.count < proxy.count { words = Array(repeating: 0, count: proxy.count) }
        words.withUnsafeMutableBufferPointer { words in
            let words = UnsafeMutableBufferPointer(rebasing: words[..<proxy.count])
            prf.fill(words)
            var mean = 0.0
            for token in proxy.indices where threshold.contains(words[token]) { mean += Double(proxy[token]) }
            for i in row.scores.indices {
                let token = Int(row.token(at: i))
                guard token >= 0, token < proxy.count else { continue }
                let green = threshold.contains(words[token]) ? 1.0 : 0.0
                row.scores[i] += Float(lambda * Double(proxy[token]) * (green - mean))
            }
        }
        row.restoreOrder()
    }
}
