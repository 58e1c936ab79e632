extension PlanBuilder {
    /// The student after it has learnt.
    mutating func trained(_ context: Context, _ learnt: String) throws(ExperimentError) -> String {
        let students = experiment.models.students
        guard let student = students.first(where: { $0.name == context.attacker.student }) ?? students.first else {
            return ""
        }
        let first = try trained(context, student, on: learnt)
        guard let epochs = context.attacker.cleanEpochs else { return first }
        let clean = try attack(
            context, NoAttacker.name, of: clean(named: epochs.defence ?? experiment.baseline, context), SettingPatch(),
            experiment.data.traces)
        let path = StagePath.made(stage: first, file: File.student).text
        return try trained(context, .init(name: student.name, model: path), on: clean)
    }

    private mutating func trained(
        _ context: Context, _ student: Experiment.Student, on learnt: String
    ) throws(ExperimentError) -> String {
        let shared = experiment
        let settings = try settled(context.title) { () throws(SettingsError) in
            var settings = TrainSettings()
            settings.model = student.model
            settings.initialShape = student.initial?.configuration
            settings.tokenizer = student.initial?.tokenizer
            settings.data = StagePath.made(stage: learnt, file: File.traces).text
            settings.output = StagePath.own(File.student).text
            settings.seed = context.seed
            try shared.training.merged(with: shared.runtime).apply(to: &settings)
            // What is judged is a whole model.
            settings.merge = settings.learning.loraRank != nil
            return settings
        }
        var call = StageCall(settings: settings, outputs: [File.student], result: File.result)
        call.resuming = "resume"
        let count = Double(context.attacker.count ?? experiment.data.traces)
        return try add(.train, context.title, [call], seconds: Estimate.train * count * (settings.epochs ?? 1))
    }

    /// How many evaluation problems the student solves.
    mutating func evaluated(_ context: Context, _ student: String) throws(ExperimentError) -> String {
        let shared = experiment
        let settings = try settled(context.title) { () throws(SettingsError) in
            var settings = EvaluateSettings()
            settings.model = StagePath.made(stage: student, file: File.student).text
            settings.problems = shared.data.evaluation
            settings.limit = shared.data.evaluationLimit
            try shared.sampling.only(FileTables.asking).merged(with: shared.runtime).apply(to: &settings)
            return settings
        }
        return try add(
            .evaluate, context.title, [StageCall(settings: settings, result: File.result)],
            seconds: Estimate.evaluate * Double(experiment.data.evaluationLimit ?? 400))
    }

    // MARK: The audit

    /// An audit of the student: run as planned, and verified.
    mutating func audited(_ context: Context, _ student: String) throws(ExperimentError) -> String? {
        guard let audit = context.defence.audit else { return nil }
        let plan = StagePath.made(stage: try auditPlan(audit, context.point.watermark), file: File.auditPlan).text
        let (evidence, report) = (StagePath.own(File.evidence).text, StagePath.own(File.report).text)
        let (runtime, keyring) = (experiment.runtime, useKeyring())
        let running = try settled(context.title) { () throws(SettingsError) in
            var settings = AuditRunSettings()
            settings.plan = plan
            settings.keyring = keyring
            settings.evidence = evidence
            settings.report = report
            settings.checkpoint = StagePath.made(stage: student, file: File.student).text
            try runtime.apply(to: &settings)
            return settings
        }
        var verifying = AuditVerifySettings()
        verifying.plan = plan
        verifying.keyring = keyring
        verifying.evidence = evidence
        verifying.report = report
        return try add(
            .audit, context.title,
            [
                StageCall(settings: running, outputs: [File.report], result: "run.json"),
                StageCall(settings: verifying, result: "verify.json"),
            ], seconds: Estimate.audit)
    }

    /// The plan, which no student had a part in: one for each mark.
    private mutating func auditPlan(
        _ audit: Experiment.Audit, _ mark: Experiment.Watermark?
    ) throws(ExperimentError) -> String {
        let schemes = audit.schemes ?? mark?.scheme ?? ""
        let shared = experiment
        let documents = StagePath.made(stage: try documents(), file: File.traces).text
        let (title, keyring) = ("plan of audits for \(schemes)", useKeyring())
        let settings = try settled(title) { () throws(SettingsError) in
            var patch = shared.sampling.only(["max_new_tokens"] + PromptSettings.schema.map(\.name))
            if let mark { patch = patch.merged(with: mark.settings.only(["gamma", "layers", "context_width"])) }
            patch.set("test", audit.tests)
            patch.set("scheme", schemes)
            patch.set("suspect_kind", "checkpoint")
            var settings = AuditPlanSettings()
            settings.output = StagePath.own(File.auditPlan).text
            settings.keyring = keyring
            settings.tenants = (0..<shared.audit.tenants).map(ExperimentKeyring.tenant)
            settings.marks.tokenizer = shared.models.teacher
            settings.questions.prompts = shared.data.evaluation
            settings.reference = shared.models.teacher
            settings.documents = documents
            settings.isLast = true
            settings.title = schemes
            try patch.merged(with: audit.settings).apply(to: &settings)
            return settings
        }
        var call = StageCall(settings: settings, outputs: [File.auditPlan], result: "plan-report.json")
        call.isResumable = false
        return try add(.auditPlan, title, [call], seconds: Estimate.auditPlan)
    }
}
