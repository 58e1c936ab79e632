import Marks

extension EnginePRFName: SettingValue {}

/// What of a detection concerns token ids.
public struct TokenIDSettings: SettingsGroup {
    /// JSONL of `{"tokens":[...], "prompt":[...]}`; nil for texts.
    public var tokens: String?
    /// The tokenizer through which texts are read as token ids: a folder or a tokenizer.json.
    public var tokenizer: String?
    /// A serving engine's function; nil for the scheme's own.
    public var prf: EnginePRFName?
    /// A serving engine's key: a number, `env:NAME` or `file:PATH`.
    public var key: String?
    /// A serving engine's own settings, as JSON.
    public var watermarkConfig: String?
    /// Tokens of context; nil for 4.
    public var contextWidth: Int?
    /// The share of green tokens; nil for the scheme's own.
    public var gamma: Double?
    /// Layers of tournaments; nil for the scheme's own.
    public var depth: Int?
    /// Other parameters of the schemes, as `name=value`.
    public var markOption: [String] = []
    /// Count what occurs again again.
    public var noDedup = false
    /// Also test every line by itself.
    public var perLine = false
    /// Only contexts that occur in these outputs are scored.
    public var contextsFrom: String?
    /// Those outputs are unmarked originals.
    public var contextsAreOriginal = false

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<TokenIDSettings>] = [
        .value(
            "tokens", \.tokens,
            "Test token ids instead of text: JSONL of {\"tokens\":[...], \"prompt\":[...]}, the prompt if known.",
            .called("file"), role: .input),
        .value(
            "tokenizer", \.tokenizer,
            "Test the texts of FILE as token ids of this tokenizer: a folder or a tokenizer.json.", .called("path"),
            role: .input),
        .value("prf", \.prf, MarkRegistry.standard.help(ofOption: "prf"), .called("name")),
        .value(
            "key", \.key,
            "The engine's key: a number, or env:NAME or file:PATH to keep it out of the list of processes.",
            .called("key"), role: .secret),
        // It may hold the key.
        .value(
            "watermark_config", \.watermarkConfig, "The engine's own settings, as JSON.", .called("file"),
            role: .secret),
        .value("context_width", \.contextWidth, "Tokens of context (default: 4).", .called("n")),
        .value("gamma", \.gamma, MarkRegistry.standard.help(ofOption: "gamma"), .called("share")),
        .value("depth", \.depth, MarkRegistry.standard.help(ofOption: "layers"), .called("n", aliases: ["layers"])),
        .list("mark_option", \.markOption, "Another parameter of a scheme; may be repeated.", .called("name=value")),
        .flag(
            "no_dedup", \.noDedup, "Count what occurs again again. p-values then hold only where nothing repeats."),
        .flag("per_line", \.perLine, "Also test every line of `tokens` by itself, one line each."),
        .value(
            "contexts_from", \.contextsFrom,
            "Score only contexts that occur in these outputs: as for `tokens`, or texts with `tokenizer`.",
            .called("file"), role: .input),
        .flag(
            "contexts_are_original", \.contextsAreOriginal,
            "The outputs of `contexts_from` are unmarked originals; otherwise p is called approximate."),
    ]

    /// Whether token ids are tested at all.
    public var areUsed: Bool { tokens != nil || tokenizer != nil }

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        if tokens != nil, tokenizer != nil {
            throw SettingsError("tokenizer", "`tokens` are ids already: `tokenizer` is for texts")
        }
        if contextsAreOriginal, contextsFrom == nil {
            throw SettingsError("contexts_are_original", "`contexts_are_original` needs `contexts_from`")
        }
        _ = try MarkOptions.parse(markOption, of: "mark_option")
        guard !areUsed else { return }
        let given: [(String, Bool)] = [
            ("prf", prf != nil), ("key", key != nil), ("watermark_config", watermarkConfig != nil),
            ("context_width", contextWidth != nil), ("gamma", gamma != nil), ("depth", depth != nil),
            ("mark_option", !markOption.isEmpty), ("no_dedup", noDedup), ("per_line", perLine),
            ("contexts_from", contextsFrom != nil),
        ]
        if let name = given.first(where: \.1)?.0 {
            throw SettingsError(name, "`\(name)` needs `tokens` or `tokenizer`")
        }
    }

    /// What was given of schemes' parameters, by their settings.
    var options: [String: MarkValue] {
        get throws(SettingsError) {
            var options = try MarkOptions.parse(markOption, of: "mark_option")
            options["prf"] = prf.map { .text($0.rawValue) } ?? options["prf"]
            options["gamma"] = gamma.map { .number($0) } ?? options["gamma"]
            options["layers"] = depth.map { .whole($0) } ?? options["layers"]
            return options
        }
    }
}
