import Foundation

/// The Gamma distribution with real shape a and scale s: the sum of n exponential scores of mean s when a = n.
///
/// The regularised incomplete gamma functions are computed in log space from the density's saddle-point form, by the
/// power series below the mean and Legendre's continued fraction above it; shapes to 1e8 take about 1e5 terms near the
/// mean. Total functions: a shape or scale that is not positive and finite, or an x that is not a number, is an empty
/// or unscored sum, whose tails are 1 (logarithm 0).
public enum GammaDistribution {
    /// ln P(X > x) = ln Q(a, x/s). It is 0 for x ≤ 0.
    public static func logUpperTail(above x: Double, shape: Double, scale: Double = 1) -> Double {
        guard let point = Point(x: x, shape: shape, scale: scale), x > 0 else { return 0 }
        guard x < .infinity else { return -.infinity }
        if point.isSmall {
            let upper = point.smallUpperTail
            return upper < 0.5 ? log(upper) : LogSpace.logComplement(point.logSeries)
        }
        return point.isAboveMean ? point.logContinuedFraction : LogSpace.logComplement(point.logSeries)
    }

    /// ln P(X ≤ x) = ln P(a, x/s). It is −∞ for x ≤ 0.
    public static func logLowerTail(atMost x: Double, shape: Double, scale: Double = 1) -> Double {
        guard let point = Point(x: x, shape: shape, scale: scale) else { return 0 }
        guard x > 0 else { return -.infinity }
        guard x < .infinity else { return 0 }
        if point.isSmall {
            let upper = point.smallUpperTail
            return upper < 0.5 ? log1p(-upper) : point.logSeries
        }
        return point.isAboveMean ? LogSpace.logComplement(point.logContinuedFraction) : point.logSeries
    }

    /// The x with P(X ≤ x) = `level`; 0 at level 0, +∞ at level 1 or where an argument is invalid.
    public static func quantile(_ level: Double, shape: Double, scale: Double = 1) -> Double {
        let level = sanitizedProbability(level)
        if level > 0.5 { return upperQuantile(logTail: log1p(-level), shape: shape, scale: scale) }
        guard valid(shape, scale) else { return .infinity }
        let target = log(level)
        guard target > -.infinity else { return 0 }
        return scale
            * Bisection.firstDouble(in: 0...Double.greatestFiniteMagnitude) { x in
                logLowerTail(atMost: x, shape: shape) >= target
            }
    }

    /// The x with ln P(X > x) = `logTail`, for tails below the smallest `Double` too; +∞ where an argument is invalid.
    public static func upperQuantile(logTail: Double, shape: Double, scale: Double = 1) -> Double {
        guard valid(shape, scale), logTail > -.infinity, !logTail.isNaN else { return .infinity }
        guard logTail < 0 else { return 0 }
        return scale
            * Bisection.firstDouble(in: 0...Double.greatestFiniteMagnitude) { x in
                logUpperTail(above: x, shape: shape) <= logTail
            }
    }

    private static func valid(_ shape: Double, _ scale: Double) -> Bool {
        shape > 0 && shape < .infinity && scale > 0 && scale < .infinity
    }

    /// A place x/scale on the standard distribution, with the digits that the division by the scale rounded off.
    private struct Point {
        let shape: Double
        let x: Double
        let excess: Double

        init?(x: Double, shape: Double, scale: Double) {
            guard !x.isNaN, valid(shape, scale) else { return nil }
            self.shape = shape
            let quotient = x / scale
            self.x = quotient
            let rounding = quotient.isFinite ? fma(-quotient, scale, x) / scale : 0
            self.excess = (quotient - shape) + (rounding.isFinite ? rounding : 0)
        }

        var isAboveMean: Bool { excess > 0 }
        var isSmall: Bool { shape < 1 && x < 1.5 }

        /// ln of xᵃ e⁻ˣ/Γ(a + 1).
        var logKernel: Double {
            -SaddlePoint.deviance(shape, mean: x, difference: -excess) - SaddlePoint.stirlingError(shape)
                - 0.5 * (SaddlePoint.logTwoPi + log(shape))
        }

