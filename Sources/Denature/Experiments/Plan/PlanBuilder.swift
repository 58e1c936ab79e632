import Lab

/// Turns defences, attackers and seeds into stages; what two rows share is one stage.
struct PlanBuilder {
    let experiment: Experiment
    let program: String
    private(set) var stages: [Stage] = []
    private(set) var needsKeyring = false
    private var names: Set<String> = []
    private(set) var digests = InputDigests()
    /// Where the defence at hand begins in the file.
    private var line = 1

    /// The names of files in stages' folders.
    enum File {
        static let traces = "traces.jsonl"
        static let result = "result.json"
        static let gradient = "gradient.safetensors"
        static let student = "student"
        static let auditPlan = "plan.json"
        static let evidence = "evidence.jsonl"
        static let report = "report.json"
    }

    init(_ experiment: Experiment, program: String) {
        self.experiment = experiment
        self.program = program
    }

    mutating func rows() throws(ExperimentError) -> [PlannedRow] {
        var rows: [PlannedRow] = []
        for defence in experiment.defences where experiment.isShown(defence.name) {
            line = defence.line
            let attackers = [.none] + experiment.attackers.filter { defence.attackers.contains($0.name) }
            for point in defence.points {
                for attacker in attackers {
                    var row = PlannedRow(
                        defence: defence.name, label: point.label, attacker: attacker.name,
                        against: defence.against ?? (defence.name == experiment.baseline ? nil : experiment.baseline),
                        points: [], isRewritten: !point.rewriting.isEmpty, tenants: [])
                    for (index, seed) in experiment.seeds.enumerated() {
                        let context = Context(
                            defence: defence, point: point, attacker: attacker, seed: seed,
                            tenant: tenant(index))
                        row.points.append(try self.point(context))
                        if defence.audit != nil { row.tenants.append(point.isMarked ? context.tenant : "") }
                    }
                    rows.append(row)
                }
            }
        }
        return rows
    }

    /// What a stage is for.
    struct Context {
        var defence: Experiment.Defence
        var point: Experiment.Point
        var attacker: Experiment.Attacker
        var seed: UInt64
        var tenant: String

        /// For people: "penalty strength 0.3, answer-filter, seed 1".
        var title: String {
            ExperimentTable.name(defence.name, point.label)
                + (attacker.name == ExperimentTable.noAttacker ? "" : ", " + attacker.name) + ", seed \(seed)"
        }
    }

    /// The customer whose key marks with a seed's index.
    private func tenant(_ index: Int) -> String { ExperimentKeyring.tenant(index % experiment.audit.tenants) }

    // MARK: Adding stages

    /// Adds a stage unless it is there, and gives its name.
    ///
    /// - Throws: `ExperimentError.unusable` for settings that the job would refuse, `unreadable` naming an input.
    mutating func add(
        _ kind: Stage.Kind, _ title: String, _ calls: [StageCall], seconds: Double
    ) throws(ExperimentError) -> String {
        var identities: [JobIdentity] = []
        for call in calls {
            try settled(title) { () throws(SettingsError) in try call.settings.validate() }
            identities.append(try identity(of: call.settings, beside: call.beside))
        }
        let stage = Stage(
            kind: kind, title: title, calls: calls, identities: identities, program: program, estimate: seconds)
        if names.insert(stage.name).inserted { stages.append(stage) }
        return stage.name
    }

    private mutating func identity<Settings: JobSettings>(
        of settings: Settings, beside: [String: String]
    ) throws(ExperimentError) -> JobIdentity {
        var identity: JobIdentity
        do {
            identity = try JobIdentity(of: settings) { _, path in
                switch StagePath(text: path) {
                case .made(let stage, let file): "\(stage)/\(file)"
                case .own(let file), .shared(let file): file
                case nil: try digests.input(path).digest
                }
            }
        } catch let error as ExperimentError {
            throw error
        } catch {
            throw .unreadable(path: experiment.file, reason: "\(error)")
        }
        if settings.paths.contains(keyring) { identity.add("keyring", ExperimentKeyring.name) }
        for (name, text) in beside { identity.add(name, text) }
        return identity
    }

    /// Puts settings together; what is wrong with them is said with the defence's line.
    func settled<Value>(
        _ title: String, _ body: () throws(SettingsError) -> Value
    ) throws(ExperimentError) -> Value {
        do throws(SettingsError) {
            return try body()
        } catch {
            let message = error.description(naming: { "'" + $0.replacing("_", with: "-") + "'" })
            throw .unusable(
                ExperimentFileError(file: experiment.file, line: line, message: "\(title): \(message)"))
        }
    }

    /// The keyring's place; it is always the same keyring.
    var keyring: String { StagePath.shared(ExperimentPlan.keyringFile).text }

    mutating func useKeyring() -> String {
        needsKeyring = true
        return keyring
    }

    /// What a template's file counts for in the identity of a job, under the setting that names it; of a shipped one the
    /// program's digest is enough.
    mutating func content(
        of template: Experiment.Template?, setting: String
    ) throws(ExperimentError) -> [String: String] {
        guard case .file(let path)? = template else { return [:] }
        return [setting: try digests.input(path).digest]
    }

    /// How many problems there are in a file.
    mutating func problems(in path: String) throws(ExperimentError) -> Int {
        _ = try digests.input(path)
        return try digests.lines(path)
    }
}

extension Experiment.Template {
    /// As settings take it.
    var text: String {
        switch self {
        case .shipped(let name): name
        case .file(let path): path
        }
    }
}
