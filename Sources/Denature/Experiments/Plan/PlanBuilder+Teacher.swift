import Marks

extension PlanBuilder {
    /// How many problems traces are released for: the same for all attackers of a defence, so that its traces are made once.
    func problems(_ defence: Experiment.Defence, samples: Int) -> Int {
        let attackers = [.none] + experiment.attackers.filter { defence.attackers.contains($0.name) }
        let most = attackers.filter { $0.samples == samples }.map(problems).max() ?? experiment.data.traces
        return defence.points.allSatisfy(\.keep.isEmpty) ? most : max(most, experiment.data.pool)
    }

    private func problems(_ attacker: Experiment.Attacker) -> Int {
        let count = attacker.count ?? experiment.data.traces
        return attacker.pool ?? (attacker.steps.contains(where: \.drops) ? max(count, experiment.data.pool) : count)
    }

    /// Traces of the teacher behind a defence.
    mutating func sample(_ context: Context, samples: Int) throws(ExperimentError) -> String {
        let limit = problems(context.defence, samples: samples)
        let settings = try sampleSettings(context, samples: samples, limit: limit)
        return try sampled(settings, context.title)
    }

    /// The settings of a defence's sampling.
    mutating func sampleSettings(
        _ context: Context, samples: Int, limit: Int
    ) throws(ExperimentError) -> SampleSettings {
        let point = context.point
        let needsProxy = point.needsProxy(experiment.sampling)
        let models = needsProxy ? try proxyAndGradient(point.direction) : nil
        let shared = experiment
        var settings = try settled(context.title) { () throws(SettingsError) in
            var settings = SampleSettings()
            settings.teacher = shared.models.teacher
            settings.prompts = shared.data.prompts
            settings.output = StagePath.own(File.traces).text
            settings.limit = limit
            settings.decoding.seed = context.seed
            try shared.sampling.merged(with: point.sampling).merged(with: shared.runtime).apply(to: &settings)
            if let mark = point.watermark {
                settings.mark.watermark = TokenMarkName(mark.scheme)
                try mark.settings.apply(to: &settings)
                if mark.readsProxy, !needsProxy { settings.mark.fingerprintProxy = shared.models.proxy }
            }
            if samples > 1, settings.drafts.count ?? 1 == 1 { settings.samplesPerPrompt = samples }
            return settings
        }
        settings.penalty.proxy = models?.proxy
        settings.penalty.gradient = models?.gradient
        if point.watermark != nil || settings.drafts.needsMarkScore {
            settings.key.keyring = useKeyring()
            settings.key.tenant = point.watermark?.isForeign == true ? ExperimentKeyring.attacker : context.tenant
        }
        return settings
    }

    /// The stage of a teacher's run.
    mutating func sampled(_ settings: SampleSettings, _ title: String) throws(ExperimentError) -> String {
        let traces = (settings.limit ?? 1) * settings.samplesPerPrompt * (settings.drafts.count ?? 1)
        return try add(
            .sample, title, [StageCall(settings: settings, outputs: [File.traces], result: File.result)],
            seconds: Estimate.sample * Estimate.effort(settings) * Double(traces))
    }

    /// Unmarked texts of the teacher on the evaluation problems, with draws of their own.
    mutating func documents() throws(ExperimentError) -> String {
        let path = experiment.data.evaluation
        if let wanted = experiment.audit.documents {
            let problems = try problems(in: path)
            guard wanted <= problems else {
                throw .tooFewProblems(path: path, problems: problems, key: "documents", wanted: wanted)
            }
        }
        let title = "texts that suspects read"
        let shared = experiment
        let settings = try settled(title) { () throws(SettingsError) in
            var settings = SampleSettings()
            settings.teacher = shared.models.teacher
            settings.prompts = path
            settings.output = StagePath.own(File.traces).text
            settings.limit = shared.audit.documents ?? Experiment.Audit.usualDocuments
            settings.decoding.seed = 77
            try shared.sampling.only(FileTables.asking).merged(with: shared.runtime).apply(to: &settings)
            return settings
        }
        return try sampled(settings, title)
    }

    // MARK: The proxy

    /// Where the proxy and its gradient are.
    struct ProxyModels {
        var proxy: String
        var gradient: String
    }

    /// - Parameter lossTokens: What the gradient's loss is taken of; nil for the experiment's gradient.
    mutating func proxyAndGradient(
        _ direction: Experiment.Direction, lossTokens: String? = nil
    ) throws(ExperimentError) -> ProxyModels? {
        guard let proxy = experiment.models.proxy else { return nil }
        if let lossTokens, let holdout = experiment.models.holdout {
            return ProxyModels(proxy: proxy, gradient: try gradient(of: holdout, proxy, lossTokens))
        }
        let base: String
        switch experiment.models.gradient {
        case nil: return nil
        case .file(let path): base = path
        case .holdout(let path): base = try gradient(of: path, proxy)
        }
        var settings = GradientSettings()
        switch direction {
        case .gradient: return ProxyModels(proxy: proxy, gradient: base)
        case .random:
            settings.random = base
            settings.seed = 1
        case .negated: settings.negate = base
        }
        return ProxyModels(proxy: proxy, gradient: try gradient(settings, direction.rawValue + " direction"))
    }

    private mutating func gradient(
        of holdout: String, _ proxy: String, _ lossTokens: String? = nil
    ) throws(ExperimentError) -> String {
        let title = lossTokens.map { "gradient (\($0))" } ?? "gradient"
        let runtime = experiment.runtime
        let settings = try settled(title) { () throws(SettingsError) in
            var settings = GradientSettings()
            settings.proxy = proxy
            settings.holdout = holdout
            var patch = runtime
            if let lossTokens { patch.set("loss_tokens", lossTokens) }
            try patch.apply(to: &settings)
            return settings
        }
        return try gradient(settings, title)
    }

    private mutating func gradient(_ settings: GradientSettings, _ title: String) throws(ExperimentError) -> String {
        var settings = settings
        settings.output = StagePath.own(File.gradient).text
        var call = StageCall(settings: settings, outputs: [File.gradient], result: File.result)
        call.isResumable = false
        let stage = try add(.gradient, title, [call], seconds: Estimate.gradient)
        return StagePath.made(stage: stage, file: File.gradient).text
    }
}
