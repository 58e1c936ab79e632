/// Every number of an audit computed again from its evidence.
public struct AuditVerifySettings: JobSettings {
    /// The job's name.
    public static let job = "audit verify"

    /// The plan.
    public var plan = ""
    /// Where the keyring is: a file, `env:NAME`, or `command:COMMAND`.
    public var keyring = ""
    /// The evidence.
    public var evidence = ""
    /// Files to compare with the plan's digests.
    public var places = AuditFilePlaces()
    /// A report to compare; nil for none.
    public var report: String?

    /// Everything at its default.
    public init() {}

    /// Every setting, once.
    public static let schema: [Setting<AuditVerifySettings>] =
        [
            .value("plan", \.plan, "The plan.", .called("path"), role: .input, isRequired: true),
            .value(
                "keyring", \.keyring,
                "The keyring: a file (mode 0600), env:NAME, or command:COMMAND whose output is the keyring.",
                .called("keyring"), role: .secret, isRequired: true),
            .value("evidence", \.evidence, "The evidence.", .called("path"), role: .input, isRequired: true),
        ] + .group(\.places, section: "Files to compare with the plan's digests") + [
            .value("report", \.report, "A report to compare.", .called("path"), role: .input)
        ]
}
