import Foundation

/// The movable part of a row as a one-parameter exponential family in λ.
struct TiltedFamily {
    /// Where the movable tokens are in the row.
    private(set) var indexes: [Int] = []
    /// Their p, all above 0.
    private(set) var probabilities: [Double] = []
    /// Δ less the largest Δ, so that no product with λ overflows upwards.
    private(set) var exponents: [Double] = []
    /// The sum of their p.
    private(set) var mass = 0.0

    /// One distribution of the family.
    struct Point {
        var lambda: Double
        /// p·exp(λΔ) of each movable token.
        var weights: [Double]
        /// Their sum.
        var normaliser: Double
        /// KL(q ‖ p) of the whole row, to which fixed tokens add nothing.
        var divergence: Double
        /// dKL/dλ = λ · mass · Var(Δ).
        var slope: Double
    }

    /// - Returns: Nil where nothing can be tilted: fewer than two movable tokens, or all with one Δ.
    init?(_ teacher: TeacherRow, derivatives: [Float]) {
        let count = min(teacher.probabilities.count, derivatives.count)
        indexes.reserveCapacity(count)
        probabilities.reserveCapacity(count)
        exponents.reserveCapacity(count)
        var largest = -Float.infinity
        var smallest = Float.infinity
        for index in 0..<count {
            let (p, delta) = (teacher.probabilities[index], derivatives[index])
            guard p > 0, delta.isFinite else { continue }
            largest = max(largest, delta)
            smallest = min(smallest, delta)
            indexes.append(index)
            probabilities.append(p)
            exponents.append(Double(delta))
            mass += p
        }
        guard largest > smallest else { return nil }
        for place in exponents.indices { exponents[place] -= Double(largest) }
    }

    /// The distribution for a λ.
    func point(at lambda: Double) -> Point {
        var weights = probabilities
        // Σ w, Σ w·x, Σ w·x² for x = λ(Δ − largest Δ).
        var (sum, first, second) = (0.0, 0.0, 0.0)
        for place in weights.indices {
            let x = lambda * exponents[place]
            let weight = weights[place] * exp(x)
            weights[place] = weight
            sum += weight
            // A weight of 0 may come with an x of −∞.
            guard weight > 0 else { continue }
            first += weight * x
            second += weight * x * x
        }
        let mean = first / sum
        let variance = max(0, second / sum - mean * mean)
        return Point(
            lambda: lambda, weights: weights, normaliser: sum,
            divergence: max(0, mass * (mean - log(sum / mass))), slope: mass * variance / lambda)
    }

    /// The largest λ up to a limit whose divergence is within the budget, to nine digits, from below.
    ///
    /// Bisection, with Newton's steps where they stay inside the bracket. They are taken for the root of the divergence,
    /// which is all but linear in λ while λ is small.
    func largestLambda(upTo limit: Double, budget: Double) -> Double {
        var current = point(at: limit)
        if current.divergence <= budget { return limit }
        var low = 0.0
        var high = limit
        let goal = budget.squareRoot()
        for _ in 0..<200 {
            let root = current.divergence.squareRoot()
            let step = current.slope > 0 ? 2 * root * (root - goal) / current.slope : .infinity
            var next = current.lambda - step
            if abs(step) <= 1e-9 * current.lambda {
                if current.divergence <= budget { break }
                // From above, a last small step brings the divergence within the budget.
                next *= 1 - 1e-9
            }
            if !(next > low && next < high) { next = low + (high - low) / 2 }
            current = point(at: next)
            if current.divergence <= budget {
                low = next
            } else {
                high = next
            }
            if high - low <= 1e-9 * high { break }
        }
        return low
    }
}
