import Marks
import Traces

/// Texts or token ids tested for marks.
public struct DetectSettings: JobSettings {
    /// The job's name.
    public static let job = "detect"

    /// The texts; `-` for standard input.
    public var file = "-"
    /// Where the keyring is: a file, `env:NAME`, or `command:COMMAND`.
    public var keyring: String?
    /// Only this customer's keys; nil for every tenant's.
    public var tenant: String?
    /// Only this epoch; nil for every epoch.
    public var epoch: String?
    /// The marks to test for, with commas between them; nil for all marks of texts.
    public var scheme: String?
    /// The shape of the input; nil to recognise it.
    public var format: TraceFormat?
    /// Where texts stand in records of other shapes: `reasoning=PATH`, `answer=PATH`, `problem=PATH`.
    public var fields: [String] = []
    /// The family-wise level of the verdicts, or a parameter of the one scheme that has one of this name.
    public var alpha: Double?
    /// The family-wise level of the verdicts, whatever `alpha` is.
    public var level: Double?
    /// Also test every trace by itself.
    public var perTrace = false
    /// MiB for the set of distinct contexts; beyond it the disk is used.
    public var memory = 96
    /// The largest record accepted, in bytes.
    public var maxRecordBytes = LineReader.defaultMaxRecordBytes
    /// What concerns token ids.
    public var tokenIDs = TokenIDSettings()

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<DetectSettings>] =
        [
            .value(
                "file", \.file, "The texts, or - for standard input.", .called("file"), role: .input,
                isPositional: true),
            .value(
                "keyring", \.keyring,
                "The keyring: a file (mode 0600), env:NAME, or command:COMMAND whose output is the keyring.",
                .called("keyring"), role: .secret),
            .value("tenant", \.tenant, "Test this customer's keys only (default: every tenant's)."),
            .value("epoch", \.epoch, "Test this epoch only (default: every epoch)."),
            .value(
                "scheme", \.scheme,
                "Marks to test for (default: \(MarkRegistry.standard.textNames.joined(separator: ","))).",
                .called("list")),
            .value("format", \.format, "Shape of the input.", .called("format")),
            .list(
                "field", \.fields, "Where texts stand in other shapes: reasoning=PATH, answer=PATH, problem=PATH.",
                .called("role=path")),
            .value(
                "alpha", \.alpha,
                "Family-wise level of the verdicts (default: 0.01); where the one scheme has an alpha, that.",
                .called("alpha")),
            .value("level", \.level, "Family-wise level of the verdicts, whatever `alpha` is.", .called("level")),
            .flag("per_trace", \.perTrace, "Also test every trace by itself, one line each."),
            .value(
                "memory", \.memory, "Memory for the set of distinct contexts; beyond it the disk is used.",
                .called("MiB"), role: .conduct, must: .be(1...1 << 20)),
            .value(
                "max_record_bytes", \.maxRecordBytes, "Largest record accepted.", .called("bytes"),
                role: .conduct, must: .bePositive),
        ] + .group(\.tokenIDs, section: "Token ids")

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        try tokenIDs.validateTogether()
        try TraceFieldPaths.check(fields)
        if tokenIDs.tokens != nil, file != "-" {
            throw SettingsError("tokens", "`tokens` and a file of texts cannot be tested together")
        }
        // What `alpha` means to a scheme that only a program's own registry knows is checked where that is.
        let names = tokenIDs.areUsed ? names ?? [] : []
        if names.allSatisfy({ MarkRegistry.standard.tokenScheme(named: TokenMarkName($0)) != nil }) {
            try checkLevel(in: .standard)
        }
    }

    func checkLevel(in registry: MarkRegistry) throws(SettingsError) {
        let value = verdictLevel(in: registry)
        guard value > 0, value < 1 else {
            let name = level == nil ? "alpha" : "level"
            throw SettingsError(name, "`\(name)` must lie between 0 and 1")
        }
    }

    /// The items of `scheme`.
    var names: [String]? {
        scheme.map { $0.split(separator: ",").map { String($0.trimmingPrefix { $0 == " " }) } }
    }

    /// Whether `alpha` is a parameter of the one scheme that is tested.
    func alphaIsParameter(in registry: MarkRegistry) -> Bool {
        guard tokenIDs.areUsed, let names, names.count == 1 else { return false }
        return registry.tokenScheme(named: TokenMarkName(names[0]))?.parameterDescriptions
            .contains { $0.option == "alpha" } ?? false
    }

    /// The family-wise level of the verdicts.
    func verdictLevel(in registry: MarkRegistry) -> Double {
        level ?? (alphaIsParameter(in: registry) ? nil : alpha) ?? 0.01
    }
}
