/// Layers of keyed two-candidate tournaments (SynthID-Text, Dathathri et al. 2024). Undistorted on average over keys.
public struct TournamentScheme: TokenMarkScheme {
    public static let name: TokenMarkName = .tournament
    public static let summary = "layers of keyed tournaments between two candidates each"
    public static let keys = MarkKeySource.keyring
    public static let engineAlgorithm: String? = nil
    public static let counting = TokenCounting(scoresContextsOnce: true, padsContexts: false)
    public static let plannedEffects = TokenMarkEffects(
        detection: 0.01, outputsReference: 0.1, reading: 0.1, readingReference: 0.15)

    /// The number of layers, 1...32.
    public var layers = 30

    public init() {}

    public static let parameters: [MarkParameter<TournamentScheme>] = [
        .whole("layers", \.layers, "Layers of tournaments", 1...32)
    ]

    public static let embedder: TokenEmbedder<TournamentScheme>? = TokenEmbedder(
        TokenEmbeddingTraits(place: .logits, needsDraws: true)
    ) { (scheme, request) throws(WatermarkError) in
        .logits(
            TournamentLogitsProcessor(
                TournamentWatermark(prf: try request.words(name), layers: scheme.layers), width: request.width))
    }

    public var law: TokenScoreLaw { .count(trials: layers, probability: 0.5) }

    /// The mean bit.
    public func score(_ totals: TokenTotals) -> Double {
        Double(totals.hits) / (Double(totals.scored) * Double(layers))
    }

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
