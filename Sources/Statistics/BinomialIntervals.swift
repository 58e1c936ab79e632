import Foundation

/// The Clopper-Pearson interval for a probability (Biometrika 26, 1934): never covers less than its confidence.
public enum ClopperPearson {
    /// The equal-tailed interval: all p at which neither tail of the observed count is below (1 − confidence)/2.
    ///
    /// Inverted from the exact binomial tails to the last bit. No trials give 0...1; successes are cut to 0...trials; a
    /// confidence outside 0...1 is clamped, one that is not a number is read as 1, which gives 0...1.
    public static func interval(successes: Int, trials: Int, confidence: Double = 0.95) -> ClosedRange<Double> {
        let n = sanitizedCount(trials)
        let k = min(n, max(0, successes))
        let logTail = log((1 - sanitizedProbability(confidence)) / 2)
        guard n > 0, logTail > -.infinity else { return 0...1 }
        let lower =
            k == 0
            ? 0
            : Bisection.firstDouble(in: 0...1) { p in
                Binomial.logUpperTail(atLeast: k, trials: n, probability: p) >= logTail
            }
        let upper =
            k == n
            ? 1
            : Bisection.firstDouble(in: 0...1) { p in
                Binomial.logLowerTail(atMost: k, trials: n, probability: p) <= logTail
            }
        return min(lower, upper)...max(lower, upper)
    }
}

/// The Wilson score interval for a probability (JASA 22, 1927): approximate, for display and planning.
public enum WilsonInterval {
    /// The interval around the observed share. No trials give 0...1; arguments are read as in ``ClopperPearson``.
    public static func interval(successes: Int, trials: Int, confidence: Double = 0.95) -> ClosedRange<Double> {
        let n = Double(sanitizedCount(trials))
        let k = min(n, Double(max(0, successes)))
        let z = Normal.upperQuantile(logTail: log((1 - sanitizedProbability(confidence)) / 2))
        guard n > 0, z < .infinity else { return 0...1 }
        let square = z * z
        let center = (k + square / 2) / (n + square)
        let half = z / (n + square) * (k * (n - k) / n + square / 4).squareRoot()
        // At the ends the bound is exactly 0 or 1; rounding must not move it.
        let lower = k == 0 ? 0 : max(0, center - half)
        let upper = k == n ? 1 : min(1, center + half)
        return lower...max(lower, upper)
    }
}
