/// vLLM's Gumbel-max watermark with two keys.
public struct EngineDualKeyGumbelScheme: TokenMarkScheme {
    /// The name on the command line, in JSON, and in the keyed words.
    public static let name: TokenMarkName = .engineDualKeyGumbel
    /// What it does.
    public static let summary = "vLLM's Gumbel-max watermark with two keys"
    /// Whose keys it takes.
    public static let keys = MarkKeySource.engine
    /// What the engine's settings call it.
    public static let engineAlgorithm: String? = "dual_key_gumbel"
    /// What is scored once.
    public static let counting = TokenCounting(scoresContextsOnce: true, padsContexts: true)
    /// What is planned for.
    public static let plannedEffects = TokenMarkEffects(detection: 0.15)
    /// It is only found.
    public static let embedder: TokenEmbedder<EngineDualKeyGumbelScheme>? = nil

    /// The engine's function, an ``EnginePRFName``.
    public var prf = EnginePRFName.philox.rawValue
    /// The second key's share.
    public var alpha = 0.1

    /// The standard parameters.
    public init() {}

    /// What a user may set.
    public static let parameters: [MarkParameter<EngineDualKeyGumbelScheme>] = [
        .choice("prf", \.prf, "The engine's function", EnginePRFName.allCases.map(\.rawValue)),
        .number("alpha", \.alpha, "The second key's share", allowed: "0, 1 or from 0.001 to 0.999") {
            $0 == 0 || $0 == 1 || (0.001...0.999).contains($0)
        },
    ]

    /// The law of one position's score.
    public var law: TokenScoreLaw { .exponential(1 - alpha, alpha) }

    /// The score as the literature has it.
    public func score(_ totals: TokenTotals) -> Double { law.sum(totals) }

    /// What adds up a key's words.
    ///
    /// - Throws: ``WatermarkError``.
    public func scorer(key: TokenTestKey, width: Int) throws(WatermarkError) -> any TokenScorer {
        let key = try key.engineKey()
        guard let a = key.derived("key_a"), let b = key.derived("key_b") else {
            throw .invalidParameter(name: "key", value: "<redacted>", allowed: "below 2^64 for two keys")
        }
        let prf = try EnginePRFName.named(prf)
        return DualKeyScorer(
            try prf.scorer(EngineExponential(), key: a, width: width),
            try prf.scorer(EngineExponential(), key: b, width: width), share: alpha)
    }
}

/// The scorer of two keys: one of each, and their weighted sum.
private final class DualKeyScorer: TokenScorer {
    private let first: any TokenScorer
    private let second: any TokenScorer
    private let share: Double

    init(_ first: any TokenScorer, _ second: any TokenScorer, share: Double) {
        self.first = first
        self.second = second
        self.share = share
    }

    var totals: TokenTotals {
        var totals = first.totals
        totals.secondSum = second.totals.sum
        return totals
    }

    func add(_ block: TokenObservationBlock) {
        first.add(block)
        second.add(block)
    }

    func reset() {
        first.reset()
        second.reset()
    }

    func weightedSum(
        contexts: UnsafeBufferPointer<Int32>, tokens: UnsafeBufferPointer<Int32>, weights: UnsafeBufferPointer<Double>,
        width: Int, mean: Double
    ) -> Double {
        // A key's scores have mean 1: what is taken off is shared as the scores are.
        let a = 1 - share
        let part = mean / (a + share)
        return a
            * first.weightedSum(contexts: contexts, tokens: tokens, weights: weights, width: width, mean: part)
            + share
            * second.weightedSum(contexts: contexts, tokens: tokens, weights: weights, width: width, mean: part)
    }
}

extension TokenMarkName {
    /// ``EngineDualKeyGumbelScheme``.
    public static let engineDualKeyGumbel: TokenMarkName = "vllm-dual-key-gumbel"
}

extension TokenMark {
    /// ``EngineDualKeyGumbelScheme``; α is the second key's share.
    public static func engineDualKeyGumbel(_ prf: EnginePRFName, alpha: Double) -> TokenMark {
        var scheme = EngineDualKeyGumbelScheme()
        scheme.prf = prf.rawValue
        scheme.alpha = alpha
        return TokenMark(scheme)
    }
}
