import Foundation
import Statistics

/// The power of an audit's weighted tests from a planned effect.
///
/// A planning approximation, never a p-value: the standardised score of a suspect that learned the mark is taken as
/// Normal(d·√n, 1), d the planned effect per √unit and n the number of counted units. Contexts that repeat make the real
/// score grow faster at first and slower later; only an experiment tells d.
package enum AuditPower {
    /// How the test gets its p-value, which decides how large a score must be.
    package enum PValue: Hashable, Sendable {
        /// As large as the null law has it: exact tails and key randomisation.
        case tail
        /// Chernoff's bound, near exp(−z²/2) for scores that many tuples make up.
        case chernoff
    }

    /// The z that reaches a level; +∞ for a level of 0 or below.
    package static func criticalZ(level: Double, by pValue: PValue = .tail) -> Double {
        guard level > 0 else { return .infinity }
        guard level < 1 else { return -.infinity }
        switch pValue {
        case .tail: return Normal.upperQuantile(logTail: log(level))
        case .chernoff: return (-2 * log(level)).squareRoot()
        }
    }

    /// P(Z > z_crit − d·√n). 0 without units.
    ///
    /// - Parameters:
    ///   - effect: d, the planned effect.
    ///   - units: n.
    ///   - level: The level of this one test (of a family: α over its size, the first step of Holm's procedure).
    ///   - pValue: How the test gets its p-value.
    package static func power(effect: Double, units n: Int, level: Double, by pValue: PValue = .tail) -> Double {
        guard n > 0, effect.isFinite else { return 0 }
        return exp(
            Normal.logUpperTail(above: criticalZ(level: level, by: pValue) - effect * Double(n).squareRoot()))
    }

    /// The number of units that reach the power: ((z_crit + z_power)/d)², rounded up. Nil where none below 2⁵³ does.
    ///
    /// - Parameters:
    ///   - effect: d, the planned effect.
    ///   - level: The level of this one test.
    ///   - power: The power wanted.
    ///   - pValue: How the test gets its p-value.
    package static func unitsNeeded(
        effect: Double, level: Double, power: Double, by pValue: PValue = .tail
    ) -> Int? {
        guard effect > 0, level > 0, power < 1 else { return nil }
        let distance = criticalZ(level: level, by: pValue) + Normal.quantile(max(power, 0))
        guard distance > 0 else { return 1 }
        let units = (distance / effect * (distance / effect)).rounded(.up)
        return units < 0x1p53 ? max(1, Int(units)) : nil
    }

    /// The smallest effect that n units show with the power; +∞ without units.
    package static func detectableEffect(
        units n: Int, level: Double, power: Double, by pValue: PValue = .tail
    ) -> Double {
        guard n > 0, level > 0, power < 1 else { return .infinity }
        return max(0, criticalZ(level: level, by: pValue) + Normal.quantile(max(power, 0))) / Double(n).squareRoot()
    }
}
