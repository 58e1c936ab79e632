/// vLLM's SynthID watermark.
public struct EngineSynthIDScheme: TokenMarkScheme {
    public static let name: TokenMarkName = .engineSynthID
    public static let summary = "vLLM's SynthID watermark"
    public static let keys = MarkKeySource.engine
    public static let engineAlgorithm: String? = "synthid"
    public static let counting = TokenCounting(scoresContextsOnce: true, padsContexts: true)
    public static let plannedEffects = TokenMarkEffects(detection: 0.01)
    public static let embedder: TokenEmbedder<EngineSynthIDScheme>? = nil

    /// The engine's function; it has one.
    public var prf = EnginePRFName.philox.rawValue
    /// The number of layers, 1...32.
    public var depth = 32

    public init() {}

    public static let parameters: [MarkParameter<EngineSynthIDScheme>] = [
        .choice("prf", \.prf, "The engine's function", [EnginePRFName.philox.rawValue]),
        .whole("depth", option: "layers", \.depth, "Layers of tournaments", 1...32),
    ]

    public var law: TokenScoreLaw { .count(trials: depth, probability: 0.5) }

    /// The mean bit.
    public func score(_ totals: TokenTotals) -> Double {
        Double(totals.hits) / (Double(totals.scored) * Double(depth))
    }

    public func scorer(key: TokenTestKey, width: Int) throws(WatermarkError) -> any TokenScorer {
        try EnginePRFName.philox.scorer(BitCount(depth: depth), key: key.engineKey(), width: width)
    }
}

extension TokenMarkName {
    /// ``EngineSynthIDScheme``.
    public static let engineSynthID: TokenMarkName = "synthid"
}

extension TokenMark {
    /// ``EngineSynthIDScheme``.
    public static func engineSynthID(depth: Int) -> TokenMark {
        var scheme = EngineSynthIDScheme()
        scheme.depth = depth
        return TokenMark(scheme)
    }
}
