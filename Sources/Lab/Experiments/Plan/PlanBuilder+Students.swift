extension PlanBuilder {
    /// The student after it has learnt.
    mutating func trained(_ context: Context, _ learnt: String) throws(ExperimentError) -> String {
        let students = experiment.models.students
        guard let student = students.first(where: { $0.name == context.attacker.student }) ?? students.first else {
            return ""
        }
        var arguments: [StageArgument] = [.text("train")]
        if let model = student.model { arguments += [.text("--model"), try input(model)] }
        if let initial = student.initial {
            arguments += [
                .text("--init"), try input(initial.configuration), .text("--tokenizer"), try input(initial.tokenizer),
            ]
        }
        arguments += [
            .text("--data"), .made(stage: learnt, file: File.traces), .text("-o"), .own(File.student), .text("--seed"),
            .text(String(context.seed)), .text("--json"),
        ]
        arguments += Self.options(experiment.training)
        // What is judged is a whole model.
        if experiment.training.contains(where: { $0.name == "lora-rank" }) { arguments.append(.text("--merge")) }
        var command = StageCommand(arguments: arguments + runtime, outputs: [File.student], result: File.result)
        command.resuming = ["--resume"]
        let count = Double(context.attacker.count ?? experiment.data.traces)
        let epochs = experiment.training.first { $0.name == "epochs" }?.value.flatMap(Double.init) ?? 1
        return add(.train, context.title, [command], seconds: Estimate.train * count * epochs)
    }

    mutating func evaluated(_ context: Context, _ student: String) throws(ExperimentError) -> String {
        var arguments: [StageArgument] = [
            .text("evaluate"), .text("--model"), .made(stage: student, file: File.student), .text("--problems"),
            try input(experiment.data.evaluation), .text("--json"), .text("--quiet"),
        ]
        if let limit = experiment.data.evaluationLimit { arguments += [.text("--limit"), .text(String(limit))] }
        arguments += Self.options(asking)
        return add(
            .evaluate, context.title, [StageCommand(arguments: arguments + runtime, result: File.result)],
            seconds: Estimate.evaluate * Double(experiment.data.evaluationLimit ?? 400))
    }

    private var asking: [Experiment.Setting] {
        experiment.sampling.filter { OptionTable.asking.contains($0.name) }
    }

    // MARK: The audit

    /// An audit of the student: run as planned, and verified.
    mutating func audited(_ context: Context, _ student: String) throws(ExperimentError) -> String? {
        guard let mark = context.point.watermark else { return nil }
        let plan = try auditPlan(mark)
        let planned: [StageArgument] = [.text("--plan"), .made(stage: plan, file: File.auditPlan)]
        let evidence: [StageArgument] = [
            .text("--evidence"), .own(File.evidence), .text("--report"), .own(File.report),
        ]
        let shared = planned + keys(nil) + evidence
        var running = Self.words("audit", "run") + shared
        running += [.text("--checkpoint"), .made(stage: student, file: File.student), .text("--quiet")]
        let run = StageCommand(arguments: running + runtime, outputs: [File.report], result: "run.txt")
        let verifying = Self.words("audit", "verify") + shared + Self.words("--json")
        let verify = StageCommand(arguments: verifying, result: "verify.json")
        return add(.audit, context.title, [run, verify], seconds: Estimate.audit)
    }

    /// The plan, which no student had a part in: one for each mark.
    private mutating func auditPlan(_ mark: DefencePoint.Watermark) throws(ExperimentError) -> String {
        let settings = experiment.audit
        let documents = try documents()
        var arguments: [StageArgument] = [
            .text("audit"), .text("plan"), .text("-o"), .own(File.auditPlan), .text("--suspect-kind"),
            .text("checkpoint"), .text("--tenant"),
            .text((0..<settings.tenants).map(ExperimentKeyring.tenant).joined(separator: ",")), .text("--test"),
            .text(settings.tests), .text("--scheme"), .text(mark.scheme), .text("--tokenizer"),
            try input(experiment.models.teacher), .text("--prompts"), try input(experiment.data.evaluation),
            .text("--outputs-per-prompt"), .text(String(settings.outputsPerPrompt)), .text("--temperature"), .text("1"),
            .text("--reference"), try input(experiment.models.teacher), .text("--documents"),
            .made(stage: documents, file: File.traces), .text("--alpha"), .text(ArgumentText.number(settings.alpha)),
            .text("--last"), .text("--decoy-keys"), .text(String(settings.decoyKeys)), .text("--title"),
            .text(mark.scheme),
        ]
        arguments += keys(nil) + Self.options(mark.shape)
        arguments += Self.options(
            asking.filter { ["max-new-tokens", "prompt-format", "separator"].contains($0.name) })
        var command = StageCommand(arguments: arguments, outputs: [File.auditPlan], result: "plan.txt")
        command.isResumable = false
        return add(.auditPlan, "plan of audits for \(mark.scheme)", [command], seconds: Estimate.auditPlan)
    }

    /// Unmarked texts of the teacher on the evaluation problems, with draws of their own.
    private mutating func documents() throws(ExperimentError) -> String {
        if let wanted = experiment.audit.documents {
            let path = experiment.data.evaluation
            let problems = try digests.lines(path)
            guard wanted <= problems else {
                throw .tooFewProblems(path: path, problems: problems, key: "documents", wanted: wanted)
            }
        }
        let count = experiment.audit.documents ?? AuditSettings.usualDocuments
        var arguments: [StageArgument] = [
            .text("sample"), .text("--teacher"), try input(experiment.models.teacher), .text("--prompts"),
            try input(experiment.data.evaluation), .text("--limit"), .text(String(count)), .text("-o"),
            .own(File.traces), .text("--seed"), .text("77"), .text("--temperature"), .text("1"), .text("--json"),
            .text("--quiet"),
        ]
        arguments += Self.options(asking)
        return add(
            .sample, "texts that suspects read",
            [StageCommand(arguments: arguments + runtime, outputs: [File.traces], result: File.result)],
            seconds: Estimate.sample * Double(count))
    }
}

/// Seconds on one core with models of the lab's size.
enum Estimate {
    /// A trace of about 31 tokens.
    static let sample = 0.0031
    /// How many times as long under a penalty.
    static let penalty = 2.4
    /// How many times as long when whole drafts are judged.
    static let judging = 1.8
    static func effort(needsProxy: Bool, settings: [Experiment.Setting]) -> Double {
        guard needsProxy else { return 1 }
        return settings.contains { ["strength", "lambda"].contains($0.name) } ? penalty : judging
    }
    static let gradient = 3.0
    /// A trace.
    static func rewriting(_ rewriting: Rewriting) -> Double {
        guard rewriting.needsProxy else { return 0.001 }
        // Random swaps are not looked for.
        if rewriting.settings.contains(.init(name: "gain", value: "random")) { return 0.01 }
        let candidates = rewriting.settings.first { $0.name == "swap-candidates" }?.value
        if candidates == nil || candidates == "0" { return 0.03 }
        let positions = rewriting.settings.first { $0.name == "swap-positions" }.flatMap {
            $0.value.flatMap(Double.init)
        }
        // All positions are about eight for each swap.
        return 0.02 + 0.02 * (positions.map { $0 == 0 ? 8 : $0 } ?? 4)
    }
    static let score = 0.004
    /// A request, if sixteen wait for a second or so each.
    static let judge = 0.1
    static let attack = 1.0
    /// A trace and epoch.
    static let train = 0.0052
    /// A problem.
    static let evaluate = 0.0025
    static let audit = 12.0
    static let auditPlan = 2.0
}
