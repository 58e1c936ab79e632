extension PlanBuilder {
    /// Everything from the teacher to the judged student.
    mutating func point(_ context: Context) throws(ExperimentError) -> PlannedPoint {
        let attacker = context.attacker
        let sample = try sample(context, samples: attacker.samples)
        let released = try rewritten(context, sample: sample)
        let score = context.point.rewriting.isEmpty ? nil : try score(context, released)
        let judgement = try experiment.judge.map { judge throws(ExperimentError) in
            try judged(judge, context, released)
        }
        let learnt = try attacked(context, released)
        let student = try trained(context, learnt)
        let evaluation = try evaluated(context, student)
        return PlannedPoint(
            seed: context.seed, sample: sample, released: released, score: score, judgement: judgement, learnt: learnt,
            evaluation: evaluation, audit: context.defence.isAudited ? try audited(context, student) : nil)
    }

    // MARK: The teacher

    /// How many problems traces are released for: the same for all attackers of a defence, so that its traces are made once.
    private func problems(_ defence: Defence, samples: Int) -> Int {
        let attackers = [Attacker.none] + experiment.attackers.filter { defence.attackers.contains($0.name) }
        return attackers.filter { $0.samples == samples }.map(problems).max() ?? experiment.data.traces
    }

    private func problems(_ attacker: Attacker) -> Int {
        let count = attacker.count ?? experiment.data.traces
        return attacker.pool ?? (attacker.steps.contains(where: \.drops) ? max(count, experiment.data.pool) : count)
    }

    private mutating func sample(_ context: Context, samples: Int) throws(ExperimentError) -> String {
        let limit = problems(context.defence, samples: samples)
        let point = context.point
        let settings = Self.merged(experiment.sampling, point.sampling)
        let drafts = settings.first { $0.name == "drafts" }?.value.flatMap(Int.init) ?? 1
        var arguments: [StageArgument] = [
            .text("sample"), .text("--teacher"), try input(experiment.models.teacher),
            .text("--prompts"), try input(experiment.data.prompts), .text("--limit"), .text(String(limit)),
            .text("-o"), .own(File.traces), .text("--seed"), .text(String(context.seed)), .text("--json"),
            .text("--quiet"),
        ]
        if samples > 1, drafts == 1 { arguments += [.text("--samples-per-prompt"), .text(String(samples))] }
        arguments += Self.options(settings)
        if point.needsProxy { arguments += try proxyAndGradient(point.direction) }
        if let mark = point.watermark {
            arguments += [.text("--watermark"), .text(mark.scheme)] + Self.options(mark.shape + mark.embedding)
            if mark.readsProxy, !point.needsProxy, let proxy = experiment.models.proxy {
                arguments += [.text("--fingerprint-proxy"), try input(proxy)]
            }
        }
        let needsKey = settings.contains { $0.name == "select" && ["marked", "both"].contains($0.value) }
        if point.watermark != nil || needsKey { arguments += keys(context.tenant) }
        let perTrace =
            Estimate.sample * Estimate.effort(needsProxy: point.needsProxy, settings: settings) * Double(drafts)
        return add(
            .sample, context.title,
            [StageCommand(arguments: arguments + runtime, outputs: [File.traces], result: File.result)],
            seconds: perTrace * Double(limit * (drafts == 1 ? samples : 1)))
    }

    /// - Parameter lossTokens: What the gradient's loss is taken of; nil for the experiment's gradient.
    private mutating func proxyAndGradient(
        _ direction: DefencePoint.Direction, lossTokens: String? = nil
    ) throws(ExperimentError) -> [StageArgument] {
        guard let proxy = experiment.models.proxy else { return [] }
        let gradient: StageArgument?
        if let lossTokens, let holdout = experiment.models.holdout {
            gradient = try self.gradient(of: holdout, proxy, lossTokens)
        } else {
            gradient = try self.gradient(direction)
        }
        guard let gradient else { return [] }
        return [.text("--proxy"), try input(proxy), .text("--gradient"), gradient]
    }

    private mutating func gradient(
        of holdout: String, _ proxy: String, _ lossTokens: String? = nil
    ) throws(ExperimentError) -> StageArgument {
        let arguments: [StageArgument] = [
            .text("gradient"), .text("--proxy"), try input(proxy), .text("--holdout"), try input(holdout),
            .text("-o"), .own(File.gradient), .text("--json"),
        ]
        let tokens = lossTokens.map { Self.words("--loss-tokens", $0) } ?? []
        let title = lossTokens.map { "gradient (\($0))" } ?? "gradient"
        return .made(stage: gradientStage(arguments + tokens + runtime, title), file: File.gradient)
    }

    private mutating func gradient(
        _ direction: DefencePoint.Direction
    ) throws(ExperimentError) -> StageArgument? {
        let base: StageArgument
        switch experiment.models.gradient {
        case nil: return nil
        case .file(let path): base = try input(path)
        case .holdout(let path):
            guard let proxy = experiment.models.proxy else { return nil }
            base = try self.gradient(of: path, proxy)
        }
        guard direction != .gradient else { return base }
        let option = direction == .random ? "--random" : "--negate"
        var arguments: [StageArgument] = [.text("gradient"), .text(option), base, .text("-o"), .own(File.gradient)]
        arguments += direction == .random ? Self.words("--seed", "1", "--json") : Self.words("--json")
        return .made(stage: gradientStage(arguments, direction.rawValue + " direction"), file: File.gradient)
    }

    private mutating func gradientStage(_ arguments: [StageArgument], _ title: String) -> String {
        var command = StageCommand(arguments: arguments, outputs: [File.gradient], result: File.result)
        command.isResumable = false
        return add(.gradient, title, [command], seconds: Estimate.gradient)
    }

    // MARK: Rewriting

    private mutating func rewritten(_ context: Context, sample: String) throws(ExperimentError) -> String {
        var stage = sample
        for rewriting in context.point.rewriting {
            stage = try rewrite(rewriting, of: stage, context, tenant: context.tenant)
        }
        return stage
    }

    /// A run of `sanitize-traces` on what another stage made.
    private mutating func rewrite(
        _ rewriting: Rewriting, of stage: String, _ context: Context, tenant: String
    ) throws(ExperimentError) -> String {
        var settings = rewriting.settings
        if !settings.contains(where: { $0.name == "watermark" }) {
            settings.append(.init(name: "watermark", value: "none"))
        }
        var arguments: [StageArgument] = [
            .text("sanitize-traces"), .made(stage: stage, file: File.traces), .text("-o"), .own(File.traces),
            .text("--rewriter"), .text(rewriting.rewriter), .text("--seed"), .text(String(context.seed)),
            .text("--json"),
            .text("--quiet"),
        ]
        arguments += Self.options(settings) + keys(tenant)
        if let prompt = rewriting.prompt { arguments += [.text("--prompt"), try template(prompt)] }
        if let folder = rewriting.prompts { arguments += [.text("--prompts"), try input(folder)] }
        if rewriting.needsProxy {
            arguments += try proxyAndGradient(context.point.direction, lossTokens: rewriting.lossTokens) + runtime
            if rewriting.needsTeacher { arguments += [.text("--teacher"), try input(experiment.models.teacher)] }
        }
        if rewriting.needsEndpoint { arguments += [.text("--ledger"), .own("ledger.sqlite")] }
        var command = StageCommand(arguments: arguments, outputs: [File.traces], result: File.result)
        command.isResumable = rewriting.needsEndpoint
        command.statuses = [0, 3]
        return add(
            .rewrite, context.title, [command],
            seconds: Estimate.rewriting(rewriting)
                * Double(problems(context.defence, samples: context.attacker.samples)))
    }

    private mutating func score(_ context: Context, _ released: String) throws(ExperimentError) -> String {
        let asking = experiment.sampling.filter { ["prompt-format", "separator"].contains($0.name) }
        let arguments: [StageArgument] = [
            .text("models"), .text("score"), .text("--model"), try input(experiment.models.teacher),
            .made(stage: released, file: File.traces), .text("--json"),
        ]
        return add(
            .score, context.title,
            [StageCommand(arguments: arguments + Self.options(asking) + runtime, result: File.result)],
            seconds: Estimate.score * Double(problems(context.defence, samples: context.attacker.samples)))
    }

    private mutating func template(_ template: Template) throws(ExperimentError) -> StageArgument {
        switch template {
        case .shipped(let name): .text(name)
        case .file(let path): try input(path)
        }
    }

    private mutating func judged(
        _ judge: Experiment.Judge, _ context: Context, _ released: String
    ) throws(ExperimentError) -> String {
        var arguments: [StageArgument] = [
            .text("judge"), .made(stage: released, file: File.traces), .text("--endpoint"), .text(judge.endpoint),
            .text("--model"), .text(judge.model), .text("--template"),
            try template(judge.template), .text("--limit"), .text(String(judge.traces)),
            .text("--seed"), .text(String(context.seed)), .text("--json"), .text("--quiet"),
        ]
        if let name = judge.apiKeyEnvironment { arguments += Self.words("--api-key-env", name) }
        return add(
            .judge, context.title, [StageCommand(arguments: arguments, result: File.result)],
            seconds: Estimate.judge * Double(judge.traces))
    }

    // MARK: The attacker

    private mutating func attacked(_ context: Context, _ released: String) throws(ExperimentError) -> String {
        let attacker = context.attacker
        let count = attacker.count ?? experiment.data.traces
        var stage = released
        var steps = attacker.steps
        // Rewording cuts nothing off, so the number is cut before it.
        if steps.isEmpty || steps.allSatisfy(\.isParaphrase) { steps.insert(.command("none", []), at: 0) }
        let last = steps.lastIndex { !$0.isParaphrase } ?? 0
        for (index, step) in steps.enumerated() {
            let limit = index == last ? Self.words("--count", String(count)) : []
            switch step {
            case .command(let name, let settings):
                stage = attack(context, name, of: stage, Self.options(settings) + limit)
            case .perplexityFilter(let reference, let share):
                var options: [StageArgument] = [.text("--reference"), try input(reference)]
                options += Self.words("--drop", ArgumentText.number(share))
                stage = attack(context, "perplexity-filter", of: stage, options + limit + runtime)
            case .mixClean(let name, let share):
                let clean = try self.clean(named: name ?? experiment.baseline, context)
                var options: [StageArgument] = [.text("--clean"), .made(stage: clean, file: File.traces)]
                options += Self.words("--share", ArgumentText.number(share), "--seed", String(context.seed))
                options += Self.words("--count", String(count))
                stage = attack(context, "mix-clean", of: stage, options)
            case .paraphrase(let rewriting):
                stage = try rewrite(rewriting, of: stage, context, tenant: ExperimentKeyring.attacker)
            }
        }
        return stage
    }

    private mutating func attack(
        _ context: Context, _ name: String, of stage: String, _ options: [StageArgument]
    ) -> String {
        let arguments: [StageArgument] = [
            .text("attack"), .text(name), .made(stage: stage, file: File.traces), .text("-o"), .own(File.traces),
            .text("--json"),
        ]
        var command = StageCommand(arguments: arguments + options, outputs: [File.traces], result: File.result)
        command.isResumable = false
        return add(.attack, context.title, [command], seconds: Estimate.attack)
    }

    /// Traces of another defence, of the seed that the row does not use: nobody sells the same draws twice.
    private mutating func clean(named name: String, _ context: Context) throws(ExperimentError) -> String {
        guard let defence = experiment.defences.first(where: { $0.name == name }), let point = defence.points.first
        else { return "" }
        let other = Context(
            defence: defence, point: point, attacker: .none, seed: context.seed &+ 1_000_000, tenant: context.tenant)
        return try rewritten(other, sample: sample(other, samples: 1))
    }
}

extension AttackStep {
    fileprivate var isParaphrase: Bool {
        if case .paraphrase = self { true } else { false }
    }
}
