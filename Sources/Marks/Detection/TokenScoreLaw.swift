/// The law of one position's score under a key that had no part in the text.
package enum TokenScoreLaw: Hashable, Sendable {
    /// The number of successes among independent trials: green tokens, or bits that are 1.
    case count(trials: Int, probability: Double)
    /// a·Exp(1) + b·Exp(1), independent; b is 0 for one key.
    case exponential(Double, Double)

    package init(_ configuration: TokenTestConfiguration) {
        switch configuration.scheme {
        case .green(let gamma), .fingerprint(let gamma):
            // γ as words of 32 bits have it.
            self = .count(trials: 1, probability: GreenThreshold(gamma: gamma).probability)
        case .tournament(let depth), .engineSynthID(let depth): self = .count(trials: depth, probability: 0.5)
        case .gumbel, .engineGumbel: self = .exponential(1, 0)
        case .engineDualKeyGumbel(_, let alpha): self = .exponential(1 - alpha, alpha)
        }
    }
}
