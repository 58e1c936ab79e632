/// The token with the largest log p plus keyed Gumbel noise (Aaronson 2022). Undistorted on average over keys.
public struct GumbelScheme: TokenMarkScheme {
    /// The name on the command line, in JSON, and in the keyed words.
    public static let name: TokenMarkName = .gumbel
    /// What it does.
    public static let summary = "keyed noise chooses among the likely tokens"
    /// Whose keys it takes.
    public static let keys = MarkKeySource.keyring
    /// No serving engine has it.
    public static let engineAlgorithm: String? = nil
    /// What is scored once.
    public static let counting = TokenCounting(scoresContextsOnce: true, padsContexts: false)
    /// What is planned for.
    public static let plannedEffects = TokenMarkEffects(
        detection: 0.2, outputs: 0.1, outputsReference: 0.15, readingReference: 0.2)
    /// What a user may set.
    public static let parameters: [MarkParameter<GumbelScheme>] = []

    /// The standard parameters.
    public init() {}

    /// How it marks.
    public static let embedder: TokenEmbedder<GumbelScheme>? = TokenEmbedder(
        TokenEmbeddingTraits(place: .draw, needsDraws: true)
    ) { (_, request) throws(WatermarkError) in
        .draw(GumbelWatermarkSampler(GumbelWatermark(prf: try request.words(name)), width: request.width))
    }

    /// The law of one position's score.
    public var law: TokenScoreLaw { .exponential(1, 0) }

    /// The score as the literature has it.
    public func score(_ totals: TokenTotals) -> Double { totals.sum }

    /// What adds up a key's words.
    ///
    /// - Throws: ``WatermarkError``.
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
