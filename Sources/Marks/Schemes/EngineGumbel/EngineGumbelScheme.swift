/// vLLM's Gumbel-max watermark.
public struct EngineGumbelScheme: TokenMarkScheme {
    /// The name on the command line, in JSON, and in the keyed words.
    public static let name: TokenMarkName = .engineGumbel
    /// What it does.
    public static let summary = "vLLM's Gumbel-max watermark"
    /// Whose keys it takes.
    public static let keys = MarkKeySource.engine
    /// What the engine's settings call it.
    public static let engineAlgorithm: String? = "gumbel"
    /// What is scored once.
    public static let counting = TokenCounting(scoresContextsOnce: true, padsContexts: true)
    /// What is planned for.
    public static let plannedEffects = TokenMarkEffects(detection: 0.2)
    /// It is only found.
    public static let embedder: TokenEmbedder<EngineGumbelScheme>? = nil

    /// The engine's function, an ``EnginePRFName``.
    public var prf = EnginePRFName.philox.rawValue

    /// The standard parameters.
    public init() {}

    /// What a user may set.
    public static let parameters: [MarkParameter<EngineGumbelScheme>] = [
        .choice("prf", \.prf, "The engine's function", EnginePRFName.allCases.map(\.rawValue))
    ]

    /// The law of one position's score.
    public var law: TokenScoreLaw { .exponential(1, 0) }

    /// The score as the literature has it.
    public func score(_ totals: TokenTotals) -> Double { totals.sum }

    /// What adds up a key's words.
    ///
    /// - Throws: ``WatermarkError``.
    public func scorer(key: TokenTestKey, width: Int) throws(WatermarkError) -> any TokenScorer {
        try EnginePRFName.named(prf).scorer(EngineExponential(), key: key.engineKey(), width: width)
    }
}

extension TokenMarkName {
    /// ``EngineGumbelScheme``.
    public static let engineGumbel: TokenMarkName = "vllm-gumbel"
}

extension TokenMark {
    /// ``EngineGumbelScheme``.
    public static func engineGumbel(_ prf: EnginePRFName) -> TokenMark {
        var scheme = EngineGumbelScheme()
        scheme.prf = prf.rawValue
        return TokenMark(scheme)
    }
}
