import Foundation
import KeyedPRF

/// vLLM's philox words.
final class PhiloxTokenWords: TokenWords {
    private let prf: EnginePhilox

    init(key: EngineKey, width: Int) throws(WatermarkError) {
        prf = try EnginePhilox(key: key, width: width)
    }

    func fill(_ words: UnsafeMutablePointer<UInt64>, for block: TokenObservationBlock, from start: Int, count: Int) {
        // A block's capacity is a multiple of four, and what lies behind its end is harmless.
        var i = 0
        while i < count {
            let tokens = block.tokens + start + i
            let contexts = block.contexts + start + i
            let lanes = prf.words(
                token: { UInt64(UInt32(bitPattern: tokens[$0])) },
                context: { j in
                    let column = contexts + j * TokenObservationBlock.capacity
                    return Philox4x32.Lanes(
                        UInt64(UInt32(bitPattern: column[0])), UInt64(UInt32(bitPattern: column[1])),
                        UInt64(UInt32(bitPattern: column[2])), UInt64(UInt32(bitPattern: column[3])))
                })
            for lane in 0..<4 { words[i + lane] = lanes[lane] }
            i += 4
        }
    }

    func fill(_ words: UnsafeMutablePointer<UInt64>, for pairs: TokenPairRows) {
        let (contexts, tokens, width, count) = (pairs.contexts, pairs.tokens, pairs.width, pairs.count)
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
    }
}

/// vLLM's HMAC-SHA256 words.
final class HMACTokenWords: TokenWords {
    private let prf: EngineHMAC

    init(key: EngineKey, width: Int) throws(WatermarkError) {
        prf = try EngineHMAC(key: key, width: width)
    }

    func fill(_ words: UnsafeMutablePointer<UInt64>, for block: TokenObservationBlock, from start: Int, count: Int) {
        let contexts = block.contexts + start
        let tokens = block.tokens + start
        for i in 0..<count {
            words[i] = UInt64(prf.word(tokens[i]) { contexts[$0 * TokenObservationBlock.capacity + i] })
        }
    }

    func fill(_ words: UnsafeMutablePointer<UInt64>, for pairs: TokenPairRows) {
        let (contexts, tokens, width) = (pairs.contexts, pairs.tokens, pairs.width)
        for i in 0..<pairs.count { words[i] = UInt64(prf.word(tokens[i]) { contexts[i * width + $0] }) }
    }
}

extension EnginePRFName {
    /// The scorer of a scheme with this function: both are compiled for the statistic.
    func scorer<Statistic: TokenWordStatistic>(
        _ statistic: Statistic, key: EngineKey, width: Int
    ) throws(WatermarkError) -> any TokenScorer {
        switch self {
        case .philox: KeyedWordScorer(try PhiloxTokenWords(key: key, width: width), statistic)
        case .hmacSHA256: KeyedWordScorer(try HMACTokenWords(key: key, width: width), statistic)
        }
    }
}

/// −log(1 − u) of an engine's 24-bit numbers.
struct EngineExponential: TokenWordStatistic {
    func tally(_ words: UnsafePointer<UInt64>, count: Int, into totals: inout TokenTotals) {
        totals.sum += ExponentialSum.of(words, count) { engineComplement(UInt32(truncatingIfNeeded: $0)) }
    }

    @inline(__always)
    func score(_ word: UInt64) -> Double { -log(engineComplement(UInt32(truncatingIfNeeded: word))) }
}
