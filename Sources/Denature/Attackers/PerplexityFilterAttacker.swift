/// Drops the traces that a reference model finds least likely per token. The attack itself needs libtorch.
public struct PerplexityFilterAttacker: AttackerSettings {
    /// The name on the command line and in files.
    public static let name = "perplexity-filter"

    /// The reference model's folder.
    public var reference = ""
    /// The share that is dropped.
    public var drop = 0.25
    /// How problems are put to the reference model.
    public var prompts = PromptSettings()
    /// Where its tensors are computed.
    public var runtime = RuntimeSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<PerplexityFilterAttacker>] =
        [
            .value(
                "reference", \.reference, "The reference model's folder.", .called("dir"), role: .input,
                isRequired: true),
            .value("drop", \.drop, "The share that is dropped.", .called("share")),
        ] + .group(\.prompts, section: "Prompts") + .group(\.runtime, section: "Runtime")
}
