import Foundation
import KeyedPRF

/// What a key's words add up to.
package struct TokenTotals: Hashable, Sendable {
    /// Scored positions.
    package var scored = 0
    /// Green tokens, or bits that are 1.
    package var hits = 0
    /// Σ −log(1 − u) under the key, or under the first of two.
    package var sum = 0.0
    /// Σ −log(1 − u) under the second key.
    package var secondSum = 0.0
}

/// Adds up the statistic of one scheme under one key: what all detectors of token marks have in common.
package protocol TokenScorer: AnyObject {
    /// The sums so far.
    var totals: TokenTotals { get }
    /// Adds the positions of a block.
    func add(_ block: TokenObservationBlock)
    /// Begins anew.
    func reset()
}

/// The scorer of any scheme: a source of words (two of them for two keys), and what is counted of a word.
final class TokenWordScorer: TokenScorer {
    private enum Statistic {
        case green(GreenThreshold)
        case bits(mask: UInt64)
        case wideGumbel
        case engineGumbel
    }

    private(set) var totals = TokenTotals()
    private let statistic: Statistic
    private let first: any TokenWordSource
    private let second: (any TokenWordSource)?
    private static let chunk = 256

    /// - Throws: `WatermarkError`, also for a key that is not one of the scheme's.
    init(_ configuration: TokenTestConfiguration, key: TokenTestKey) throws(WatermarkError) {
        switch configuration.scheme {
        case .green(let gamma), .fingerprint(let gamma): statistic = .green(GreenThreshold(gamma: gamma))
        case .gumbel: statistic = .wideGumbel
        case .tournament(let depth), .engineSynthID(let depth): statistic = .bits(mask: (1 << UInt64(depth)) - 1)
        case .engineGumbel, .engineDualKeyGumbel: statistic = .engineGumbel
        }
        let sources = try configuration.sources(of: key)
        first = try Self.words(sources.0, width: configuration.width)
        second = if let source = sources.1 { try Self.words(source, width: configuration.width) } else { nil }
    }

    private static func words(_ source: TokenKeySource, width: Int) throws(WatermarkError) -> any TokenWordSource {
        switch source {
        case .native(let secret, let scheme): try NativeTokenWords(secret: secret, scheme: scheme, width: width)
        case .philox(let key): try PhiloxTokenWords(key: key, width: width)
        case .hmac(let key): try HMACTokenWords(key: key, width: width)
        }
    }

    func reset() { totals = TokenTotals() }

    func add(_ block: TokenObservationBlock) {
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: Self.chunk) { buffer in
            guard let words = buffer.baseAddress else { return }
            words.initialize(repeating: 0, count: Self.chunk)
            for start in stride(from: 0, to: block.count, by: Self.chunk) {
                let count = min(Self.chunk, block.count - start)
                first.fill(words, for: block, from: start, count: count)
                tally(words, count)
                guard let second else { continue }
                second.fill(words, for: block, from: start, count: count)
                totals.secondSum += Self.sum(words, count) { engineComplement(UInt32(truncatingIfNeeded: $0)) }
            }
        }
    }

    private func tally(_ words: UnsafeMutablePointer<UInt64>, _ count: Int) {
        totals.scored += count
        switch statistic {
        case .green(let threshold):
            var hits = 0
            for i in 0..<count where threshold.contains(UInt32(truncatingIfNeeded: words[i])) { hits += 1 }
            totals.hits += hits
        case .bits(let mask):
            var hits = 0
            for i in 0..<count { hits += (words[i] & mask).nonzeroBitCount }
            totals.hits += hits
        case .wideGumbel: totals.sum += Self.sum(words, count) { KeyedUniform($0).complement }
        case .engineGumbel:
            totals.sum += Self.sum(words, count) { engineComplement(UInt32(truncatingIfNeeded: $0)) }
        }
    }

    /// Σ −log(1 − u) as the logarithms of products of sixteen: factors are at least 2⁻⁵⁴, so no product underflows.
    @inline(__always)
    private static func sum(
        _ words: UnsafeMutablePointer<UInt64>, _ count: Int, _ complement: (UInt64) -> Double
    ) -> Double {
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
