import Auditing
import KeyedPRF

/// An audit from its settings: plan, keyring and suspect are read from where they say, the reports written to where they say.
///
///     var settings = AuditRunSettings()
///     settings.plan = "plan.json"
///     settings.keyring = "keyring.json"
///     settings.evidence = "evidence.jsonl"
///     settings.endpoint.endpoint = "https://suspect.example/v1"
///     let report = try await AuditRunner(settings).run().report()
public struct AuditRunner: Sendable {
    /// What is audited, and how.
    public let settings: AuditRunSettings
    private let models: (any AuditModels)?

    /// - Parameters:
    ///   - settings: What is audited, and how.
    ///   - models: Loads checkpoints, where the suspect or the reference is one.
    /// - Throws: ``SettingsError``.
    public init(_ settings: AuditRunSettings, models: (any AuditModels)? = nil) throws(SettingsError) {
        try settings.validate()
        if settings.checkpoint != nil, models == nil {
            throw SettingsError("checkpoint", "a `checkpoint` needs a program with models")
        }
        self.settings = settings
        self.models = models
    }

    /// Runs the audit, or goes on with one. Errors of the run: those of ``Auditor/run(_:evidence:force:)``, and
    /// `KeyedPRFError` for a keyring that cannot be read.
    public func run() -> JobRun<AuditProgress, AuditReport> {
        JobRun { reporter in
            let files = AuditReportFiles(json: settings.report, html: settings.reportHTML, force: settings.force)
            try files.check()
            let keyring = try Keyring.load(Keyring.Source(argument: settings.keyring))
            let plan = try SealedAuditPlan.read(path: settings.plan, keyring: keyring)
            try requireKind(plan.plan)
            let auditor = try Auditor(plan: plan, keyring: keyring, files: settings.places, models: models)
            let ledgerKey = try keyring.ledgerKey().keyID
            let report = try await auditor.audit(
                suspect(), evidence: settings.evidence, force: settings.force,
                settings: { try identity(plan, suspect: $0, ledgerKey: ledgerKey).values }, reporter)
            try files.write(report)
            return report
        }
    }

    /// Before anything of the suspect is read.
    private func requireKind(_ plan: AuditPlan) throws(SettingsError) {
        let given: AuditPlan.SuspectKind =
            settings.checkpoint != nil ? .checkpoint : settings.outputs != nil ? .outputs : .endpoint
        guard given == plan.suspect else {
            throw SettingsError(
                nil, "the plan is for a suspect of kind \(plan.suspect.rawValue), not \(given.rawValue)")
        }
    }

    private func suspect() throws -> any AuditSuspect {
        if let folder = settings.checkpoint, let models { return models.suspect(folder) }
        if let path = settings.outputs { return try CollectedOutputs(path: path) }
        return try EndpointSuspect(settings.endpoint)
    }

    /// What makes a run another one: every setting that decides what it finds. The plan's files count as the plan has them,
    /// so that it does not matter where they are.
    private func identity(_ plan: SealedAuditPlan, suspect: String?, ledgerKey: String) throws -> JobIdentity {
        var resolved = settings
        resolved.places = settings.places.completed(by: plan.plan)
        var identity = try JobIdentity(of: resolved) { name, path in
            switch name {
            case "plan": try plan.digest
            case "checkpoint", "outputs": try suspect ?? AuditFiles.digest(path)
            default:
                try AuditFileRole(rawValue: name).flatMap { plan.plan.file($0)?.sha256 } ?? AuditFiles.digest(path)
            }
        }
        identity.add("keyring", ledgerKey)
        return identity
    }
}
