import Foundation

/// Randomised p-values, exactly uniform under a discrete null.
///
/// For calibration only: they show that a distribution is the right one. A reported p-value is never randomised.
public enum RandomizedPValue {
    /// P(X > x) + U·P(X = x) from their natural logarithms and a U in 0..<1 of the caller's seeded generator.
    public static func upper(logAbove: Double, logPMF: Double, uniform: Double) -> Double {
        min(1, exp(logAbove) + sanitizedProbability(uniform) * exp(logPMF))
    }

    /// The randomised upper p-value of a Poisson-binomial count. Without trials it is U.
    public static func upper(_ k: Int, in distribution: PoissonBinomial, uniform: Double) -> Double {
        guard k < .max else { return 0 }
        return upper(
            logAbove: distribution.logUpperTail(atLeast: k + 1), logPMF: distribution.logPMF(k), uniform: uniform)
    }

    /// The randomised upper p-value of a binomial count. Without trials it is U.
    public static func upper(_ k: Int, trials n: Int, probability p: Double, uniform: Double) -> Double {
        guard k < .max else { return 0 }
        return upper(
            logAbove: Binomial.logUpperTail(atLeast: k + 1, trials: n, probability: p),
            logPMF: Binomial.logPMF(k, trials: n, probability: p), uniform: uniform)
    }
}
