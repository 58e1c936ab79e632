/// A keyed share γ of the vocabulary gets δ more logit (Kirchenbauer et al. 2023, with independent memberships).
public struct GreenScheme: TokenMarkScheme {
    /// The name on the command line, in JSON, and in the keyed words.
    public static let name: TokenMarkName = .green
    /// What it does.
    public static let summary = "a keyed share of the vocabulary becomes likelier"
    /// Whose keys it takes.
    public static let keys = MarkKeySource.keyring
    /// No serving engine has it.
    public static let engineAlgorithm: String? = nil
    /// What is scored once.
    public static let counting = TokenCounting(scoresContextsOnce: false, padsContexts: false)
    /// What is planned for.
    public static let plannedEffects = TokenMarkEffects(detection: 0.1)

    /// The share of green tokens.
    public var gamma = 0.25
    /// What a green token's logit gains, in nats.
    public var delta = 2.0

    /// The standard parameters.
    public init() {}

    /// What a user may set.
    public static let parameters: [MarkParameter<GreenScheme>] = [
        .number("gamma", \.gamma, "Share of green tokens", allowed: "between 0 and 1") { $0 > 0 && $0 < 1 },
        .number(
            "delta", option: "mark_strength", \.delta, "What a green token's logit gains, in nats", use: .embedding,
            allowed: "a finite number"
        ) { Float($0).isFinite },
    ]

    /// How it marks.
    public static let embedder: TokenEmbedder<GreenScheme>? = TokenEmbedder(
        TokenEmbeddingTraits(place: .logits, needsDraws: false)
    ) { (scheme, request) throws(WatermarkError) in
        .logits(
            GreenLogitsProcessor(
                GreenWatermark(prf: try request.words(name), gamma: scheme.gamma, delta: scheme.delta),
                width: request.width))
    }

    /// The law of one position's score.
    public var law: TokenScoreLaw { .count(trials: 1, probability: GreenCount(gamma: gamma).probability) }

    /// The score as the literature has it.
    public func score(_ totals: TokenTotals) -> Double { GreenCount.standardised(totals, probability: law.mean) }

    /// What adds up a key's words.
    ///
    /// - Throws: ``WatermarkError``.
    public func scorer(key: TokenTestKey, width: Int) throws(WatermarkError) -> any TokenScorer {
        KeyedWordScorer(try NarrowTokenWords(key: key, scheme: Self.name, width: width), GreenCount(gamma: gamma))
    }
}

extension TokenMarkName {
    /// ``GreenScheme``.
    public static let green: TokenMarkName = "green"
}

extension TokenMark {
    /// ``GreenScheme``; δ does not matter to a detector.
    public static func green(gamma: Double, delta: Double = 2) -> TokenMark {
        var scheme = GreenScheme()
        scheme.gamma = gamma
        scheme.delta = delta
        return TokenMark(scheme)
    }
}
