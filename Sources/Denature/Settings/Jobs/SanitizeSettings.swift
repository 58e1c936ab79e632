import TraceRewriting
import Traces

/// Traces rewritten and marked; every final answer survives.
public struct SanitizeSettings: JobSettings {
    /// The job's name.
    public static let job = "sanitize-traces"

    /// The traces, or `-` for standard input.
    public var input = "-"
    /// Where they are written, or `-` for standard output.
    public var output = "-"
    /// Where the keyring is: a file, `env:NAME`, or `command:COMMAND`.
    public var keyring: String?
    /// The customer whose keys mark the traces.
    public var tenant: String?
    /// The keys' epoch; nil for the tenant's active one.
    public var epoch: String?
    /// Names of rewriters in order of preference, with commas between them; nil for the one that the marks ask for.
    public var rewriter: String?
    /// The marks to place; nil for the lexical one.
    public var watermark: TraceMarks.Order?
    /// Share of traces that carry a trigger.
    public var triggerShare = 0.1
    /// Pairs of the key that these traces tell.
    public var triggerPairs = 8
    /// The ledger (SQLite) that makes the job resumable.
    public var ledger: String?
    /// Decides every draw that no key decides.
    public var seed: UInt64 = 0
    /// The shape of the input; nil to recognise it.
    public var format: TraceFormat?
    /// Where texts stand in records of other shapes: `reasoning=PATH`, `answer=PATH`, `problem=PATH`.
    public var fields: [String] = []
    /// Paths that may keep a copy of the original reasoning.
    public var keepUnmarked: [String] = []
    /// Whether a record of which it is not certain what is reasoning makes the job incomplete.
    public var requireReasoning = false
    /// What becomes of traces for which nothing passes the gate.
    public var policy = FailurePolicy.passOriginal
    /// Passing candidates to choose among; nil for 1, or 4 with a selection mark.
    public var candidates: Int?
    /// Attempts per rewriter and candidate.
    public var attempts = 3
    /// The template of the rewriter `instruction` where it names none: a name or a `.md` file.
    public var prompt = "semantic"
    /// The folder of further templates.
    public var promptFolder: String?
    /// Let the endpoint answer from each new reasoning and compare.
    public var answerForcing = false
    /// Allowed length of new over old reasoning, in bytes.
    public var lengthRatio = 0.5...3
    /// The endpoint that instruction rewriters ask.
    public var endpoint = EndpointSettings()
    /// The models of the gradient rewriter.
    public var swapModels = SwapModelSettings()
    /// What the gradient rewriter may do.
    public var swaps = SwapSettings()
    /// Where the models' tensors are computed.
    public var runtime = RuntimeSettings()
    /// Store passing candidates' texts in the ledger.
    public var keepCandidates = false
    /// Take up the withheld and failed records of a finished job.
    public var retryFailed = false
    /// Replace an existing output.
    public var force = false
    /// The largest record accepted, in bytes.
    public var maxRecordBytes = LineReader.defaultMaxRecordBytes

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<SanitizeSettings>] =
        filesAndKeys + choices + .group(\.endpoint, section: "Endpoint") + .group(\.swapModels, section: "Gradient")
        + .group(\.swaps, section: "Gradient") + .group(\.runtime, section: "Runtime") + conduct

    private static let filesAndKeys: [Setting<SanitizeSettings>] = [
        .value("input", \.input, "The traces, or - for standard input.", role: .input, isPositional: true),
        .value(
            "output", \.output, "Where to write, or - for standard output.", .called(letter: "o"), role: .output),
        .value(
            "keyring", \.keyring, "Keyring: a file, env:NAME, or command:COMMAND.", .called("keyring"), role: .secret),
        .value("tenant", \.tenant, "The customer whose keys mark the traces."),
        .value("epoch", \.epoch, "The keys' epoch (default: the tenant's active one)."),
    ]

    private static let choices: [Setting<SanitizeSettings>] = [
        .value("rewriter", \.rewriter, "Rewriters in order of preference.", .called("list")),
        .value("watermark", \.watermark, "Marks to place.", .called("list")),
        .value(
            "trigger_share", \.triggerShare, "Share of traces that carry a trigger.", .called("0-1"), must: .be(0...1)),
        .value(
            "trigger_pairs", \.triggerPairs,
            "Pairs of the key that these traces tell; audits ask for as many. Fewer are told oftener.", .called("n"),
            must: .be(1...1000)),
        .value(
            "ledger", \.ledger, "Ledger (SQLite) that makes the job resumable.", .called("path"), role: .output),
        .value("seed", \.seed, "Decides every draw that no key decides."),
        .value("format", \.format, "Shape of the input.", .called("format")),
        .list(
            "field", \.fields, "Where texts stand in other shapes: reasoning=PATH, answer=PATH, problem=PATH.",
            .called("role=path")),
        .list(
            "keep_unmarked", \.keepUnmarked, "A member that may keep a copy of the original reasoning.", .called("path")
        ),
        .flag(
            "require_reasoning", \.requireReasoning,
            "Exit with status 3 if it is not certain of some record what is reasoning.", role: .conduct),
        .value("policy", \.policy, "Traces for which nothing passes the gate."),
        .value(
            "candidates", \.candidates, "Passing candidates to choose among (default 1; 4 with selection).",
            .called("k"), must: .be(1...1000)),
        .value("attempts", \.attempts, "Attempts per rewriter and candidate.", .called("n"), must: .be(1...1000)),
        .value(
            "prompt", \.prompt, "Template of the rewriter 'instruction': a name or a .md file.", .called("template")),
        .value("prompts", \.promptFolder, "Folder of further templates.", .called("dir"), role: .input),
        .flag("answer_forcing", \.answerForcing, "Let the endpoint answer from each new reasoning and compare."),
        .value(
            "length_ratio", \.lengthRatio, "Allowed length of new over old reasoning.", .called("low:high"),
            must: .init("begin at 0 or above, and end") { $0.lowerBound >= 0 && $0.upperBound.isFinite }),
    ]

    private static let conduct: [Setting<SanitizeSettings>] = [
        .flag("keep_candidates", \.keepCandidates, "Store passing candidates' texts in the ledger."),
        .flag(
            "retry_failed", \.retryFailed, "Take up the withheld and failed records of a finished job.", role: .conduct),
        .flag("force", \.force, "Replace an existing output.", role: .output),
        .value(
            "max_record_bytes", \.maxRecordBytes, "Largest record accepted.", .called("bytes"), role: .conduct,
            must: .bePositive),
    ]

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        try endpoint.validateTogether()
        try swapModels.validateTogether()
        try TraceFieldPaths.check(fields)
        for path in keepUnmarked where TraceFieldPaths.Path(path) == nil {
            throw SettingsError("keep_unmarked", "`keep_unmarked` '\(path)' is not a path of members")
        }
        for (name, path) in [("input", input), ("output", output)] where path.isEmpty {
            throw SettingsError(name, "`\(name)` must not be empty")
        }
        if keyring != nil, tenant == nil, watermark != [] {
            throw SettingsError("tenant", "`keyring` needs a `tenant`")
        }
    }

    /// The paths of ``fields``; nil where there are none.
    var fieldPaths: TraceFieldPaths? { try? TraceFieldPaths(fields) }
}
