/// Problems put to a model, the right answers counted.
public struct EvaluateSettings: JobSettings {
    /// The job's name.
    public static let job = "evaluate"

    /// The model's folder.
    public var model = ""
    /// The problems: JSONL, or `-` for standard input.
    public var problems = ""
    /// 0 takes the likeliest token, always.
    public var temperature = 0.0
    /// Traces per problem.
    public var samplesPerProblem = 1
    /// Only the first so many problems.
    public var limit: Int?
    /// Where what became of every problem is written as JSONL; nil for nowhere.
    public var perProblem: String?
    /// How tokens are drawn.
    public var decoding = DecodingSettings()
    /// Where tensors are computed.
    public var runtime = RuntimeSettings()
    /// Replace an existing `perProblem` file.
    public var force = false

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<EvaluateSettings>] =
        [
            .value("model", \.model, "The model's folder.", .called("dir"), role: .input, isRequired: true),
            .value(
                "problems", \.problems, "The problems, or - for standard input.", .called("path"), role: .input,
                isRequired: true),
            .value(
                "temperature", \.temperature, "0 takes the likeliest token, always.", .called("t", aliases: ["tau"]),
                must: .be(0...)),
            .value(
                "samples_per_problem", \.samplesPerProblem, "Traces per problem.", .called("n"), must: .bePositive),
            .value("limit", \.limit, "Only the first so many problems.", .called("n"), must: .bePositive),
            .value(
                "per_problem", \.perProblem, "Write what became of every problem as JSONL.", .called("path"),
                role: .output),
        ] + .group(\.decoding, section: "Decoding") + .group(\.runtime, section: "Runtime") + [
            .flag("force", \.force, "Replace an existing `per_problem` file.", role: .output)
        ]

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) { try decoding.validateTogether() }
}
