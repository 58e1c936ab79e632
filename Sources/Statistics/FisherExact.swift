import Foundation

/// Fisher's exact test of association in a 2×2 table of counts
///
///     a  b
///     c  d
///
/// given its margins. All results are natural logarithms of p-values. Negative counts count as 0; a table with an empty
/// row or column has p = 1.
public enum FisherExact {
    /// The direction in which a table is called extreme.
    public enum Alternative: Sendable, Hashable, CaseIterable {
        /// a larger than expected: odds ratio above 1.
        case greater
        /// a smaller than expected: odds ratio below 1.
        case less
    }

    /// ln p of the one-sided test.
    public static func oneSided(_ a: Int, _ b: Int, _ c: Int, _ d: Int, alternative: Alternative = .greater) -> Double {
        let (urn, a) = urn(a, b, c, d)
        switch alternative {
        case .greater: return urn.logUpperTail(a)
        case .less: return urn.logLowerTail(a)
        }
    }

    /// ln p of the two-sided test: the probability of all tables no more likely than the observed one. Probabilities that
    /// agree to a relative 1e-10 count as equal.
    public static func twoSided(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> Double {
        let (urn, a) = urn(a, b, c, d)
        let limit = urn.logPMF(a) + 1e-10
        let support = urn.support
        let mode = Bisection.firstInteger(in: support) { k in
            k == support.upperBound || urn.logPMF(k + 1) <= urn.logPMF(k)
        }
        if urn.logPMF(mode) <= limit { return 0 }
        // The density falls away from the mode on both sides.
        let upper = Bisection.firstInteger(in: mode...(support.upperBound + 1)) { urn.logPMF($0) <= limit }
        let lower =
            Bisection.firstInteger(in: support.lowerBound...mode) { urn.logPMF($0) > limit } - 1
        return LogSpace.capped(LogSpace.logAdd(urn.logUpperTail(upper), urn.logLowerTail(lower)))
    }

    /// A cell saturates at 2⁵¹ so that the margins stay exact.
    private static func urn(_ a: Int, _ b: Int, _ c: Int, _ d: Int) -> (Hypergeometric.Urn, Int) {
        let cells = [a, b, c, d].map { min(largestCount / 4, max(0, $0)) }
        let (a, b, c, d) = (cells[0], cells[1], cells[2], cells[3])
        return (Hypergeometric.Urn(a + b + c + d, a + b, a + c), a)
    }
}
