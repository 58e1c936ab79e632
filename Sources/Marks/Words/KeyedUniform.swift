import Foundation

/// The number u = (k + ½)/2⁵³ in (0, 1) that a 64-bit keyed word stands for, k = word >> 11. 1 − u is exact too, which
/// the double nearest to u would not give for words near 2⁶⁴.
package struct KeyedUniform: Sendable {
    private let k: UInt64

    @inline(__always)
    package init(_ word: UInt64) {
        k = word >> 11
    }

    /// 1 − u.
    @inline(__always)
    package var complement: Double { (Double((1 << 53) - 1 - k) + 0.5) * 0x1p-53 }

    /// −log u ~ Exp(1): what Gumbel sampling races with.
    package var negativeLog: Double {
        k < 1 << 52 ? -log((Double(k) + 0.5) * 0x1p-53) : -log1p(-complement)
    }

    /// −log(1 − u) ~ Exp(1): what a detector adds up.
    package var score: Double {
        k < 1 << 52 ? -log1p(-(Double(k) + 0.5) * 0x1p-53) : -log(complement)
    }
}

/// The words that are green: r < γ·2³².
package struct GreenThreshold: Hashable, Sendable {
    /// The number of words that are green.
    package let count: UInt64

    package init(gamma: Double) {
        count = UInt64(min(max((gamma * 0x1p32).rounded(.up), 0), 0x1p32))
    }

    /// Whether a word is green.
    @inline(__always)
    package func contains(_ word: UInt32) -> Bool { UInt64(word) < count }

    /// The exact probability of a green word: γ rounded up to a multiple of 2⁻³².
    package var probability: Double { Double(count) * 0x1p-32 }
}
