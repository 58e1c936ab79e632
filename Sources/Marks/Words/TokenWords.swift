import KeyedPRF

/// (context, token) pairs in rows: `contexts[i · width + j]` is token j, oldest first, of pair i's context.
public struct TokenPairRows {
    /// `count` × `width` tokens.
    public let contexts: UnsafePointer<Int32>
    /// The token of every pair.
    public let tokens: UnsafePointer<Int32>
    /// How many pairs there are.
    public let count: Int
    /// Tokens of context.
    public let width: Int

    /// Whether pair i has the context of the pair before it.
    @inline(__always)
    func repeatsContext(_ i: Int) -> Bool {
        guard i > 0 else { return false }
        let here = contexts + i * width
        for j in 0..<width where here[j] != here[j - width] { return false }
        return true
    }
}

/// The keyed words of positions under one key. Not `Sendable`: every worker has its own.
public protocol TokenWords: AnyObject {
    /// Writes the word of position start + i to `words[i]`; the start is a multiple of four, and there is room for a
    /// multiple of four words.
    func fill(_ words: UnsafeMutablePointer<UInt64>, for block: TokenObservationBlock, from start: Int, count: Int)

    /// Writes the word of pair i to `words[i]`. Pairs of one context should follow each other, for speed.
    func fill(_ words: UnsafeMutablePointer<UInt64>, for pairs: TokenPairRows)
}

/// A keyring key's words, 32 bits of each.
public final class NarrowTokenWords: TokenWords {
    private let prf: TokenPRF

    /// - Parameters:
    ///   - key: A keyring's key for tokens.
    ///   - scheme: Whose words they are.
    ///   - width: 1...64 tokens of context.
    /// - Throws: ``WatermarkError``.
    public init(key: TokenTestKey, scheme: TokenMarkName, width: Int) throws(WatermarkError) {
        prf = try TokenPRF(secret: key.tokenSecret(), scheme: scheme, width: width)
    }

    /// The words of a part of a block.
    public func fill(
        _ words: UnsafeMutablePointer<UInt64>, for block: TokenObservationBlock, from start: Int, count: Int
    ) {
        let contexts = block.contexts + start
        let tokens = block.tokens + start
        for i in 0..<count {
            words[i] = UInt64(prf.word32(tokens[i]) { contexts[$0 * TokenObservationBlock.capacity + i] })
        }
    }

    /// The words of pairs; the key of a context is derived once.
    public func fill(_ words: UnsafeMutablePointer<UInt64>, for pairs: TokenPairRows) {
        let (contexts, tokens, width) = (pairs.contexts, pairs.tokens, pairs.width)
        for i in 0..<pairs.count {
            words[i] = UInt64(
                pairs.repeatsContext(i)
                    ? prf.word32(tokens[i]) : prf.word32(tokens[i]) { contexts[i * width + $0] })
        }
    }
}

/// A keyring key's words, all 64 bits of them.
public final class WideTokenWords: TokenWords {
    private let prf: TokenPRF

    /// - Parameters:
    ///   - key: A keyring's key for tokens.
    ///   - scheme: Whose words they are.
    ///   - width: 1...64 tokens of context.
    /// - Throws: ``WatermarkError``.
    public init(key: TokenTestKey, scheme: TokenMarkName, width: Int) throws(WatermarkError) {
        prf = try TokenPRF(secret: key.tokenSecret(), scheme: scheme, width: width)
    }

    /// The words of a part of a block.
    public func fill(
        _ words: UnsafeMutablePointer<UInt64>, for block: TokenObservationBlock, from start: Int, count: Int
    ) {
        let contexts = block.contexts + start
        let tokens = block.tokens + start
        for i in 0..<count {
            words[i] = prf.word64(tokens[i]) { contexts[$0 * TokenObservationBlock.capacity + i] }
        }
    }

    /// The words of pairs; the key of a context is derived once.
    public func fill(_ words: UnsafeMutablePointer<UInt64>, for pairs: TokenPairRows) {
        let (contexts, tokens, width) = (pairs.contexts, pairs.tokens, pairs.width)
        for i in 0..<pairs.count {
            words[i] =
                pairs.repeatsContext(i)
                ? prf.word64(tokens[i]) : prf.word64(tokens[i]) { contexts[i * width + $0] }
        }
    }
}
