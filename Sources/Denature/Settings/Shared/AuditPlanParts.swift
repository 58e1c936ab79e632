import Auditing
import Marks

/// The marks that an audit looks for, and what they are made with.
public struct AuditMarkSettings: SettingsGroup {
    /// Marks of tokens.
    public var schemes: ValueList<String> = ["green"]
    /// Marks of words, for the test `text`.
    public var textSchemes: ValueList<String> = ["lexical"]
    /// Share of green tokens; nil for the scheme's own.
    public var gamma: Double?
    /// Layers of `tournament`.
    public var layers = 30
    /// Tokens of context.
    public var contextWidth = 4
    /// The tokenizer in whose ids marks are made: a folder or a tokenizer.json.
    public var tokenizer: String?

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<AuditMarkSettings>] = [
        .value("scheme", \.schemes, "Marks of tokens: green, fingerprint, gumbel, tournament.", .called("list")),
        .value(
            "text_scheme", \.textSchemes, "Marks of words for the test text: lexical, selection.", .called("list")),
        .value("gamma", \.gamma, "Share of green tokens (default: 0.25, fingerprint 0.5).", .called("share")),
        .value("layers", \.layers, "Layers of tournament.", .called("n")),
        .value("context_width", \.contextWidth, "Tokens of context.", .called("n")),
        .value(
            "tokenizer", \.tokenizer, "Tokenizer in whose ids marks are made: a folder or a tokenizer.json.",
            .called("path"), role: .input),
    ]
}

/// What an audit asks, and how.
public struct AuditQuestionSettings: SettingsGroup {
    /// The prompts.
    public var prompts: String?
    /// Answers per prompt.
    public var outputsPerPrompt = 1
    /// Outputs that will be handed in, where they were collected before.
    public var expectedOutputs = 500
    /// Requests that may be sent, repeated ones included; nil for as many as the questions and a quarter more.
    public var maxQueries: Int?
    /// 0 takes the likeliest token, always.
    public var temperature = 1.0
    /// Only the likeliest tokens that together have this probability.
    public var topP: Double?
    /// The most tokens of an answer.
    public var maxNewTokens = 512
    /// How a checkpoint is asked.
    public var format = PromptSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<AuditQuestionSettings>] =
        [
            .value(
                "prompts", \.prompts, "Prompts: JSONL with a \"problem\", \"question\" or \"prompt\" each.",
                .called("path"), role: .input),
            .value(
                "outputs_per_prompt", \.outputsPerPrompt, "Answers per prompt.", .called("n"),
                must: .be(1...100_000_000)),
            .value(
                "expected_outputs", \.expectedOutputs,
                "Outputs that will be handed in, for `suspect_kind` outputs.", .called("n"),
                must: .be(1...100_000_000)),
            .value(
                "max_queries", \.maxQueries, "Requests that may be sent, repeated ones included.", .called("n"),
                must: .be(1...100_000_000)),
            .value(
                "temperature", \.temperature, "0 takes the likeliest token, always.", .called("t"), must: .be(0...)),
            .value(
                "top_p", \.topP, "Only the likeliest tokens that together have this probability.", .called("p"),
                must: .init("be above 0 and at most 1") { $0 > 0 && $0 <= 1 }),
            .value(
                "max_new_tokens", \.maxNewTokens, "The most tokens of an answer.", .called("n"),
                must: .be(1...100_000_000)),
        ] + .group(\.format)
}

/// How an audit asks for the values of identifiers.
public struct AuditTriggerSettings: SettingsGroup {
    /// Pairs that the marker gave each key.
    public var pairs = 8
    /// The first pair to ask.
    public var firstPair = 0
    /// Pairs to ask of each key; nil for all from the first one on.
    public var askedPairs: Int?
    /// Queries of each pair.
    public var queriesPerPair = 5
    /// Identifiers that no key uses.
    public var decoyPairs = 8
    /// The values.
    public var targets = TriggerTargets.threeDigits
    /// How the suspect is asked; nil for a question to endpoints and a beginning to complete otherwise.
    public var form: TriggerQueryForm?
    /// When to stop asking.
    public var stop = TriggerStop.everyKey

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<AuditTriggerSettings>] = [
        .value("trigger_pairs", \.pairs, "Pairs that the marker gave each key.", .called("n")),
        .value(
            "first_pair", \.firstPair, "First pair to ask: what an earlier audit asked is no new evidence.",
            .called("i")),
        .value(
            "asked_pairs", \.askedPairs, "Pairs to ask of each key (default: all from `first_pair` on).",
            .called("n")),
        .value("queries_per_pair", \.queriesPerPair, "Queries of each pair.", .called("n")),
        .value("decoy_pairs", \.decoyPairs, "Identifiers that no key uses.", .called("n")),
        .value("trigger_targets", \.targets, "The values."),
        .value(
            "trigger_form", \.form,
            "How it is asked: question (endpoints) or completion (checkpoints that continue text)."
        ),
        .value(
            "trigger_stop", \.stop, "When to stop asking: every-key (is decided) or first-key (is found)."),
    ]
}
