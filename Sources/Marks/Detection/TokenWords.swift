import KeyedPRF

/// The keyed words of a block's positions under one key.
protocol TokenWordSource: AnyObject {
    /// Writes the word of position start + i to `words[i]`; the start is a multiple of four, and there is room for a
    /// multiple of four words.
    func fill(_ words: UnsafeMutablePointer<UInt64>, for block: TokenObservationBlock, from start: Int, count: Int)
}

/// The native schemes' words: 64 bits for `gumbel`, 32 for the others.
final class NativeTokenWords: TokenWordSource {
    private let prf: TokenPRF
    private let isWide: Bool

    init(secret: SecretBytes, scheme: TokenWatermarkScheme, width: Int) throws(WatermarkError) {
        prf = try TokenPRF(secret: secret, scheme: scheme, width: width)
        isWide = scheme == .gumbel
    }

    func fill(_ words: UnsafeMutablePointer<UInt64>, for block: TokenObservationBlock, from start: Int, count: Int) {
        let contexts = block.contexts + start
        let tokens = block.tokens + start
        if isWide {
            for i in 0..<count {
                words[i] = prf.word64(tokens[i]) { contexts[$0 * TokenObservationBlock.capacity + i] }
            }
        } else {
            for i in 0..<count {
                words[i] = UInt64(
                    prf.word32(tokens[i]) { contexts[$0 * TokenObservationBlock.capacity + i] })
            }
        }
    }
}

/// vLLM's philox words.
final class PhiloxTokenWords: TokenWordSource {
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
}

/// vLLM's HMAC-SHA256 words.
final class HMACTokenWords: TokenWordSource {
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
}
