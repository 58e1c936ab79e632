import Problems
import Traces

/// Where traces are read from.
public struct TraceInputSettings: SettingsGroup {
    /// The traces, or `-` for standard input.
    public var file = "-"
    /// The shape of the input; nil to recognise it.
    public var format: TraceFormat?
    /// Where texts stand in records of other shapes: `reasoning=PATH`, `answer=PATH`, `problem=PATH`.
    public var fields: [String] = []

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<TraceInputSettings>] = [
        .value("file", \.file, "The traces, or - for standard input.", role: .input, isPositional: true),
        .value("format", \.format, "Shape of the input.", .called("format")),
        .list(
            "field", \.fields, "Where texts stand in other shapes: reasoning=PATH, answer=PATH, problem=PATH.",
            .called("role=path")),
    ]

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) { try TraceFieldPaths.check(fields) }
}

/// How traces are read: shape, regions, kind of text, answer.
public struct TracesInspectSettings: JobSettings {
    /// The job's name.
    public static let job = "traces inspect"

    /// The traces.
    public var input = TraceInputSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<TracesInspectSettings>] = .group(\.input)

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) { try input.validateTogether() }
}

/// Traces brought into another shape.
public struct TracesConvertSettings: JobSettings {
    /// The job's name.
    public static let job = "traces convert"

    /// The traces.
    public var input = TraceInputSettings()
    /// The shape to write.
    public var to = TraceFormat.problemTrace
    /// Where to write, or `-` for standard output.
    public var output = "-"
    /// Replace an existing output.
    public var force = false

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<TracesConvertSettings>] =
        .group(\.input) + [
            .value("to", \.to, "Shape to write.", .called("format"), isRequired: true),
            .value(
                "output", \.output, "Where to write, or - for standard output.", .called(letter: "o"), role: .output),
            .flag("force", \.force, "Replace an existing output.", role: .output),
        ]

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) { try input.validateTogether() }
}

extension ProblemSetFormat: SettingValue {}

/// Problems of a public set, read from local files and split for training and holdout.
public struct TracesImportSettings: JobSettings {
    /// The job's name.
    public static let job = "traces import"

    /// Files, or folders of files.
    public var inputs: [String] = []
    /// The set.
    public var format = ProblemSetFormat.gsm8k
    /// Where to write, or `-` for standard output.
    public var output = "-"
    /// Where the holdout part is written; nil to write everything to `output`.
    public var holdout: String?
    /// Expected share of the training part.
    public var trainShare = 0.7
    /// Decides the split and the draw.
    public var seed: UInt64 = 0
    /// Leave out problems that were there before, choices included.
    public var distinct = false
    /// Draw at most so many problems of each part.
    public var limit: Int?
    /// Write the set's own solutions as traces too.
    public var withTraces = false
    /// Put before every problem, a blank line between.
    public var instruction: String?
    /// Replace existing outputs.
    public var force = false

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<TracesImportSettings>] = [
        .list("inputs", \.inputs, "Files, or folders of files.", role: .input, isRequired: true, isPositional: true),
        .value("format", \.format, "The set.", .called("format"), isRequired: true),
        .value(
            "output", \.output, "Where to write, or - for standard output.", .called(letter: "o"), role: .output),
        .value(
            "holdout", \.holdout, "Write the holdout part there, and only the rest to `output`.", .called("path"),
            role: .output),
        .value(
            "train_share", \.trainShare, "Expected share of the training part.", .called("0-1"), must: .be(0...1)),
        .value("seed", \.seed, "Decides the split and the draw."),
        .flag("distinct", \.distinct, "Leave out problems that were there before, choices included."),
        .value(
            "limit", \.limit, "Draw at most so many problems of each part.", .called("n"), must: .bePositive),
        .flag("with_traces", \.withTraces, "Write the set's own solutions as traces too (gsm8k, math)."),
        .value(
            "instruction", \.instruction, "Put this before every problem, a blank line between.", .called("text")),
        .flag("force", \.force, "Replace existing outputs.", role: .output),
    ]

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        if output.isEmpty { throw SettingsError("output", "`output` must not be empty") }
        if holdout == output { throw SettingsError(nil, "`output` and `holdout` must differ") }
        if withTraces, format == .mmlu {
            throw SettingsError("with_traces", "mmlu has no solutions to write as traces")
        }
    }
}
