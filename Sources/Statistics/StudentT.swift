import Foundation

/// Student's t distribution with a whole number of degrees of freedom.
public enum StudentT {
    /// P(|T| ≤ t), by the finite sums of Abramowitz and Stegun 26.7.3 and 26.7.4.
    ///
    /// - Parameters:
    ///   - t: Not a number gives not a number; a negative t counts as its opposite.
    ///   - degreesOfFreedom: At least 1; less counts as 1.
    public static func centralProbability(within t: Double, degreesOfFreedom: Int) -> Double {
        let degrees = max(1, degreesOfFreedom)
        let ratio = abs(t) / Double(degrees).squareRoot()
        guard !ratio.isNaN else { return .nan }
        guard ratio < .infinity else { return 1 }
        let sine = ratio / (1 + ratio * ratio).squareRoot()
        let cosineSquare = 1 / (1 + ratio * ratio)
        var sum = 0.0
        if degrees % 2 == 0 {
            var term = 1.0
            for k in stride(from: 2, through: degrees, by: 2) {
                sum += term
                term *= cosineSquare * Double(k - 1) / Double(k)
            }
            return min(1, sine * sum)
        }
        var term = cosineSquare.squareRoot()
        for k in stride(from: 3, through: degrees, by: 2) {
            sum += term
            term *= cosineSquare * Double(k - 1) / Double(k)
        }
        return min(1, 2 / Double.pi * (atan(ratio) + sine * sum))
    }

    /// The t with P(|T| ≤ t) = `confidence`, to the last bits; infinite at 1 and above, 0 at 0 and below.
    public static func quantile(confidence: Double, degreesOfFreedom: Int) -> Double {
        guard confidence > 0 else { return 0 }
        guard confidence < 1 else { return .infinity }
        return Bisection.firstDouble(in: 0...Double.greatestFiniteMagnitude.squareRoot()) {
            centralProbability(within: $0, degreesOfFreedom: degreesOfFreedom) >= confidence
        }
    }
}
