/// vLLM's SynthID watermark.
public struct EngineSynthIDScheme: TokenMarkScheme {
    /// The name on the command line, in JSON, and in the keyed words.
    public static let name: TokenMarkName = .engineSynthID
    /// What it does.
    public static let summary = "vLLM's SynthID watermark"
    /// Whose keys it takes.
    public static let keys = MarkKeySource.engine
    /// What the engine's settings call it.
    public static let engineAlgorithm: String? = "synthid"
    /// What is scored once.
    public static let counting = TokenCounting(scoresContextsOnce: true, padsContexts: true)
    /// What is planned for.
    public static let plannedEffects = TokenMarkEffects(detection: 0.01)
    /// It is only found.
    public static let embedder: TokenEmbedder<EngineSynthIDScheme>? = nil

    /// The engine's function; it has one.
    public var prf = EnginePRFName.philox.rawValue
    /// The number of layers, 1...32.
    public var depth = 32

    /// The standard parameters.
    public init() {}

    /// What a user may set.
    public static let parameters: [MarkParameter<EngineSynthIDScheme>] = [
        .choice("prf", \.prf, "The engine's function", [EnginePRFName.philox.rawValue]),
        .whole("depth", option: "layers", \.depth, "Layers of tournaments", 1...32),
    ]

    /// The law of one position's score.
    public var law: TokenScoreLaw { .count(trials: depth, probability: 0.5) }

    /// The mean bit.
    public func score(_ totals: TokenTotals) -> Double {
        Double(totals.hits) / (Double(totals.scored) * Double(depth))
    }

    /// What adds up a key's words.
    ///
    /// - Throws: ``WatermarkError``.
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
