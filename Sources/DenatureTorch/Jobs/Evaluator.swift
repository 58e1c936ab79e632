#if Torch
    import Denature
    import Generation
    import TraceGeneration

    /// Puts problems with known answers to a model and counts the right ones.
    ///
    ///     var settings = EvaluateSettings()
    ///     settings.model = "student"
    ///     settings.problems = "problems.jsonl"
    ///     let report = try await Evaluator(settings).run().report()
    public struct Evaluator: Sendable {
        /// What is evaluated, and how.
        public let settings: EvaluateSettings

        /// - Throws: `SettingsError`.
        public init(_ settings: EvaluateSettings) throws(SettingsError) {
            try settings.validate()
            self.settings = settings
        }

        /// Runs the evaluation. Errors of the run: `SettingsError`, `TraceGenerationError`, and those of
        /// ``PromptedModel``.
        public func run() -> JobRun<SampleJob.Progress, EvaluateReport> {
            JobRun { reporter in try evaluate(reporter) }
        }

        private func evaluate(_ reporter: JobReporter<SampleJob.Progress>) throws -> EvaluateReport {
            let file = try ProblemFile(path: settings.problems, limit: settings.limit ?? .max)
            if let perProblem = settings.perProblem {
                try TraceOutput<Int>.check(path: perProblem, force: settings.force, inputs: [settings.problems])
            }
            let decoding = settings.decoding
            let asked = try PromptedModel(
                settings.model, runtime: settings.runtime, prompts: decoding.prompts, adapter: decoding.adapter)
            let prompts = try asked.prompts(file.problems)
            var options = EvaluateOptions()
            options.seed = decoding.seed
            options.samplesPerProblem = settings.samplesPerProblem
            options.maxNewTokens = decoding.maxNewTokens
            options.slots = decoding.batchSize
            options.stopStrings = decoding.stop.map(PromptSettings.unescaped)
            options.answerForcing = decoding.answerForcing.map(PromptSettings.unescaped)
            options.forcesEveryAnswer = decoding.forceEveryAnswer
            let job = try EvaluateJob(
                model: asked.model, tokenizer: asked.tokenizer, format: asked.format, problems: prompts,
                decoding: decoding.options(temperature: settings.temperature), options: options)
            let start = ContinuousClock.now
            let result = try job.run(shouldStop: { Task.isCancelled }, progress: reporter.progress)
            let seconds = start.duration(to: .now) / .seconds(1)
            if let perProblem = settings.perProblem {
                let output = try TraceOutput<Int>(
                    path: perProblem, force: settings.force, inputs: [settings.problems],
                    settings: ["command": "evaluate"], empty: 0)
                do {
                    try output.commit(result.lines(of: file.problems), units: 0, tally: 0)
                    try output.finish()
                } catch {
                    output.discardIfEmpty()
                    throw error
                }
            }
            return EvaluateReport(result, model: settings.model, file: file, seconds: max(seconds, 1e-3))
        }
    }

    /// The result of an evaluation.
    public struct EvaluateReport: Encodable, Sendable {
        /// The model's folder.
        public var model: String
        /// How many problems were put.
        public var problems: Int
        /// SHA-256 of the problems.
        public var problemsSha256: String
        /// How many traces were written.
        public var traces: Int
        /// How many of them end in the right answer.
        public var correct: Int
        /// Their share.
        public var accuracy: Double
        /// Wilson's interval at 95 %.
        public var interval: [Double]
        /// How many mark no answer.
        public var unanswered: Int
        /// How many had their answer forced.
        public var forced: Int
        /// Sampled tokens per trace.
        public var meanTokens: Double
        /// Why traces ended, with counts.
        public var finishReasons: [FinishReason: Int]
        /// How long sampling took.
        public var seconds: Double
        /// Sampled tokens per second.
        public var tokensPerSecond: Double

        init(_ result: EvaluationResult, model: String, file: ProblemFile, seconds: Double) {
            self.model = model
            problems = result.problems
            problemsSha256 = file.digest
            traces = result.outcomes.count
            correct = result.right
            accuracy = result.accuracy
            interval = [result.interval.lowerBound, result.interval.upperBound]
            unanswered = result.unanswered
            forced = result.outcomes.count(where: \.isForced)
            meanTokens = result.meanTokens
            finishReasons = result.finishReasons
            self.seconds = (seconds * 1e3).rounded() / 1e3
            tokensPerSecond = (Double(result.sampledTokens) / seconds * 10).rounded() / 10
        }
    }
#endif
