/// Turns defences, attackers and seeds into stages; what two rows share is one stage.
struct PlanBuilder {
    let experiment: Experiment
    let version: String
    private(set) var stages: [Stage] = []
    private(set) var needsKeyring = false
    private var names: Set<String> = []
    private(set) var digests = InputDigests()

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

    init(_ experiment: Experiment, version: String) {
        self.experiment = experiment
        self.version = version
    }

    mutating func rows() throws(ExperimentError) -> [PlannedRow] {
        var rows: [PlannedRow] = []
        for defence in experiment.defences {
            let attackers = [Attacker.none] + experiment.attackers.filter { defence.attackers.contains($0.name) }
            for point in defence.points {
                for attacker in attackers {
                    var row = PlannedRow(
                        defence: defence.name, label: point.label, attacker: attacker.name,
                        against: defence.against ?? (defence.name == experiment.baseline ? nil : experiment.baseline),
                        points: [], isRewritten: !point.rewriting.isEmpty, tenants: [])
                    for (index, seed) in experiment.seeds.enumerated() {
                        let context = Context(
                            defence: defence, point: point, attacker: attacker, seed: seed,
                            tenant: tenant(index, point))
                        row.points.append(try self.point(context))
                        if defence.isAudited { row.tenants.append(context.tenant) }
                    }
                    rows.append(row)
                }
            }
        }
        return rows
    }

    /// What a stage is for.
    struct Context {
        var defence: Defence
        var point: DefencePoint
        var attacker: Attacker
        var seed: UInt64
        var tenant: String

        /// For people: "penalty strength 0.3, answer-filter, seed 1".
        var title: String {
            PlannedRow.name(defence.name, point.label)
                + (attacker.name == Attacker.none.name ? "" : ", " + attacker.name) + ", seed \(seed)"
        }
    }

    /// The customer whose key marks with a seed's index.
    private func tenant(_ index: Int, _ point: DefencePoint) -> String {
        ExperimentKeyring.tenant(index % experiment.audit.tenants)
    }

    // MARK: Adding stages

    /// Adds a stage unless it is there, and gives its name.
    mutating func add(
        _ kind: Stage.Kind, _ title: String, _ commands: [StageCommand], seconds: Double
    ) -> String {
        let stage = Stage(kind: kind, title: title, commands: commands, version: version, estimate: seconds)
        if names.insert(stage.name).inserted { stages.append(stage) }
        return stage.name
    }

    mutating func input(_ path: String) throws(ExperimentError) -> StageArgument { .input(try digests.input(path)) }

    /// The keyring's argument; it is always the same keyring.
    mutating func keys(_ tenant: String?) -> [StageArgument] {
        needsKeyring = true
        let keyring = InputFile(path: ExperimentPlan.keyringFile, digest: ExperimentKeyring.name)
        return [.text("--keyring"), .input(keyring)] + (tenant.map { [.text("--tenant"), .text($0)] } ?? [])
    }

    /// Arguments as they stand.
    static func words(_ texts: String...) -> [StageArgument] { texts.map { .text($0) } }

    static func options(_ settings: [Experiment.Setting]) -> [StageArgument] {
        settings.flatMap { setting -> [StageArgument] in
            [.text("--" + setting.name)] + (setting.value.map { [.text($0)] } ?? [])
        }
    }

    /// Settings where later ones win.
    static func merged(_ lists: [Experiment.Setting]...) -> [Experiment.Setting] {
        var merged: [Experiment.Setting] = []
        for setting in lists.joined() {
            if let place = merged.firstIndex(where: { $0.name == setting.name }) {
                merged[place] = setting
            } else {
                merged.append(setting)
            }
        }
        return merged
    }

    var runtime: [StageArgument] { Self.options(experiment.runtime) }
}
