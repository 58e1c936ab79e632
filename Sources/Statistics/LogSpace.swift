import Foundation

/// Arithmetic on probabilities held as natural logarithms, so that a tail far below the smallest `Double` keeps its digits.
public enum LogSpace {
    /// ln(1 − eˣ) for x ≤ 0, without cancellation at either end (Mächler 2012). Values above 0 count as 0.
    public static func logComplement(_ x: Double) -> Double {
        guard x < 0 else { return -.infinity }
        return x > -0.693_147_180_559_945_3 ? Foundation.log(-expm1(x)) : log1p(-Foundation.exp(x))
    }

    /// ln(eᵃ + eᵇ).
    public static func logAdd(_ a: Double, _ b: Double) -> Double {
        let high = max(a, b)
        let low = min(a, b)
        guard low > -.infinity, high < .infinity else { return high }
        return high + log1p(Foundation.exp(low - high))
    }

    /// The base-10 logarithm of a probability whose natural logarithm is given. Never clamped.
    public static func log10(fromNatural logarithm: Double) -> Double {
        logarithm / 2.302_585_092_994_045_7
    }

    /// The natural logarithm of a probability whose base-10 logarithm is given.
    public static func natural(fromLog10 logarithm: Double) -> Double {
        logarithm * 2.302_585_092_994_045_7
    }

    /// A probability's logarithm can exceed 0 only by rounding.
    static func capped(_ logarithm: Double) -> Double {
        min(0, logarithm)
    }
}

/// Reads the arguments that callers can get wrong in one documented way: probabilities are clamped to 0...1, and a
/// probability that is not a number is read as 1, which can only enlarge an upper tail.
func sanitizedProbability(_ p: Double) -> Double {
    p.isNaN ? 1 : min(1, max(0, p))
}

/// Counts above 2⁵³ are no longer exact in a `Double`; they saturate there.
let largestCount = 1 << 53

/// Clamps a count to 0...2⁵³.
func sanitizedCount(_ n: Int) -> Int {
    min(largestCount, max(0, n))
}
