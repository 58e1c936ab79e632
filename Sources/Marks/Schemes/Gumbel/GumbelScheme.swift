/// The token with the largest log p plus keyed Gumbel noise (Aaronson 2022). Undistorted on average over keys.
public struct GumbelScheme: TokenMarkScheme {
    public static let name: TokenMarkName = .gumbel
    public static let summary = "keyed noise chooses among the likely tokens"
    public static let keys = MarkKeySource.keyring
    public static let engineAlgorithm: String? = nil
    public static let counting = TokenCounting(scoresContextsOnce: true, padsContexts: false)
    public static let plannedEffects = TokenMarkEffects(
        detection: 0.2, outputs: 0.1, outputsReference: 0.15, readingReference: 0.2)
    public static let parameters: [MarkParameter<GumbelScheme>] = []

    public init() {}

    public static let embedder: TokenEmbedder<GumbelScheme>? = TokenEmbedder(
        TokenEmbeddingTraits(place: .draw, needsDraws: true)
    ) { (_, request) throws(WatermarkError) in
        .draw(GumbelWatermarkSampler(GumbelWatermark(prf: try request.words(name)), width: request.width))
    }

    public var law: TokenScoreLaw { .exponential(1, 0) }

    public func score(_ totals: TokenTotals) -> Double { totals.sum }

    public func scorer(key: TokenTestKey, width: Int) throws(WatermarkError) -> any TokenScorer {
        KeyedWordScorer(try WideTokenWords(key: key, scheme: Self.name, width: width), WideExponential())
    }
}

extension TokenMarkName {
    /// ``GumbelScheme``.
    public static let gumbel: TokenMarkName = "gumbel"
}

extension TokenMark {
    /// ``GumbelScheme``.
    public static let gumbel = TokenMark(GumbelScheme())
}
