/// Green tokens get more logit in proportion to a proxy's probability of them: antidistillation fingerprinting.
public struct FingerprintScheme: TokenMarkScheme {
    /// The name on the command line, in JSON, and in the keyed words.
    public static let name: TokenMarkName = .fingerprint
    /// What it does.
    public static let summary = "green tokens become likelier in proportion to a proxy student's probability of them"
    /// Whose keys it takes.
    public static let keys = MarkKeySource.keyring
    /// No serving engine has it.
    public static let engineAlgorithm: String? = nil
    /// What is scored once.
    public static let counting = TokenCounting(scoresContextsOnce: false, padsContexts: false)
    /// What is planned for.
    public static let plannedEffects = TokenMarkEffects(detection: 0.05)

    /// The share of green tokens.
    public var gamma = 0.5
    /// The strength λ, in nats.
    public var lambda = 10.0

    /// The standard parameters.
    public init() {}

    /// What a user may set.
    public static let parameters: [MarkParameter<FingerprintScheme>] = [
        .number("gamma", \.gamma, "Share of green tokens", allowed: "between 0 and 1") { $0 > 0 && $0 < 1 },
        .number(
            "lambda", option: "mark_strength", \.lambda,
            "What a green token's logit gains per unit of the proxy's probability, in nats", use: .embedding,
            allowed: "a finite number"
        ) { Float($0).isFinite },
    ]

    /// How it marks.
    public static let embedder: TokenEmbedder<FingerprintScheme>? = TokenEmbedder(
        TokenEmbeddingTraits(place: .logits, needsDraws: false, needsProxy: true)
    ) { (scheme, request) throws(WatermarkError) in
        guard let proxy = request.proxy else { throw .missingProxy }
        return .logits(
            FingerprintLogitsProcessor(
                FingerprintWatermark(prf: try request.words(name), gamma: scheme.gamma, lambda: scheme.lambda),
                width: request.width, proxy: proxy))
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
    /// ``FingerprintScheme``.
    public static let fingerprint: TokenMarkName = "fingerprint"
}

extension TokenMark {
    /// ``FingerprintScheme``; λ does not matter to a detector.
    public static func fingerprint(gamma: Double, lambda: Double = 10) -> TokenMark {
        var scheme = FingerprintScheme()
        scheme.gamma = gamma
        scheme.lambda = lambda
        return TokenMark(scheme)
    }
}

/// What the scheme calls the proxy that it reads.
public typealias FingerprintProxy = MarkProxy

/// A language model as the scheme's proxy.
public typealias ModelFingerprintProxy = ModelMarkProxy
