import PromptSearch
import Traces

/// A search for the rewriting instruction that costs students most.
public struct OptimizePromptSettings: JobSettings {
    /// The job's name.
    public static let job = "optimize-prompt"

    /// The traces to draw the sample from.
    public var traces = ""
    /// Their shape; nil to recognise it.
    public var format: TraceFormat?
    /// Traces that every instruction is tried on.
    public var sample = 100
    /// The folder of the search.
    public var work = ""
    /// The template to write.
    public var output = ""
    /// Replace an existing template.
    public var force = false
    /// Rounds of proposals. A finished search goes on when it is given more.
    public var rounds = 5
    /// New instructions in each round.
    public var proposals = 3
    /// How often each of them is asked for.
    public var proposalAttempts = 3
    /// The best instructions that the optimizer is shown.
    public var history = 10
    /// Text files with first instructions, separated by commas; nil for those that the program carries.
    public var start: String?
    /// Longest instruction in bytes.
    public var maxInstructionBytes = 2_000
    /// What of a student counts; nil for accuracy with problems, else loss.
    public var measure: SearchMeasure?
    /// Weight of the share of traces that were not rewritten.
    public var penalty = 1.0
    /// Attempts per trace.
    public var attempts = 2
    /// Allowed length of new over old reasoning.
    public var lengthRatio = 0.5...3
    /// The rewriter's sampling temperature.
    public var temperature = 0.7
    /// The most tokens of a rewriting.
    public var maxTokens = 4_096
    /// Decides every draw.
    public var seed: UInt64 = 0
    /// How students are trained and judged.
    public var students = PromptStudentSettings()
    /// The endpoint that rewrites.
    public var rewriter = EndpointSettings()
    /// The endpoint that proposes.
    public var optimizer = OptimizerSettings()
    /// The rewriter's prices of a million tokens read and written.
    public var rewriterPrice: TokenPrice?
    /// Where tensors are computed.
    public var runtime = RuntimeSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<OptimizePromptSettings>] =
        [
            .value(
                "traces", \.traces, "The traces to draw the sample from.", .called("path"), role: .input,
                isRequired: true),
            .value("format", \.format, "Shape of the traces.", .called("format")),
            .value("sample", \.sample, "Traces that every instruction is tried on.", .called("n"), must: count),
            .value("work", \.work, "The folder of the search.", .called("dir"), role: .output, isRequired: true),
            .value(
                "output", \.output, "The template to write.", .called("prompts/NAME.md", letter: "o"), role: .output,
                isRequired: true, must: .init("be a .md file") { $0.hasSuffix(".md") }),
            .flag("force", \.force, "Replace an existing template.", role: .output),
            // More rounds go on with what is there.
            .value("rounds", \.rounds, "Rounds of proposals.", role: .conduct, must: .be(0...10_000)),
            .value("proposals", \.proposals, "New instructions in each round.", must: count),
            .value(
                "proposal_attempts", \.proposalAttempts, "How often each of them is asked for.", .called("n"),
                must: count),
            .value(
                "history", \.history, "The best instructions that the optimizer is shown.", .called("n"), must: count),
            .value(
                "start", \.start, "Text files with first instructions, separated by commas.", .called("files"),
                role: .input),
            .value(
                "max_instruction_bytes", \.maxInstructionBytes, "Longest instruction.", .called("bytes"),
                must: .be(16...100_000)),
            .value("measure", \.measure, "What of a student counts (default: accuracy with `problems`)."),
            .value(
                "penalty", \.penalty, "Weight of the share of traces that were not rewritten.", .called("x"),
                must: .be(0...)),
            .value("attempts", \.attempts, "Attempts per trace.", .called("n"), must: count),
            .value(
                "length_ratio", \.lengthRatio, "Allowed length of new over old reasoning.", .called("low:high")),
            .value(
                "temperature", \.temperature, "The rewriter's sampling temperature.", .called("t"), must: .be(0...2)),
            .value("max_tokens", \.maxTokens, "The most tokens of a rewriting.", .called("n"), must: count),
            .value("seed", \.seed, "Decides every draw."),
        ] + .group(\.students, section: "Students") + .group(\.rewriter, section: "Rewriter")
        + .group(\.optimizer, section: "Optimizer") + [
            .value(
                "rewriter_price", \.rewriterPrice, "Prices of a million tokens read and written.", .called("in:out"),
                role: .conduct)
        ] + .group(\.runtime, section: "Runtime")

    private static var count: Setting<OptimizePromptSettings>.Bound<Int> { .be(1...65_535) }

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        try students.validateTogether()
        try rewriter.validateTogether()
        try optimizer.validateTogether()
        if rewriter.endpoint == nil { throw SettingsError("endpoint", "the rewriter needs an `endpoint`") }
        if measure == .loss, students.holdout == nil {
            throw SettingsError("holdout", "the `measure` loss needs `holdout`")
        }
        if measure == .accuracy, students.problems == nil {
            throw SettingsError("problems", "the `measure` accuracy needs `problems`")
        }
        switch runtime.dtype {
        case nil, .float32, .bfloat16: break
        case .float16, .float64: throw SettingsError("dtype", "`dtype`: training computes in float32 or bfloat16")
        }
    }
}
