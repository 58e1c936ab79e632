import Generation
import KeyedPRF

/// What a decoding loop must know of a scheme before it marks.
public struct TokenEmbeddingTraits: Hashable, Sendable {
    /// Where a scheme acts.
    public enum Place: Hashable, Sendable {
        /// It changes logits, before or after temperature and truncation.
        case logits
        /// It is the draw itself.
        case draw
    }

    /// Where it acts.
    public var place: Place
    /// Whether it marks only how tokens are drawn, so that greedy decoding has nothing to mark.
    public var needsDraws: Bool
    /// Whether it reads a proxy student.
    public var needsProxy: Bool

    /// - Parameters:
    ///   - place: Where it acts.
    ///   - needsDraws: Whether greedy decoding has nothing to mark.
    ///   - needsProxy: Whether it reads a proxy student.
    public init(place: Place, needsDraws: Bool, needsProxy: Bool = false) {
        self.place = place
        self.needsDraws = needsDraws
        self.needsProxy = needsProxy
    }
}

/// What a scheme does in a decoding loop.
public enum TokenEmbedding {
    /// It changes logits.
    case logits(any LogitsProcessor)
    /// It draws the tokens.
    case draw(any TokenSampler)
}

/// What a scheme is given to mark with.
public struct TokenEmbeddingRequest {
    /// The customer's key for tokens.
    public let key: Subkey
    /// Tokens of context.
    public let width: Int
    /// The proxy student, where there is one.
    public let proxy: (any MarkProxy)?

    /// The keyed words of a scheme.
    ///
    /// - Throws: ``WatermarkError``.
    public func words(_ scheme: TokenMarkName) throws(WatermarkError) -> TokenPRF {
        try TokenPRF(key: key, scheme: scheme, width: width)
    }
}

/// How a scheme marks.
public struct TokenEmbedder<Scheme: Sendable>: Sendable {
    /// What a decoding loop must know.
    public let traits: TokenEmbeddingTraits
    let make: @Sendable (Scheme, TokenEmbeddingRequest) throws(WatermarkError) -> TokenEmbedding

    /// - Parameters:
    ///   - traits: What a decoding loop must know.
    ///   - make: Prepares a scheme for one decoding loop.
    public init(
        _ traits: TokenEmbeddingTraits,
        _ make: @escaping @Sendable (Scheme, TokenEmbeddingRequest) throws(WatermarkError) -> TokenEmbedding
    ) {
        self.traits = traits
        self.make = make
    }
}
