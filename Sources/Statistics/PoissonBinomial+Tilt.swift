import Foundation

extension PoissonBinomial {
    /// The exponentially tilted distribution P_θ(j) = e^{θj} P(j)/M(θ), whose mean is the observed count.
    ///
    /// θ is only a choice of coordinates: each result is exact for the θ in use, so that its own tolerance adds no error.
    struct Tilt {
        struct Group {
            let count: Double
            /// The original probability.
            let probability: Double
            /// The tilted probability p̃ and its complement.
            let hit: Double
            let miss: Double
            /// p̃ − p, without cancellation.
            let shift: Double
            /// Tilted odds p̃/(1 − p̃).
            let odds: Double
        }

        let theta: Double
        let groups: [Group]
        let variance: Double

        /// Solves Σ cᵢp̃ᵢ(θ) = k for 0 < k < n by Newton's method inside a bracket.
        init(_ distribution: PoissonBinomial, mean k: Int, side: Side) {
            let logOdds = distribution.groups.map { log($0.probability) - log1p(-$0.probability) }
            let counts = distribution.groups.map { Double($0.count) }
            let target = Double(k)
            let center = log(target) - log(Double(distribution.uncertain - k))
            // With all odds at the highest (lowest) the mean would pass (not reach) k.
            var low = center - (logOdds.last ?? 0)
            var high = center - (logOdds.first ?? 0)
            var theta = min(high, max(low, 0))
            for _ in 0..<200 {
                var excess = -target
                var variance = 0.0
                for (value, count) in zip(logOdds, counts) {
                    let hit = 1 / (1 + exp(-(value + theta)))
                    excess += count * hit
                    variance += count * hit * (1 - hit)
                }
                if abs(excess) <= 1e-3 * min(1, variance.squareRoot()) { break }
                if excess > 0 { high = theta } else { low = theta }
                let newton = theta - excess / variance
                let next = newton > low && newton < high ? newton : low + (high - low) / 2
                if next == theta { break }
                theta = next
            }
            // On the tail's side of the mean the sign is known; the tolerance must not turn a falling sum into a rising one.
            switch side {
            case .upper: theta = max(0, theta)
            case .lower: theta = min(0, theta)
            case .point: break
            }
            self.theta = theta
            groups = zip(distribution.groups, logOdds).map { Self.tilted($0, by: theta, logOdds: $1) }
            variance = groups.reduce(0) { $0 + $1.count * $1.hit * $1.miss }
        }

        private static func tilted(_ group: PoissonBinomial.Group, by theta: Double, logOdds: Double) -> Group {
            let p = group.probability
            let q = 1 - p
            // Only the factor below 1 is formed, so that nothing overflows.
            let factor = exp(-abs(theta))
            let up = theta >= 0
            let hits = up ? p : p * factor
            let misses = up ? q * factor : q
            let total = hits + misses
            let difference = p * q * -expm1(-abs(theta)) / total
            return Group(
                count: Double(group.count), probability: p, hit: hits / total, miss: misses / total,
                shift: up ? difference : -difference, odds: exp(logOdds + theta))
        }
    }
}
