import Antidistillation
import Traces

/// The gradient of a proxy's loss on held-out traces, or a control made of one.
public struct GradientSettings: JobSettings {
    /// The job's name.
    public static let job = "gradient"

    /// The folder of the proxy student.
    public var proxy: String?
    /// The held-out traces, or `-` for standard input.
    public var holdout: String?
    /// Their shape; nil to recognise it.
    public var format: TraceFormat?
    /// The file to write.
    public var output = ""
    /// Mean over all tokens, or over each trace's mean.
    public var lossAverage = LossAverage.token
    /// Tokens that the loss is taken of.
    public var lossTokens = LossTokens.completion
    /// The most traces of a pass; does not change the result.
    public var batchSize = 16
    /// Only the first traces.
    public var limit: Int?
    /// Longest trace with its prompt in tokens; nil for the model's positions.
    public var maxLength: Int?
    /// How problems are put to the proxy.
    public var prompts = PromptSettings()
    /// A gradient file whose opposite is written.
    public var negate: String?
    /// A gradient file; a random direction of its norm is written.
    public var random: String?
    /// Decides the random direction.
    public var seed: UInt64 = 0
    /// Replace the output.
    public var force = false
    /// Where tensors are computed.
    public var runtime = RuntimeSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<GradientSettings>] =
        [
            .value("proxy", \.proxy, "The folder of the proxy student.", role: .input),
            .value("holdout", \.holdout, "The held-out traces, or - for standard input.", role: .input),
            .value("format", \.format, "Shape of the traces.", .called("format")),
            .value("output", \.output, "The file to write.", .called(letter: "o"), role: .output, isRequired: true),
            .value("loss_average", \.lossAverage, "Mean over all tokens, or over each trace's mean."),
            .value(
                "loss_tokens", \.lossTokens,
                "Tokens that the loss is taken of; numbers are for gradient rewriting.", .called("tokens")),
            .value(
                "batch_size", \.batchSize, "The most traces of a pass; does not change the result.", role: .conduct,
                must: .bePositive),
            .value("limit", \.limit, "Only the first traces.", .called("count"), must: .bePositive),
            .value(
                "max_length", \.maxLength,
                "Longest trace with its prompt in tokens; longer ones are left out (default: the model's positions).",
                must: .init("be above 1") { $0 > 1 }),
        ] + .group(\.prompts) + [
            .value("negate", \.negate, "Write the opposite of a gradient file.", .called("file"), role: .input),
            .value(
                "random", \.random, "Write a random direction of a gradient file's norm.", .called("file"),
                role: .input),
            .value("seed", \.seed, "Decides the random direction."),
            .flag("force", \.force, "Replace the output.", role: .output),
        ] + .group(\.runtime, section: "Runtime")

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        switch (negate, random) {
        case (nil, nil):
            if proxy == nil || holdout == nil { throw SettingsError(nil, "give `proxy` and `holdout`") }
        case (_?, _?): throw SettingsError(nil, "give `negate` or `random`, not both")
        case (_?, nil), (nil, _?):
            if proxy != nil || holdout != nil {
                throw SettingsError(nil, "`negate` and `random` start from a gradient file, not from a proxy")
            }
        }
    }
}
