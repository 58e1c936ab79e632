/// How likely a model finds traces.
public struct ModelsScoreSettings: JobSettings {
    /// The job's name.
    public static let job = "models score"

    /// The model's folder.
    public var model = ""
    /// The traces, or `-` for standard input.
    public var input = ""
    /// Where a line for every trace is written as JSONL; nil for nowhere.
    public var perTrace: String?
    /// Replace an existing `perTrace` file.
    public var force = false
    /// How problems are put to the model.
    public var prompts = PromptSettings()
    /// Where tensors are computed.
    public var runtime = RuntimeSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<ModelsScoreSettings>] =
        [
            .value("model", \.model, "The model's folder.", .called("dir"), role: .input, isRequired: true),
            .value(
                "input", \.input, "The traces, or - for standard input.", role: .input, isRequired: true,
                isPositional: true),
            .value("per_trace", \.perTrace, "Write a line for every trace.", .called("path"), role: .output),
            .flag("force", \.force, "Replace an existing `per_trace` file.", role: .output),
        ] + .group(\.prompts, section: "Prompts") + .group(\.runtime, section: "Runtime")
}
