import Marks
import TraceGeneration

/// Traces that a teacher writes, plainly, penalised, chosen among drafts, or marked.
///
///     var settings = SampleSettings()
///     settings.teacher = "teacher"
///     settings.prompts = "problems.jsonl"
///     settings.output = "traces.jsonl"
///     settings.temperature = 0.6
///     settings.penalty.proxy = "proxy"
///     settings.penalty.gradient = "gradient.safetensors"
///     settings.penalty.strength = 0.4
public struct SampleSettings: JobSettings {
    /// The job's name.
    public static let job = "sample"

    /// Which traces are released.
    public enum Filter: String, SettingValue, CaseIterable {
        /// All.
        case none
        /// Those with the right answer.
        case correct
    }

    /// The teacher's folder.
    public var teacher = ""
    /// The problems: JSONL, or `-` for standard input.
    public var prompts = ""
    /// Where the traces go: a file, or `-` for standard output.
    public var output = ""
    /// Traces per problem.
    public var samplesPerPrompt = 1
    /// Only the first so many problems.
    public var limit: Int?
    /// 0 takes the likeliest token, always.
    public var temperature = 1.0
    /// Write the token ids of every trace.
    public var withTokenIds = false
    /// Which traces are released.
    public var filter = Filter.none
    /// Replace existing outputs, and begin anew where another run was interrupted.
    public var force = false
    /// How tokens are drawn.
    public var decoding = DecodingSettings()
    /// The penalty of a proxy.
    public var penalty = PenaltySettings()
    /// The choice among drafts.
    public var drafts = DraftSettings()
    /// The mark in the tokens.
    public var mark = MarkSettings()
    /// The key, for the mark and for choices by a keyed score.
    public var key = MarkKeySettings()
    /// Where tensors are computed.
    public var runtime = RuntimeSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<SampleSettings>] =
        [
            .value(
                "teacher", \.teacher, "The teacher's folder.", .called("dir"), role: .input, isRequired: true),
            .value(
                "prompts", \.prompts, "The problems, or - for standard input.", .called("path"), role: .input,
                isRequired: true),
            .value(
                "output", \.output, "Where to write, or - for standard output.", .called(letter: "o"), role: .output,
                isRequired: true),
            .value("samples_per_prompt", \.samplesPerPrompt, "Traces per problem.", .called("n"), must: .bePositive),
            .value("limit", \.limit, "Only the first so many problems.", .called("n"), must: .bePositive),
            .value(
                "temperature", \.temperature, "0 takes the likeliest token, always.", .called("t", aliases: ["tau"]),
                must: .be(0...)),
            .flag("with_token_ids", \.withTokenIds, "Write the token ids of every trace (token_ids)."),
            .value("filter", \.filter, "With correct only traces with the right answer are released."),
            .flag("force", \.force, "Replace an existing output.", role: .output),
        ] + .group(\.decoding, section: "Decoding") + .group(\.penalty, section: "Penalty of a proxy")
        + .group(\.drafts, section: "Choice among drafts") + .group(\.mark, section: "Mark in the tokens")
        + .group(\.key, section: "Mark in the tokens") + .group(\.runtime, section: "Runtime")

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        try decoding.validateTogether()
        try penalty.validateTogether()
        try drafts.validateTogether()
        try mark.validateTogether()
        if drafts.count != nil, samplesPerPrompt != 1 {
            throw SettingsError(
                "samples_per_prompt", "`drafts` releases one trace per problem: leave `samples_per_prompt` out")
        }
        try validatePenalty()
        try validateKey()
    }

    private func validatePenalty() throws(SettingsError) {
        let hasPenalty = penalty.penaltyStrength != nil
        let needsScore = penalty.score || drafts.needsDerivatives
        if penalty.proxy == nil, hasPenalty || needsScore {
            let name = hasPenalty ? "a penalty" : penalty.score ? "`score`" : "`select` \(drafts.select.rawValue)"
            throw SettingsError("proxy", "\(name) needs `proxy` and `gradient`")
        }
        if penalty.proxy != nil, !hasPenalty, !needsScore {
            throw SettingsError("proxy", "`proxy` needs `strength`, `lambda`, `score` or `drafts`")
        }
    }

    private func validateKey() throws(SettingsError) {
        let hasKey = key.keyring != nil && key.tenant != nil
        if drafts.needsMarkScore, !hasKey {
            throw SettingsError("keyring", "`select` \(drafts.select.rawValue) needs `keyring` and `tenant`")
        }
        if let watermark = mark.watermark {
            if !hasKey { throw SettingsError("keyring", "`watermark` needs `keyring` and `tenant`") }
            if let traits = MarkRegistry.standard.tokenScheme(named: watermark)?.embedding {
                if traits.needsProxy, mark.fingerprintProxy == nil, penalty.proxy == nil {
                    throw SettingsError(
                        "fingerprint_proxy", "`watermark` \(watermark) needs `fingerprint_proxy` or `proxy`")
                }
                if traits.needsDraws, temperature == 0 {
                    throw SettingsError(
                        "temperature", "\(watermark.text) marks how tokens are drawn, and `temperature` 0 draws none")
                }
            }
        }
        try key.validateTogether()
    }
}
