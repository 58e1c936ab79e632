import Foundation

/// How many words are green.
public struct GreenCount: TokenWordStatistic {
    private let threshold: GreenThreshold

    /// - Parameter gamma: The share of words that are green.
    public init(gamma: Double) { threshold = GreenThreshold(gamma: gamma) }

    /// The exact probability of a green word: γ rounded up to a multiple of 2⁻³².
    public var probability: Double { threshold.probability }

    /// Adds the green ones among words.
    public func tally(_ words: UnsafePointer<UInt64>, count: Int, into totals: inout TokenTotals) {
        var hits = 0
        for i in 0..<count where threshold.contains(UInt32(truncatingIfNeeded: words[i])) { hits += 1 }
        totals.hits += hits
    }

    /// 1 for a green word, else 0.
    @inline(__always)
    public func score(_ word: UInt64) -> Double { threshold.contains(UInt32(truncatingIfNeeded: word)) ? 1 : 0 }

    /// The standardised count.
    static func standardised(_ totals: TokenTotals, probability p: Double) -> Double {
        let n = Double(totals.scored)
        return (Double(totals.hits) - n * p) / (n * p * (1 - p)).squareRoot()
    }
}

/// How many of a word's lowest bits are 1.
public struct BitCount: TokenWordStatistic {
    private let mask: UInt64
    private let weight: Double

    /// - Parameter depth: How many bits count, 1...32.
    public init(depth: Int) {
        mask = (1 << UInt64(depth)) - 1
        weight = 1 / Double(depth)
    }

    /// Adds the bits of words.
    public func tally(_ words: UnsafePointer<UInt64>, count: Int, into totals: inout TokenTotals) {
        var hits = 0
        for i in 0..<count { hits += (words[i] & mask).nonzeroBitCount }
        totals.hits += hits
    }

    /// The mean bit of a word.
    @inline(__always)
    public func score(_ word: UInt64) -> Double { Double((word & mask).nonzeroBitCount) * weight }
}

/// −log(1 − u) of 53-bit numbers.
public struct WideExponential: TokenWordStatistic {
    /// The statistic.
    public init() {}

    /// Adds the scores of words.
    public func tally(_ words: UnsafePointer<UInt64>, count: Int, into totals: inout TokenTotals) {
        totals.sum += ExponentialSum.of(words, count) { KeyedUniform($0).complement }
    }

    /// −log(1 − u).
    @inline(__always)
    public func score(_ word: UInt64) -> Double { KeyedUniform(word).score }
}

enum ExponentialSum {
    /// Σ −log(1 − u) as the logarithms of products of sixteen: factors are at least 2⁻⁵⁴, so no product underflows.
    @inline(__always)
    static func of(_ words: UnsafePointer<UInt64>, _ count: Int, _ complement: (UInt64) -> Double) -> Double {
        var sum = 0.0
        var i = 0
        while i < count {
            var product = 1.0
            for j in i..<min(i + 16, count) { product *= complement(words[j]) }
            sum -= log(product)
            i += 16
        }
        return sum
    }
}
