import TraceGeneration

/// How tokens are drawn, as `sample` and `evaluate` take it.
public struct DecodingSettings: SettingsGroup {
    /// Only the k likeliest tokens.
    public var topK: Int?
    /// Only the likeliest tokens that together have this probability.
    public var topP: Double?
    /// Only tokens with this share of the likeliest one's probability.
    public var minP: Double?
    /// Makes tokens that occurred less likely; 1 for no change.
    public var repetitionPenalty: Double?
    /// Decides every draw.
    public var seed: UInt64 = 0
    /// The most tokens of a trace.
    public var maxNewTokens = 512
    /// Sequences decoded together; changes no token.
    public var batchSize = 32
    /// Texts that end a trace and are cut off.
    public var stop: [String] = []
    /// Appended to traces that mark no answer; the model goes on greedily.
    public var answerForcing: String?
    /// Append it to every trace.
    public var forceEveryAnswer = false
    /// Low-rank adapters of the model, in PEFT's layout.
    public var adapter: String?
    /// How problems are put to the model.
    public var prompts = PromptSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<DecodingSettings>] =
        [
            .value("top_k", \.topK, "Only the k likeliest tokens.", .called("k"), must: .bePositive),
            .value(
                "top_p", \.topP, "Only the likeliest tokens that together have this probability.", .called("p"),
                must: .be(0...1)),
            .value(
                "min_p", \.minP, "Only tokens with this share of the likeliest one's probability.", .called("p"),
                must: .be(0...1)),
            .value(
                "repetition_penalty", \.repetitionPenalty,
                "Makes tokens that occurred less likely; 1 for no change.", .called("x"), must: .bePositive),
            .value("seed", \.seed, "Decides every draw.", .called("seed")),
            .value("max_new_tokens", \.maxNewTokens, "The most tokens of a trace.", .called("n"), must: .bePositive),
            .value(
                "batch_size", \.batchSize, "Sequences decoded together; changes no token.", .called("n"),
                role: .conduct, must: .be(1...4096)),
            .list("stop", \.stop, "A text that ends a trace and is cut off; may be repeated.", .called("text")),
            .value(
                "answer_forcing", \.answerForcing,
                "Append this to traces that mark no answer, and let the model go on greedily.", .called("text")),
            .flag(
                "force_every_answer", \.forceEveryAnswer, "Append it to every trace, also to those that mark an answer."
            ),
            .value(
                "adapter", \.adapter, "Low-rank adapters of the model, in PEFT's layout.", .called("dir"), role: .input),
        ] + .group(\.prompts)

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        if forceEveryAnswer, answerForcing == nil {
            throw SettingsError("force_every_answer", "`force_every_answer` needs `answer_forcing`")
        }
    }

    /// The warpers and the sampler.
    public func options(temperature: Double) -> DecodingOptions {
        var options = DecodingOptions()
        options.temperature = temperature
        options.topK = topK
        options.topP = topP
        options.minP = minP
        options.repetitionPenalty = repetitionPenalty
        return options
    }
}
