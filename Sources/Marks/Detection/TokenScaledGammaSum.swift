import Foundation
import Statistics

/// The sum of two independent Gamma variables of one shape n and scales a and b: the null of two weighted Gumbel scores.
///
/// With a ≤ b it is a Gamma(2n + K) variable of scale a, where K is negative binomial: failures before n successes of
/// probability a/b (Moschopoulos 1985, for two equal shapes). So P(X > x) = Σ_k P(K = k)·Q(2n + k, x/a), a sum of positive
/// terms. It runs from where terms are e^−45 of the largest to where the rest is below 1e-18 of the sum, by ratios that do
/// not cancel: the relative error of P is below 1e-9 for shapes to 1e8, on top of 1e-13 relative to its logarithm.
package enum ScaledGammaSum {
    /// ln P(X > x). It is 0 for a shape below 1.
    package static func logUpperTail(above x: Double, shape n: Int, scales a: Double, _ b: Double) -> Double {
        guard n > 0, !x.isNaN else { return 0 }
        let low = min(a, b)
        let high = max(a, b)
        let shape = Double(n)
        if low <= 0 { return GammaDistribution.logUpperTail(above: x, shape: shape, scale: high) }
        if low == high { return GammaDistribution.logUpperTail(above: x, shape: 2 * shape, scale: low) }
        guard x > 0 else { return 0 }
        guard x < .infinity else { return -.infinity }
        return Mixture(n: n, success: low / high, x: x / low).logTail
    }

    private struct Mixture {
        let n: Int
        let success: Double
        let x: Double

        /// ln P(K = k).
        func logWeight(_ k: Int) -> Double {
            log(Double(n) / Double(n + k)) + Binomial.logPMF(n, trials: n + k, probability: success)
        }

        func shape(_ k: Int) -> Double { Double(2 * n + k) }

        func logTerm(_ k: Int) -> Double {
            logWeight(k) + GammaDistribution.logUpperTail(above: x, shape: shape(k))
        }

        /// x^s e^−x/Γ(s + 1)/Q(s, x) at s = 2n + k: how much the next Q is larger. From the next two values of Q's
        /// logarithm where they differ enough.
        func growth(_ k: Int) -> Double {
            let here = GammaDistribution.logUpperTail(above: x, shape: shape(k))
            let next = GammaDistribution.logUpperTail(above: x, shape: shape(k) + 1)
            return next > here ? expm1(next - here) : 0
        }

        /// Terms rise before the largest one and fall behind it: Q and the weights are log-concave in k.
        var logTail: Double {
            let top = n + Int(12 * (Double(n) / success)) + Int(min(4 * x, 1e12)) + 64
            let mode = firstInteger(0, top) { logTerm($0 + 1) <= logTerm($0) }
            let peak = logTerm(mode)
            let start = firstInteger(0, mode) { logTerm($0) >= peak - 45 }
            // term relative to the first one; r is the growth of Q from k to k + 1.
            var term = 1.0
            var sum = 1.0
            var r = growth(start)
            var k = start
            while true {
                let ratio = (Double(n + k) / Double(k + 1)) * (1 - success) * (1 + r)
                r = r * (x / (shape(k) + 1)) / (1 + r)
                term *= ratio
                sum += term
                k += 1
                if k > mode, ratio < 1, term * ratio <= 1e-18 * (1 - ratio) * sum { break }
                if k - start > 1 << 32 { break }
            }
            return min(0, logTerm(start) + log(sum))
        }

        /// The smallest i in low...high from which on the property holds; high if none before.
        private func firstInteger(_ low: Int, _ high: Int, _ holds: (Int) -> Bool) -> Int {
            var low = low
            var high = high
            while low < high {
                let middle = low + (high - low) / 2
                if holds(middle) { high = middle } else { low = middle + 1 }
            }
            return low
        }
    }
}
