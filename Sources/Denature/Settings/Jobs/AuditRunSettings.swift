/// An audit carried out as it was planned.
public struct AuditRunSettings: JobSettings {
    /// The job's name.
    public static let job = "audit run"

    /// The plan.
    public var plan = ""
    /// Where the keyring is: a file, `env:NAME`, or `command:COMMAND`.
    public var keyring = ""
    /// The evidence: written, or gone on with.
    public var evidence = ""
    /// The suspect, where it is a checkpoint: its folder.
    public var checkpoint: String?
    /// The suspect, where only outputs of it are at hand: their file.
    public var outputs: String?
    /// The suspect, where it is an endpoint.
    public var endpoint = EndpointSettings()
    /// Where the plan's files are now.
    public var places = AuditFilePlaces()
    /// Where the report is written as JSON; nil for nowhere.
    public var report: String?
    /// Where the report is written as one HTML page; nil for nowhere.
    public var reportHTML: String?
    /// Sequences decoded together; changes no token.
    public var batchSize = 32
    /// Where the models' tensors are computed.
    public var runtime = RuntimeSettings()
    /// Begin anew, whatever the evidence file holds, and replace existing reports.
    public var force = false

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<AuditRunSettings>] =
        [
            .value("plan", \.plan, "The plan.", .called("path"), role: .input, isRequired: true),
            .value(
                "keyring", \.keyring,
                "The keyring: a file (mode 0600), env:NAME, or command:COMMAND whose output is the keyring.",
                .called("keyring"), role: .secret, isRequired: true),
            .value(
                "evidence", \.evidence, "The evidence: written, or gone on with.", .called("path"), role: .output,
                isRequired: true),
            .value(
                "checkpoint", \.checkpoint, "The suspect: a checkpoint's folder.", .called("dir"), role: .input),
            .value("outputs", \.outputs, "The suspect: a file of outputs.", .called("path"), role: .input),
        ] + .group(\.endpoint, section: "The suspect: an endpoint")
        + .group(\.places, section: "Where the plan's files are now")
        + [
            .value("report", \.report, "Write the report as JSON.", .called("path"), role: .output),
            .value(
                "report_html", \.reportHTML, "Write the report as one HTML page.", .called("path"), role: .output),
            .value(
                "batch_size", \.batchSize, "Sequences decoded together; changes no token.", .called("n"),
                role: .conduct, must: .be(1...4096)),
        ] + .group(\.runtime, section: "Runtime") + [
            .flag(
                "force", \.force, "Begin anew, whatever the evidence file holds, and replace existing reports.",
                role: .output)
        ]

    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {
        try endpoint.validateTogether()
        if [checkpoint, outputs, endpoint.endpoint].compactMap(\.self).count != 1 {
            throw SettingsError(nil, "one of `checkpoint`, `endpoint`, `outputs` names the suspect")
        }
        if evidence == plan { throw SettingsError("evidence", "`evidence` and `plan` are the same file") }
    }
}
