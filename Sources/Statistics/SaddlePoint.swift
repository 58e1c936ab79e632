import Foundation

/// The two functions behind accurate densities (C. Loader, "Fast and Accurate Computation of Binomial Probabilities",
/// 2000): Stirling's error, and the deviance. No log-gamma values are subtracted, so nothing cancels.
enum SaddlePoint {
    static let logTwoPi = 1.837_877_066_409_345_5

    private static let smallIntegers: [Double] = [.infinity] + (1..<16).map { shiftedError(Double($0)) }

    /// δ(x) = ln Γ(x + 1) − (x + ½) ln x + x − ½ ln 2π, for x > 0.
    static func stirlingError(_ x: Double) -> Double {
        if x >= 15 { return asymptoticError(x) }
        let whole = x.rounded(.down)
        if whole == x, whole >= 0 { return smallIntegers[Int(whole)] }
        return shiftedError(x)
    }

    /// Stirling's series; its first omitted term is below 1e-18 from x = 15 on.
    private static func asymptoticError(_ x: Double) -> Double {
        let y = 1 / (x * x)
        let tail = 1.0 / 1188 - y * (691.0 / 360_360 - y * (1.0 / 156 - y * (3617.0 / 122_400)))
        return (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680 - y * tail)))) / x
    }

    /// δ(x) = δ(x + 1) + (x + ½) ln(1 + 1/x) − 1, applied until the series holds.
    private static func shiftedError(_ x: Double) -> Double {
        var argument = x
        var sum = 0.0
        while argument < 15 {
            sum += (argument + 0.5) * log1p(1 / argument) - 1
            argument += 1
        }
        return sum + asymptoticError(argument)
    }

    /// x ln(x/m) + m − x ≥ 0. `difference` is x − m, given by the caller so that it can carry more digits than the
    /// subtraction of two rounded numbers would.
    static func deviance(_ x: Double, mean m: Double, difference: Double) -> Double {
        guard x > 0 else { return m }
        if abs(difference) < 0.1 * (x + m) {
            let v = difference / (x + m)
            var sum = difference * v
            var power = 2 * x * v
            var divisor = 3.0
            while true {
                power *= v * v
                let next = sum + power / divisor
                if next == sum { return sum }
                sum = next
                divisor += 2
            }
        }
        // The quotient of a normal and a subnormal number would overflow.
        let logRatio = m < 1e-290 ? log(x) - log(m) : log(x / m)
        return x * logRatio - difference
    }
}
