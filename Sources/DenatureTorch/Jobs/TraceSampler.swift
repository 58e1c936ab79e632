#if Torch
    import Denature
    import TorchModels
    import TraceGeneration

    /// Lets a teacher write traces, plainly, penalised, chosen among drafts, or marked.
    ///
    ///     var settings = SampleSettings()
    ///     settings.teacher = "teacher"
    ///     settings.prompts = "problems.jsonl"
    ///     settings.output = "traces.jsonl"
    ///     let report = try await TraceSampler(settings).run().report()
    ///
    /// A file is written as `OUTPUT.partial`; a run that was interrupted goes on where it stopped when it is started with
    /// equal settings again, and ends with the same bytes as one that was not. ``run(delivering:)`` hands over traces as
    /// values instead.
    public struct TraceSampler: Sendable {
        /// What is sampled, and how.
        public let settings: SampleSettings
        private let architectures: ArchitectureRegistry

        /// - Parameters:
        ///   - settings: What is sampled, and how. `output` may be empty where traces are wanted as values.
        ///   - architectures: The kinds of models that teacher and proxy may be of.
        /// - Throws: ``SettingsError``.
        public init(
            _ settings: SampleSettings, architectures: ArchitectureRegistry = .standard
        ) throws(SettingsError) {
            var checked = settings
            if checked.output.isEmpty { checked.output = "-" }
            try checked.validate()
            self.settings = settings
            self.architectures = architectures
        }

        /// Writes the traces to the output. Errors of the run: ``SettingsError``, `TraceGenerationError`, `KeyedPRFError`,
        /// `GradientError`, `AntidistillationError`, and those of ``PromptedModel``.
        public func run() -> JobRun<SampleJob.Progress, SampleReport> {
            JobRun { reporter in try write(reporter) }
        }

        /// Hands over the traces as values, in the order of the problems, and writes no file.
        ///
        /// - Parameter deliver: Takes the traces of a few problems at a time, on the thread of the run; what it throws
        ///   ends the run.
        public func run(
            delivering deliver: @escaping @Sendable ([SampledTrace]) throws -> Void
        ) -> JobRun<SampleJob.Progress, SampleReport> {
            JobRun { reporter in
                guard settings.drafts.keepCandidates == nil else {
                    throw SettingsError("keep_candidates", "`keep_candidates` needs an `output` that is a file")
                }
                let prepared = try PreparedSampling(settings, architectures: architectures)
                let start = ContinuousClock.now
                let tally = try prepared.job.run(
                    shouldStop: { Task.isCancelled }, progress: reporter.progress, deliver: deliver)
                return prepared.report(tally, before: SampleTally(), since: start)
            }
        }

        private func write(_ reporter: JobReporter<SampleJob.Progress>) throws -> SampleReport {
            guard !settings.output.isEmpty else { throw SettingsError("output", "`output` must not be empty") }
            let inputs = [settings.prompts, settings.penalty.gradient].compactMap { $0 }
            let candidates = settings.drafts.keepCandidates
            let prepared = try PreparedSampling(settings, architectures: architectures) {
                // Before anything that takes long: whether the output can be written at all.
                try TraceOutput<SampleTally>.check(
                    path: settings.output, companion: candidates, force: settings.force, inputs: inputs)
            }
            let output = try TraceOutput(
                path: settings.output, companion: candidates, force: settings.force, inputs: inputs,
                settings: settings.output == "-" ? [:] : prepared.identity(), empty: SampleTally())
            let before = output.committed.tally
            let start = ContinuousClock.now
            do {
                let tally = try prepared.job.run(
                    into: output, shouldStop: { Task.isCancelled }, progress: reporter.progress)
                return prepared.report(tally, before: before, since: start)
            } catch {
                output.discardIfEmpty()
                throw error
            }
        }
    }

    /// A sampling run with its models loaded.
    private struct PreparedSampling {
        let settings: SampleSettings
        let job: SampleJob
        private let problems: ProblemFile
        private let teacher: PromptedModel
        private let companions: SampleCompanions

        /// - Parameter check: What is to be found out between reading the problems and loading the models.
        init(_ settings: SampleSettings, architectures: ArchitectureRegistry, check: () throws -> Void = {}) throws {
            self.settings = settings
            problems = try ProblemFile(path: settings.prompts, limit: settings.limit ?? .max)
            try check()
            teacher = try PromptedModel(
                settings.teacher, runtime: settings.runtime, prompts: settings.decoding.prompts,
                adapter: settings.decoding.adapter, architectures: architectures)
            let prompts = try teacher.prompts(problems.problems)
            let options = settings.options
            companions = try SampleCompanions(
                settings, teacher: teacher, capacity: prompts.capacity(maxNewTokens: options.maxNewTokens),
                slots: min(options.slots, prompts.problems.count * options.samplesPerProblem),
                architectures: architectures)
            job = try SampleJob(
                model: teacher.model, tokenizer: teacher.tokenizer, format: teacher.format, problems: prompts,
                decoding: settings.decoding.options(temperature: settings.temperature), options: options,
                companions: companions.companions)
        }

        /// All that the output's bytes depend on, so that no run goes on with another's output.
        func identity() throws -> [String: String] {
            var identity = try JobIdentity(of: settings) { name, path in
                // The problems were read already, and standard input cannot be read again.
                name == "prompts" ? problems.digest : try InputDigest.of(path)
            }
            for (name, value) in companions.facts { identity.add(name, value) }
            // No other device has the same last bits.
            identity.add("device", "\(teacher.model.device)")
            identity.add("keep_candidates", "\(settings.drafts.keepCandidates != nil)")
            identity.add("command", identity.job)
            return identity.values
        }

        func report(_ tally: SampleTally, before: SampleTally, since start: ContinuousClock.Instant) -> SampleReport {
            SampleReport(
                tally, before: before, settings: settings, companions: companions,
                seconds: start.duration(to: .now) / .seconds(1))
        }
    }

    extension SampleSettings {
        /// What a run does besides drawing tokens.
        fileprivate var options: SampleOptions {
            var options = SampleOptions()
            options.seed = decoding.seed
            options.samplesPerProblem = drafts.count ?? samplesPerPrompt
            options.maxNewTokens = decoding.maxNewTokens
            options.slots = decoding.batchSize
            options.stopStrings = decoding.stop.map(PromptSettings.unescaped)
            options.answerForcing = decoding.answerForcing.map(PromptSettings.unescaped)
            options.forcesEveryAnswer = decoding.forceEveryAnswer
            options.keepsOnlyRight = filter == .correct
            options.scoresTraces = penalty.score
            options.keepsTokenIDs = withTokenIds
            options.keepsCandidates = drafts.keepCandidates != nil
            options.drafts = drafts.options
            return options
        }
    }
#endif
