import Foundation

/// The standard normal distribution. z-scores are for display; a tail far out still keeps its digits.
public enum Normal {
    /// ln P(Z > z). A z that is not a number gives 0 (p = 1).
    public static func logUpperTail(above z: Double) -> Double {
        guard !z.isNaN else { return 0 }
        if z < 0 { return log1p(-0.5 * erfc(-z / 2.0.squareRoot())) }
        if z < 8 { return log(0.5 * erfc(z / 2.0.squareRoot())) }
        return -0.5 * z * z - 0.5 * SaddlePoint.logTwoPi + logMillsRatio(z)
    }

    /// ln P(Z ≤ z). A z that is not a number gives 0 (p = 1).
    public static func logLowerTail(atMost z: Double) -> Double {
        logUpperTail(above: -z)
    }

    /// The z with P(Z ≤ z) = `level`; ±∞ at 0 and 1. A level that is not a number gives +∞.
    public static func quantile(_ level: Double) -> Double {
        let level = sanitizedProbability(level)
        return level <= 0.5 ? -upperQuantile(logTail: log(level)) : upperQuantile(logTail: log1p(-level))
    }

    /// The z with ln P(Z > z) = `logTail`. Values of 0 and above give −∞; not a number gives −∞.
    public static func upperQuantile(logTail: Double) -> Double {
        guard logTail < 0 else { return -.infinity }
        guard logTail > -.infinity else { return .infinity }
        let half = -0.693_147_180_559_945_3
        if logTail > half { return -upperQuantile(logTail: LogSpace.logComplement(logTail)) }
        // P(Z > z) ≤ ½ exp(−z²/2): this start is not below the root, and ln P(Z > z) is concave, so Newton's steps
        // come down to the root without passing it.
        var z = (2 * (half - logTail)).squareRoot()
        for _ in 0..<100 {
            let value = logUpperTail(above: z)
            let logHazard = -0.5 * z * z - 0.5 * SaddlePoint.logTwoPi - value
            let step = (value - logTail) / exp(logHazard)
            let next = z + step
            guard step.isFinite, abs(step) > 1e-16 * abs(z) else { break }
            z = next
        }
        return z
    }

    /// ln of P(Z > z)/φ(z) by its continued fraction 1/(z + 1/(z + 2/(z + ...))), from below, z ≥ 8.
    private static func logMillsRatio(_ z: Double) -> Double {
        guard z < .infinity else { return -.infinity }
        var fraction = z
        for j in stride(from: 60.0, through: 1, by: -1) { fraction = z + j / fraction }
        return -log(fraction)
    }
}
