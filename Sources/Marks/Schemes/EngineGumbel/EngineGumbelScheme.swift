/// vLLM's Gumbel-max watermark.
public struct EngineGumbelScheme: TokenMarkScheme {
    public static let name: TokenMarkName = .engineGumbel
    public static let summary = "vLLM's Gumbel-max watermark"
    public static let keys = MarkKeySource.engine
    public static let engineAlgorithm: String? = "gumbel"
    public static let counting = TokenCounting(scoresContextsOnce: true, padsContexts: true)
    public static let plannedEffects = TokenMarkEffects(detection: 0.2)
    public static let embedder: TokenEmbedder<EngineGumbelScheme>? = nil

    /// The engine's function, an ``EnginePRFName``.
    public var prf = EnginePRFName.philox.rawValue

    public init() {}

    public static let parameters: [MarkParameter<EngineGumbelScheme>] = [
        .choice("prf", \.prf, "The engine's function", EnginePRFName.allCases.map(\.rawValue))
    ]

    public var law: TokenScoreLaw { .exponential(1, 0) }

    public func score(_ totals: TokenTotals) -> Double { totals.sum }

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
