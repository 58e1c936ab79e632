/// Layers of keyed two-candidate tournaments (SynthID-Text, Dathathri et al. 2024). Undistorted on average over keys.
public struct TournamentScheme: TokenMarkScheme {
    /// The name on the command line, in JSON, and in the keyed words.
    public static let name: TokenMarkName = .tournament
    /// What it does.
    public static let summary = "layers of keyed tournaments between two candidates each"
    /// Whose keys it takes.
    public static let keys = MarkKeySource.keyring
    /// No serving engine has it.
    public static let engineAlgorithm: String? = nil
    /// What is scored once.
    public static let counting = TokenCounting(scoresContextsOnce: true, padsContexts: false)
    /// What is planned for.
    public static let plannedEffects = TokenMarkEffects(
        detection: 0.01, outputsReference: 0.1, reading: 0.1, readingReference: 0.15)

    /// The number of layers, 1...32.
    public var layers = 30

    /// The standard parameters.
    public init() {}

    /// What a user may set.
    public static let parameters: [MarkParameter<TournamentScheme>] = [
        .whole("layers", \.layers, "Layers of tournaments", 1...32)
    ]

    /// How it marks.
    public static let embedder: TokenEmbedder<TournamentScheme>? = TokenEmbedder(
        TokenEmbeddingTraits(place: .logits, needsDraws: true)
    ) { (scheme, request) throws(WatermarkError) in
        .logits(
            TournamentLogitsProcessor(
                TournamentWatermark(prf: try request.words(name), layers: scheme.layers), width: request.width))
    }

    /// The law of one position's score.
    public var law: TokenScoreLaw { .count(trials: layers, probability: 0.5) }

    /// The mean bit.
    public func score(_ totals: TokenTotals) -> Double {
        Double(totals.hits) / (Double(totals.scored) * Double(layers))
    }

    /// What adds up a key's words.
    ///
    /// - Throws: ``WatermarkError``.
    public func scorer(key: TokenTestKey, width: Int) throws(WatermarkError) -> any TokenScorer {
        KeyedWordScorer(try NarrowTokenWords(key: key, scheme: Self.name, width: width), BitCount(depth: layers))
    }
}

extension TokenMarkName {
    /// ``TournamentScheme``.
    public static let tournament: TokenMarkName = "tournament"
}

extension TokenMark {
    /// ``TournamentScheme``.
    public static func tournament(layers: Int) -> TokenMark {
        var scheme = TournamentScheme()
        scheme.layers = layers
        return TokenMark(scheme)
    }
}
