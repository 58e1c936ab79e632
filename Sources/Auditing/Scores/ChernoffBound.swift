import Foundation
import Marks

/// Chernoff's bound on P(S ≥ s) for S = Σ w·(g − μ) with independent g: min over t > 0 of E e^(t·S)/e^(t·s).
///
/// The expectation is the exact one. Its logarithm K(t) is convex, so that Newton's method between two bounds finds the
/// minimum; and as the bound holds at every t, not having quite found it costs nothing but sharpness.
struct ChernoffBound {
    let weights: [Double]
    let law: TokenScoreLaw

    /// K, K′ and K″ at one t.
    struct Cumulants {
        var value = 0.0
        var slope = 0.0
        var curvature = 0.0
    }

    /// ln of the bound; 0 for s ≤ 0, and where there are no weights.
    func logUpperTail(atLeast s: Double) -> Double {
        let variance = law.variance * weights.reduce(0) { $0 + $1 * $1 }
        guard s > 0, s.isFinite, variance > 0, variance.isFinite else { return 0 }
        var low = 0.0
        var high = limit
        var best = 0.0
        // Where a normal law would have it.
        var t = high < .infinity ? min(s / variance, 0.5 * high) : s / variance
        for _ in 0..<200 {
            let cumulants = cumulants(at: t)
            let value = cumulants.value - t * s
            guard value.isFinite else { break }
            let gain = best - value
            best = min(best, value)
            if cumulants.slope < s { low = t } else { high = t }
            var next = t + (s - cumulants.slope) / cumulants.curvature
            if high == .infinity {
                // s may be the most that S can be: then K(t) − t·s falls for ever, by less and less.
                if gain <= -1e-12 * best { break }
                if !(next > low && next < 4 * t) { next = 4 * t }
            } else if !(next > low && next < high) {
                next = 0.5 * (low + high)
            }
            if abs(next - t) <= 1e-9 * t { break }
            t = next
        }
        return min(0, best)
    }

    /// The t at which the expectation becomes infinite.
    private var limit: Double {
        guard case .exponential(let a, let b) = law, let largest = weights.max(), largest > 0 else { return .infinity }
        return 1 / (max(a, b) * largest)
    }

    func cumulants(at t: Double) -> Cumulants {
        var sum = Cumulants()
        switch law {
        case .count(let trials, let probability):
            let trials = Double(trials)
            for weight in weights {
                let w = weight / trials
                // Mirrored where the exponent is positive, so that nothing overflows.
                let mirrored = t * w > 0
                let p = mirrored ? 1 - probability : probability
                let x = mirrored ? -t * w : t * w
                let grown = expm1(x)
                let tilted = p * (1 + grown) / (1 + p * grown)
                sum.value += trials * (log1p(p * grown) - p * x)
                sum.slope += trials * (mirrored ? -w : w) * (tilted - p)
                sum.curvature += trials * w * w * tilted * (1 - tilted)
            }
        case .exponential(let a, let b):
            for scale in b == 0 ? [a] : [a, b] where scale != 0 {
                for weight in weights {
                    let w = weight * scale
                    let x = t * w
                    let rest = 1 - x
                    sum.value -= log1p(-x) + x
                    sum.slope += w * x / rest
                    sum.curvature += w * w / (rest * rest)
                }
            }
        }
        return sum
    }
}