        /// P(a, x) = kernel · Σ xʲ/((a + 1)...(a + j)).
        var logSeries: Double {
            guard x > 0 else { return -.infinity }
            var term = 1.0
            var sum = 1.0
            var divisor = shape
            while true {
                divisor += 1
                let ratio = x / divisor
                term *= ratio
                sum += term
                if ratio < 1, term * ratio <= 1e-18 * (1 - ratio) * sum { break }
            }
            return LogSpace.capped(logKernel + log(sum))
        }

        /// Q(a, x) = kernel · a/(x + 1 − a − 1(1 − a)/(x + 3 − a − ...)), by Lentz's method.
        var logContinuedFraction: Double {
            guard x < .infinity else { return -.infinity }
            var b = excess + 1
            var c = Double.greatestFiniteMagnitude
            var d = 1 / b
            var fraction = d
            var i = 1.0
            while i < 1e7 {
                let numerator = i * (shape - i)
                b += 2
                d = numerator * d + b
                c = b + numerator / c
                if d == 0 { d = .leastNormalMagnitude }
                if c == 0 { c = .leastNormalMagnitude }
                d = 1 / d
                let factor = c * d
                fraction *= factor
                if abs(factor - 1) < 2e-16 { break }
                i += 1
            }
            return LogSpace.capped(logKernel + log(shape) + log(fraction))
        }

        /// Q(a, x) for a < 1, x < 1.5 where 1 − P(a, x) would cancel:
        /// Q = 1 − u + u·a·Σ_{j ≥ 1} (−1)^{j+1} xʲ/((a + j) j!), u = xᵃ/Γ(1 + a).
        var smallUpperTail: Double {
            guard x > 0 else { return 1 }
            let logU = shape * log(x) - GammaDistribution.logGammaOnePlus(shape)
            var power = -1.0
            var sum = 0.0
            for j in 1...40 {
                power *= -x / Double(j)
                sum += power / (shape + Double(j))
            }
            return max(0, -expm1(logU) + exp(logU) * shape * sum)
        }
    }

    /// ln Γ(1 + a), accurate relative to a as a → 0 (needed for 0 < a < 1).
    static func logGammaOnePlus(_ a: Double) -> Double {
        if a > 0.5 {
            return SaddlePoint.stirlingError(a) + (a + 0.5) * log(a) - a + 0.5 * SaddlePoint.logTwoPi
        }
        // −ln(1 + a) + (1 − γ)a + Σ_{k ≥ 2} (−1)ᵏ (ζ(k) − 1) aᵏ/k (Abramowitz and Stegun 6.1.33).
        var power = -a
        var sum = 0.0
        for (index, value) in zetaMinusOne.enumerated() {
            power *= -a
            sum += value * power / Double(index + 2)
        }
        return -log1p(a) + 0.422_784_335_098_467_14 * a + sum
    }

    /// ζ(k) − 1 for k = 2, 3, ...
    private static let zetaMinusOne: [Double] = [
        0.6449340668482264,
        0.2020569031595943,
        0.08232323371113819,
        0.03692775514336993,
        0.01734306198444914,
        0.008349277381922827,
        0.00407735619794434,
        0.0020083928260822143,
        0.0009945751278180853,
        0.0004941886041194645,
        0.0002460865533080483,
        0.00012271334757848915,
        6.124813505870483e-05,
        3.058823630702049e-05,
        1.528225940865187e-05,
        7.637197637899763e-06,
        3.81729326499984e-06,
        1.908212716553939e-06,
        9.539620338727962e-07,
        4.769329867878064e-07,
        2.38450502727733e-07,
        1.1921992596531106e-07,
        5.960818905125948e-08,
        2.980350351465228e-08,
        1.4901554828365043e-08,
        7.45071178983543e-09,
        3.725334024788457e-09,
        1.862659723513049e-09,
    ]
}
