/// The law of one position's score under a key that had no part in the text.
public enum TokenScoreLaw: Hashable, Sendable {
    /// The number of successes among independent trials: green tokens, or bits that are 1.
    case count(trials: Int, probability: Double)
    /// a·Exp(1) + b·Exp(1), independent; b is 0 for one key.
    case exponential(Double, Double)

    /// The mean of a position's score: of a count its share of the trials.
    public var mean: Double {
        switch self {
        case .count(_, let probability): probability
        case .exponential(let a, let b): a + b
        }
    }

    /// The variance of a position's score.
    public var variance: Double {
        switch self {
        case .count(let trials, let probability): probability * (1 - probability) / Double(trials)
        case .exponential(let a, let b): a * a + b * b
        }
    }

    /// The sum that is tested, where scores are not counts.
    func sum(_ totals: TokenTotals) -> Double {
        guard case .exponential(let a, let b) = self else { return 0 }
        return a * totals.sum + b * totals.secondSum
    }
}
