import Foundation
import KeyedPRF

/// The score of each of many (context, token) pairs under one key, where detectors add up scores.
///
/// Pairs of one context should follow each other: the native schemes' context key is then derived once. Not `Sendable`:
/// every worker has its own.
package final class TokenTupleScorer {
    private enum Words {
        case native(TokenPRF)
        case nativeWide(TokenPRF)
        case philox(EnginePhilox)
        case hmac(EngineHMAC)
    }

    private enum Statistic {
        case green(GreenThreshold)
        case bits(mask: UInt64, weight: Double)
        case wideGumbel
        case engineGumbel(Double, Double)
    }

    private let width: Int
    private let statistic: Statistic
    private let first: Words
    private let second: Words?
    private static let chunk = 256

    /// - Throws: `WatermarkError`, also for a key that is not one of the scheme's.
    package init(_ configuration: TokenTestConfiguration, key: TokenTestKey) throws(WatermarkError) {
        width = configuration.width
        switch configuration.scheme {
        case .green(let gamma), .fingerprint(let gamma): statistic = .green(GreenThreshold(gamma: gamma))
        case .gumbel: statistic = .wideGumbel
        case .tournament(let depth), .engineSynthID(let depth):
            statistic = .bits(mask: (1 << UInt64(depth)) - 1, weight: 1 / Double(depth))
        case .engineGumbel: statistic = .engineGumbel(1, 0)
        case .engineDualKeyGumbel(_, let alpha): statistic = .engineGumbel(1 - alpha, alpha)
        }
        let sources = try configuration.sources(of: key)
        first = try Self.words(sources.0, width: width)
        second = if let source = sources.1 { try Self.words(source, width: width) } else { nil }
    }

    private static func words(_ source: TokenKeySource, width: Int) throws(WatermarkError) -> Words {
        switch source {
        case .native(let secret, let scheme):
            let prf = try TokenPRF(secret: secret, scheme: scheme, width: width)
            return scheme == .gumbel ? .nativeWide(prf) : .native(prf)
        case .philox(let key): return .philox(try EnginePhilox(key: key, width: width))
        case .hmac(let key): return .hmac(try EngineHMAC(key: key, width: width))
        }
    }

    /// Σ weight · (score − mean): a score is 0 or 1 for green tokens, −log(1 − u) for the Gumbel schemes (of two keys the
    /// weighted sum), the mean bit for tournaments.
    ///
    /// - Parameters:
    ///   - contexts: `width` tokens for every pair, oldest first.
    ///   - tokens: The pairs' tokens.
    ///   - weights: As many weights.
    ///   - mean: What is taken off every score.
    package func weightedSum(
        contexts: UnsafeBufferPointer<Int32>, tokens: UnsafeBufferPointer<Int32>, weights: UnsafeBufferPointer<Double>,
        mean: Double
    ) -> Double {
        let count = min(tokens.count, weights.count, contexts.count / width)
        guard count > 0, let contexts = contexts.baseAddress, let tokens = tokens.baseAddress else { return 0 }
        var sum = 0.0
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * Self.chunk) { buffer in
            guard let words = buffer.baseAddress else { return }
            words.initialize(repeating: 0, count: 2 * Self.chunk)
            for start in stride(from: 0, to: count, by: Self.chunk) {
                let size = min(Self.chunk, count - start)
                fill(words, first, contexts + start * width, tokens + start, size)
                if let second { fill(words + Self.chunk, second, contexts + start * width, tokens + start, size) }
                for i in 0..<size {
                    sum += weights[start + i] * (score(words[i], words[Self.chunk + i]) - mean)
                }
            }
        }
        return sum
    }

    @inline(__always)
    private func score(_ word: UInt64, _ other: UInt64) -> Double {
        switch statistic {
        case .green(let threshold): return threshold.contains(UInt32(truncatingIfNeeded: word)) ? 1 : 0
        case .bits(let mask, let weight): return Double((word & mask).nonzeroBitCount) * weight
        case .wideGumbel: return KeyedUniform(word).score
        case .engineGumbel(let a, let b):
            let value = -a * log(engineComplement(UInt32(truncatingIfNeeded: word)))
            return b == 0 ? value : value - b * log(engineComplement(UInt32(truncatingIfNeeded: other)))
        }
    }

    private func fill(
        _ words: UnsafeMutablePointer<UInt64>, _ source: Words, _ contexts: UnsafePointer<Int32>,
        _ tokens: UnsafePointer<Int32>, _ count: Int
    ) {
        switch source {
        case .native(let prf):
            for i in 0..<count {
                words[i] = UInt64(
                    repeats(contexts, i) ? prf.word32(tokens[i]) : prf.word32(tokens[i]) { contexts[i * width + $0] })
            }
        case .nativeWide(let prf):
            for i in 0..<count {
                words[i] =
                    repeats(contexts, i) ? prf.word64(tokens[i]) : prf.word64(tokens[i]) { contexts[i * width + $0] }
            }
        case .philox(let prf):
            for start in stride(from: 0, to: count, by: 4) {
                // Lanes beyond the end repeat the last pair.
                @inline(__always) func place(_ lane: Int) -> Int { min(start + lane, count - 1) }
                let lanes = prf.words(
                    token: { UInt64(UInt32(bitPattern: tokens[place($0)])) },
                    context: { j in
                        @inline(__always) func word(_ lane: Int) -> UInt64 {
                            UInt64(UInt32(bitPattern: contexts[place(lane) * width + j]))
                        }
                        return Philox4x32.Lanes(word(0), word(1), word(2), word(3))
                    })
                for lane in 0..<min(4, count - start) { words[start + lane] = lanes[lane] }
            }
        case .hmac(let prf):
            for i in 0..<count { words[i] = UInt64(prf.word(tokens[i]) { contexts[i * width + $0] }) }
        }
    }

    /// Whether pair i of a chunk has the context of the pair before it.
    @inline(__always)
    private func repeats(_ contexts: UnsafePointer<Int32>, _ i: Int) -> Bool {
        guard i > 0 else { return false }
        let here = contexts + i * width
        for j in 0..<width where here[j] != here[j - width] { return false }
        return true
    }
}
