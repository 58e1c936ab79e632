import Foundation

/// The binomial distribution: successes among `n` independent trials of probability `p`.
///
/// Tails are summed from the log density, so they are exact up to rounding (relative error of the logarithm about
/// 1e-13, up to 1e9 trials) and never clamped. Total functions: a negative number of trials counts as 0, a probability
/// outside 0...1 is clamped, one that is not a number is read as 1.
public enum Binomial {
    /// ln P(X = k); −∞ outside 0...n.
    public static func logPMF(_ k: Int, trials n: Int, probability p: Double) -> Double {
        let n = sanitizedCount(n)
        let p = sanitizedProbability(p)
        guard k >= 0, k <= n else { return -.infinity }
        if p == 0 { return k == 0 ? 0 : -.infinity }
        if p == 1 { return k == n ? 0 : -.infinity }
        let trials = Double(n)
        if k == 0 { return trials * log1p(-p) }
        if k == n { return trials * log(p) }
        let hits = Double(k)
        let misses = Double(n - k)
        // k − np in one rounding; the misses' difference is its negative.
        let excess = fma(-trials, p, hits)
        let deviance =
            SaddlePoint.deviance(hits, mean: trials * p, difference: excess)
            + SaddlePoint.deviance(misses, mean: trials * (1 - p), difference: -excess)
        let stirling =
            SaddlePoint.stirlingError(trials) - SaddlePoint.stirlingError(hits) - SaddlePoint.stirlingError(misses)
        return LogSpace.capped(
            stirling - deviance - 0.5 * (SaddlePoint.logTwoPi + log(hits) + log(misses / trials)))
    }

    /// ln P(X ≥ k). For n = 0 and k ≤ 0 this is 0 (p = 1).
    public static func logUpperTail(atLeast k: Int, trials n: Int, probability p: Double) -> Double {
        let n = sanitizedCount(n)
        let p = sanitizedProbability(p)
        if k <= 0 { return 0 }
        if k > n { return -.infinity }
        if p == 0 { return -.infinity }
        if p == 1 { return 0 }
        if Double(k) > Double(n) * p { return directUpperTail(k, n, p) }
        return LogSpace.logComplement(directLowerTail(k - 1, n, p))
    }

    /// ln P(X ≤ k).
    public static func logLowerTail(atMost k: Int, trials n: Int, probability p: Double) -> Double {
        let n = sanitizedCount(n)
        let p = sanitizedProbability(p)
        if k < 0 { return -.infinity }
        if k >= n { return 0 }
        if p == 0 { return 0 }
        if p == 1 { return -.infinity }
        if Double(k) < Double(n) * p { return directLowerTail(k, n, p) }
        return LogSpace.logComplement(directUpperTail(k + 1, n, p))
    }

    /// The smallest k with P(X ≤ k) ≥ `level`. A level that is not a number gives n.
    public static func quantile(_ level: Double, trials n: Int, probability p: Double) -> Int {
        let n = sanitizedCount(n)
        let logLevel = log(sanitizedProbability(level))
        return Bisection.firstInteger(in: 0...n) { k in
            logLowerTail(atMost: k, trials: n, probability: p) >= logLevel
        }
    }

    /// The smallest k whose upper tail P(X ≥ k) is at most e^`logLevel`: the critical value of a one-sided test. It is
    /// n + 1 where no outcome is that rare.
    public static func criticalValue(logLevel: Double, trials n: Int, probability p: Double) -> Int {
        let n = sanitizedCount(n)
        return Bisection.firstInteger(in: 0...(n + 1)) { k in
            logUpperTail(atLeast: k, trials: n, probability: p) <= logLevel
        }
    }

    /// Sums pmf(k), pmf(k + 1), ... for np < k ≤ n, where the terms fall.
    private static func directUpperTail(_ k: Int, _ n: Int, _ p: Double) -> Double {
        let (odds, error) = quotient(p, over: 1 - p, denominatorError: (1 - (1 - p)) - p)
        return LogSpace.capped(
            logPMF(k, trials: n, probability: p)
                + logFallingSum(numerator: Double(n - k), denominator: Double(k), odds: odds, oddsError: error))
    }

    /// Sums pmf(k), pmf(k − 1), ... for 0 ≤ k < np, where the terms fall.
    private static func directLowerTail(_ k: Int, _ n: Int, _ p: Double) -> Double {
        // 1/odds = (1 − p)/p; the rounding error of 1 − p is in the numerator here.
        let q = 1 - p
        let inverse = q / p
        let remainder = fma(-inverse, p, q) + ((1 - q) - p)
        return LogSpace.capped(
            logPMF(k, trials: n, probability: p)
                + logFallingSum(
                    numerator: Double(k), denominator: Double(n - k), odds: inverse, oddsError: remainder / q))
    }

    /// p/q with its relative error, where the true denominator is q + `denominatorError`.
    private static func quotient(
        _ p: Double, over q: Double, denominatorError: Double
    ) -> (value: Double, relativeError: Double) {
        let value = p / q
        return (value, (fma(-value, q, p) - value * denominatorError) / p)
    }

    /// ln Σ of the products of ratios `odds`·(a − i)/(b + 1 + i), from the empty product on. The odds' own rounding
    /// error would add up over the 1e5 terms of a billion trials, so its first-order effect is put back at the end.
    private static func logFallingSum(
        numerator: Double, denominator: Double, odds: Double, oddsError: Double
    ) -> Double {
        var a = numerator
        var b = denominator + 1
        var term = 1.0
        var sum = 1.0
        var moment = 0.0
        var steps = 1.0
        while a > 0 {
            let ratio = a / b * odds
            term *= ratio
            sum += term
            moment += term * steps
            // Ratios fall, so what is left is below a geometric series.
            if term * ratio <= 1e-18 * (1 - ratio) * sum { break }
            a -= 1
            b += 1
            steps += 1
        }
        return log(sum) + oddsError * (moment / sum)
    }
}
