import Foundation
import Statistics

/// Planned power of a hit count test, from exact binomial tails.
///
/// Both hypotheses use one hit probability, the mean over the classes. A binomial is at least as wide as the Poisson-binomial of
/// the same mean, so the plan is never too optimistic on that account.
public enum DetectionPower {
    /// The probability that n observations reach significance.
    ///
    /// - Parameters:
    ///   - n: Scored observations.
    ///   - chance: Hit probability without a mark.
    ///   - effect: Planned effect; the hit probability with a mark is chance + effect · (1 − chance).
    ///   - alpha: The level of this one test (of a family: α divided by its size, the first step of Holm's procedure).
    public static func power(observations n: Int, chance: Double, effect: Double, alpha: Double) -> Double {
        guard n > 0 else { return 0 }
        let critical = Binomial.criticalValue(logLevel: log(alpha), trials: n, probability: chance)
        let marked = chance + effect * (1 - chance)
        return exp(Binomial.logUpperTail(atLeast: critical, trials: n, probability: marked))
    }

    /// The number of observations that reach the power, or nil when none below 2³² does.
    ///
    /// Discrete power is a saw-tooth in n: up to 64 the answer is the first n that reaches it, beyond that it is found by
    /// bisection and can be a tooth off.
    public static func observationsNeeded(chance: Double, effect: Double, alpha: Double, power: Double) -> Int? {
        func suffices(_ n: Int) -> Bool {
            self.power(observations: n, chance: chance, effect: effect, alpha: alpha) >= power
        }
        guard effect > 0, alpha > 0, chance >= 0, chance < 1 else { return nil }
        if let first = (1...64).first(where: suffices) { return first }
        var low = 64
        var high = 128
        while !suffices(high) {
            guard high < 1 << 32 else { return nil }
            low = high
            high *= 2
        }
        while high - low > 1 {
            let middle = (low + high) / 2
            if suffices(middle) { high = middle } else { low = middle }
        }
        return high
    }
}
