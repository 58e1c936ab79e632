import Foundation
import Statistics

/// The null distribution of a scheme's sums: what a key that had no part in the text would give.
package struct TokenNull: Sendable {
    private let kind: TokenScoreLaw

    package init(_ configuration: TokenTestConfiguration) {
        kind = configuration.mark.law
    }

    /// The sum that is tested, where scores are not counts.
    private func sum(_ totals: TokenTotals) -> Double { kind.sum(totals) }

    /// ln P(at least as much as this). 0 where nothing was scored.
    package func logUpperTail(_ totals: TokenTotals) -> Double {
        guard totals.scored > 0 else { return 0 }
        switch kind {
        case .count(let trials, let probability):
            return Binomial.logUpperTail(
                atLeast: totals.hits, trials: totals.scored * trials, probability: probability)
        case .exponential(let a, let b):
            return ScaledGammaSum.logUpperTail(above: sum(totals), shape: totals.scored, scales: a, b)
        }
    }

    /// A p-value that is uniform if the distribution is the right one; for calibration only.
    package func randomised(_ totals: TokenTotals, uniform: Double) -> Double {
        guard totals.scored > 0 else { return uniform }
        switch kind {
        case .count(let trials, let probability):
            return RandomizedPValue.upper(
                totals.hits, trials: totals.scored * trials, probability: probability, uniform: uniform)
        case .exponential: return exp(logUpperTail(totals))
        }
    }

    /// How the result object shows the sums.
    package func summary(_ totals: TokenTotals, confidence: Double) -> Summary {
        let n = Double(totals.scored)
        switch kind {
        case .count(let trials, let probability):
            let count = totals.scored * trials
            let interval = ClopperPearson.interval(successes: totals.hits, trials: count, confidence: confidence)
            return Summary(
                hits: totals.hits, expectedHits: Double(count) * probability,
                effect: count > 0 ? Double(totals.hits) / Double(count) - probability : 0,
                interval: [interval.lowerBound, interval.upperBound])
        case .exponential(let a, let b):
            guard totals.scored > 0 else { return Summary(effect: 0) }
            var interval: [Double]?
            if b == 0 || a == 0 {
                // The mean of n exponential scores of mean m is m·Gamma(n)/n.
                let tail = (1 - confidence) / 2
                let value = sum(totals)
                interval = [
                    value / GammaDistribution.upperQuantile(logTail: log(tail), shape: n),
                    value / GammaDistribution.quantile(tail, shape: n),
                ]
            }
            return Summary(effect: sum(totals) / n - (a + b), interval: interval)
        }
    }

    /// Members of the result object that depend on the kind of statistic.
    package struct Summary: Sendable {
        package var hits: Int?
        package var expectedHits: Double?
        package var effect: Double
        package var interval: [Double]?
    }

    /// How many positions the planned effect needs, nil if none below 2³² do.
    ///
    /// - Parameters:
    ///   - effect: For counts how far the rate lies from chance (0) to certainty (1); for sums by how much the
    ///     mean score exceeds that without a mark.
    ///   - alpha: The level of this one test.
    ///   - power: The power wanted.
    package func observationsNeeded(effect: Double, alpha: Double, power: Double) -> Int? {
        guard effect > 0, alpha > 0 else { return nil }
        switch kind {
        case .count(let trials, let probability):
            return DetectionPower.observationsNeeded(
                chance: probability, effect: effect, alpha: alpha, power: power
            ).map { ($0 + trials - 1) / trials }
        case .exponential(let a, let b):
            // Two weighted Gammas are planned as one of the same mean and variance.
            let perPosition = 1 / (a * a + b * b)
            func suffices(_ n: Int) -> Bool {
                let shape = Double(n) * perPosition
                let critical = GammaDistribution.upperQuantile(logTail: log(alpha), shape: shape)
                return GammaDistribution.logUpperTail(above: critical, shape: shape, scale: 1 + effect) >= log(power)
            }
            var high = 1
            while !suffices(high) {
                guard high < 1 << 26 else { return nil }
                high *= 2
            }
            var low = high / 2
            while high - low > 1 {
                let middle = (low + high) / 2
                if suffices(middle) { high = middle } else { low = middle }
            }
            return high
        }
    }
}
