/// A model asked how well traces serve those who read them.
public struct JudgeSettings: JobSettings {
    /// The job's name.
    public static let job = "judge"

    /// The traces, or `-` for standard input.
    public var input = ""
    /// Where a line with the score of every trace is written; nil for nowhere.
    public var output: String?
    /// A shipped template's name, or the path of a `.md` file.
    public var template = "judge"
    /// Only the first traces.
    public var limit: Int?
    /// Sent with the requests; counts up from trace to trace.
    public var seed: UInt64 = 0
    /// Replace an existing output.
    public var force = false
    /// Who is asked.
    public var endpoint = EndpointSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<JudgeSettings>] =
        [
            .value(
                "input", \.input, "The traces, or - for standard input.", role: .input, isRequired: true,
                isPositional: true),
            .value(
                "output", \.output, "Write a line with the score of every trace.", .called("path", letter: "o"),
                role: .output),
            .value(
                "template", \.template, "A shipped template's name, or the path of a .md file.", .called("name")),
            .value("limit", \.limit, "Only the first traces.", .called("count"), must: .bePositive),
            .value("seed", \.seed, "Sent with the requests; counts up from trace to trace."),
            .flag("force", \.force, "Replace an existing output.", role: .output),
        ] + .group(\.endpoint, section: "Endpoint")

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        try endpoint.validateTogether()
        if endpoint.endpoint == nil { throw SettingsError("endpoint", "`endpoint` is missing") }
    }
}
