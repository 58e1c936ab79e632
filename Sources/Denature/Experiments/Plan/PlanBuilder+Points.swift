extension PlanBuilder {
    /// Everything from the teacher to the judged student.
    mutating func point(_ context: Context) throws(ExperimentError) -> PlannedPoint {
        let sample = try sample(context, samples: context.attacker.samples)
        let kept = try kept(context, of: sample)
        let released = try rewritten(context, kept: kept)
        let score = context.point.rewriting.isEmpty ? nil : try score(context, released)
        let judgement = try experiment.judge.map { judge throws(ExperimentError) in
            try judged(judge, context, released)
        }
        let learnt = try attacked(context, released)
        let student = try trained(context, learnt)
        let evaluation = try evaluated(context, student)
        return PlannedPoint(
            seed: context.seed, sample: sample, kept: kept, released: released, score: score, judgement: judgement,
            learnt: learnt,
            evaluation: evaluation, audit: try audited(context, student))
    }

    /// The traces that a stage made.
    private func traces(_ stage: String) -> String { StagePath.made(stage: stage, file: File.traces).text }

    /// What goes on of the teacher's traces.
    private mutating func kept(_ context: Context, of sample: String) throws(ExperimentError) -> String {
        var stage = sample
        for (index, name) in context.point.keep.enumerated() {
            let count = index + 1 == context.point.keep.count ? experiment.data.traces : nil
            stage = try attack(context, name, of: stage, SettingPatch(), count)
        }
        return stage
    }

    // MARK: Rewriting

    private mutating func rewritten(_ context: Context, kept: String) throws(ExperimentError) -> String {
        var stage = kept
        for rewriting in context.point.rewriting {
            stage = try rewrite(rewriting, of: stage, context, tenant: context.tenant)
        }
        return stage
    }

    /// A run of `sanitize-traces` on what another stage made.
    private mutating func rewrite(
        _ rewriting: Experiment.Rewriting, of stage: String, _ context: Context, tenant: String
    ) throws(ExperimentError) -> String {
        let models =
            rewriting.needsProxy
            ? try proxyAndGradient(context.point.direction, lossTokens: rewriting.lossTokens) : nil
        let shared = experiment
        let (input, keyring) = (traces(stage), useKeyring())
        let settings = try settled(context.title) { () throws(SettingsError) in
            var settings = SanitizeSettings()
            settings.input = input
            settings.output = StagePath.own(File.traces).text
            settings.keyring = keyring
            settings.tenant = tenant
            settings.rewriter = rewriting.rewriter
            settings.watermark = []
            settings.seed = context.seed
            if let prompt = rewriting.prompt { settings.prompt = prompt.text }
            settings.promptFolder = rewriting.prompts
            try rewriting.settings.apply(to: &settings)
            if let models {
                settings.swapModels.proxy = models.proxy
                settings.swapModels.gradient = models.gradient
                if rewriting.needsTeacher { settings.swapModels.teacher = shared.models.teacher }
                try shared.runtime.apply(to: &settings)
            }
            if rewriting.needsEndpoint { settings.ledger = StagePath.own("ledger.sqlite").text }
            return settings
        }
        var call = StageCall(settings: settings, outputs: [File.traces], result: File.result)
        call.isResumable = rewriting.needsEndpoint
        call.beside = try content(of: rewriting.prompt, setting: "prompt")
        return try add(
            .rewrite, context.title, [call],
            seconds: Estimate.rewriting(settings)
                * Double(problems(context.defence, samples: context.attacker.samples)))
    }

    /// What the teacher thinks of rewritten traces.
    private mutating func score(_ context: Context, _ released: String) throws(ExperimentError) -> String {
        let shared = experiment
        let input = traces(released)
        let settings = try settled(context.title) { () throws(SettingsError) in
            var settings = ModelsScoreSettings()
            settings.model = shared.models.teacher
            settings.input = input
            let asking = shared.sampling.only(PromptSettings.schema.map(\.name))
            try asking.merged(with: shared.runtime).apply(to: &settings)
            return settings
        }
        return try add(
            .score, context.title, [StageCall(settings: settings, result: File.result)],
            seconds: Estimate.score * Double(problems(context.defence, samples: context.attacker.samples)))
    }

    private mutating func judged(
        _ judge: Experiment.Judge, _ context: Context, _ released: String
    ) throws(ExperimentError) -> String {
        let input = traces(released)
        let settings = try settled(context.title) { () throws(SettingsError) in
            var settings = JudgeSettings()
            settings.input = input
            settings.template = judge.template.text
            settings.limit = judge.traces
            settings.seed = context.seed
            try judge.settings.apply(to: &settings)
            return settings
        }
        var call = StageCall(settings: settings, result: File.result)
        call.beside = try content(of: judge.template, setting: "template")
        return try add(.judge, context.title, [call], seconds: Estimate.judge * Double(judge.traces))
    }

    // MARK: The attacker

    private mutating func attacked(_ context: Context, _ released: String) throws(ExperimentError) -> String {
        let attacker = context.attacker
        let count = attacker.count ?? experiment.data.traces
        var stage = released
        var steps = attacker.steps
        // Rewording cuts nothing off, so the number is cut before it.
        if steps.isEmpty || steps.allSatisfy(\.isParaphrase) {
            steps.insert(.command(NoAttacker.name, SettingPatch(), reference: nil), at: 0)
        }
        let last = steps.lastIndex { !$0.isParaphrase } ?? 0
        for (index, step) in steps.enumerated() {
            let limit = index == last ? count : nil
            switch step {
            case .command(let name, var settings, let reference):
                if let reference {
                    settings.set("reference", reference)
                    settings = settings.merged(with: experiment.runtime)
                }
                if AttackKind.named[name]?.isSeeded == true { settings.set("seed", String(context.seed)) }
                stage = try attack(context, name, of: stage, settings, limit)
            case .mixClean(let name, var settings):
                settings.set("clean", traces(try clean(named: name ?? experiment.baseline, context)))
                settings.set("seed", String(context.seed))
                stage = try attack(context, MixCleanAttacker.name, of: stage, settings, count)
            case .paraphrase(let rewriting):
                stage = try rewrite(rewriting, of: stage, context, tenant: ExperimentKeyring.attacker)
            }
        }
        return stage
    }

    mutating func attack(
        _ context: Context, _ name: String, of stage: String, _ patch: SettingPatch, _ count: Int?
    ) throws(ExperimentError) -> String {
        guard let kind = AttackKind.named[name] else { return stage }
        let attack = AttackCall(
            input: traces(stage), output: StagePath.own(File.traces).text, count: count, patch: patch)
        let settings = try settled(context.title) { () throws(SettingsError) in try kind.job(attack) }
        var call = StageCall(settings: settings, outputs: [File.traces], result: File.result)
        call.isResumable = false
        return try add(.attack, context.title, [call], seconds: Estimate.attack)
    }

    /// Traces of another defence, of the seed that the row does not use: nobody sells the same draws twice.
    mutating func clean(named name: String, _ context: Context) throws(ExperimentError) -> String {
        guard let defence = experiment.defences.first(where: { $0.name == name }), let point = defence.points.first
        else { return "" }
        let other = Context(
            defence: defence, point: point, attacker: .none, seed: context.seed &+ 1_000_000, tenant: context.tenant)
        return try rewritten(other, kept: kept(other, of: sample(other, samples: 1)))
    }
}

extension Experiment.AttackStep {
    fileprivate var isParaphrase: Bool {
        if case .paraphrase = self { true } else { false }
    }
}
