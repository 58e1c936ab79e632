#if Torch
    import Files
    import Denature
    import Foundation
    import KeyedPRF
    import OpenAIClient
    import PromptSearch
    import Sanitizing
    import TraceRewriting
    import Traces

    /// Searches for the rewriting instruction that costs students most: from files and endpoints to a template.
    ///
    ///     var settings = OptimizePromptSettings()
    ///     settings.traces = "traces.jsonl"
    ///     settings.work = "search"
    ///     settings.output = "prompts/mine.md"
    ///     settings.students.proxy = "proxy"
    ///     settings.students.problems = "problems.jsonl"
    ///     settings.rewriter.endpoint = "http://127.0.0.1:8000/v1"
    ///     let report = try await PromptOptimizer(settings).run().report()
    public struct PromptOptimizer: Sendable {
        /// What is searched, and how.
        public let settings: OptimizePromptSettings

        /// - Throws: ``SettingsError``.
        public init(_ settings: OptimizePromptSettings) throws(SettingsError) {
            try settings.validate()
            self.settings = settings
        }

        /// Runs the search, from where an earlier run with the same settings stopped.
        ///
        /// Errors of the run: `SettingsError` for an output that is somebody else's, or traces that no search can use;
        /// `PromptSearchError`, with the code `otherSearch` where the folder belongs to a search with other settings, and
        /// `interrupted` when the task was cancelled; `EndpointError`; `JobError`; those of models and traces.
        public func run() -> JobRun<OptimizePromptProgress, OptimizePromptReport> {
            JobRun { reporter in
                do {
                    return try await search(reporter)
                } catch let error as PromptSearchError where error.code == .options {
                    throw SettingsError(nil, error.description.replacing("`", with: "'"))
                }
            }
        }

        private var journalPath: String { settings.work + "/journal.jsonl" }
        private var leaderboardPath: String { settings.work + "/leaderboard.json" }

        private var options: SearchOptions {
            var options = SearchOptions()
            options.rounds = settings.rounds
            options.proposals = settings.proposals
            options.proposalAttempts = settings.proposalAttempts
            options.history = settings.history
            options.optimizerTemperature = settings.optimizer.optimizerTemperature
            options.maximumInstructionBytes = settings.maxInstructionBytes
            options.rewriteAttempts = settings.attempts
            options.sampling = PromptTemplate.Sampling(
                temperature: settings.temperature, topP: 0.95, maxTokens: settings.maxTokens)
            options.gate.lengthRatio = settings.lengthRatio
            options.penalty = settings.penalty
            options.measure = settings.measure ?? (settings.students.problems == nil ? .loss : .accuracy)
            options.concurrency = settings.rewriter.concurrency
            options.seed = settings.seed
            return options
        }

        private func search(_ reporter: JobReporter<OptimizePromptProgress>) async throws -> OptimizePromptReport {
            try checkOutput()
            do {
                try FileManager.default.createDirectory(atPath: settings.work, withIntermediateDirectories: true)
            } catch {
                throw JobError(.unwritable, "\(settings.work): cannot be made: \(error.localizedDescription)")
            }
            let starting = try starting()
            let scorer = try StudentScorer(settings, reporter: reporter)
            let sample = try sample(heldOut: scorer.heldOutProblems, reporter)
            let rewriter = try settings.rewriter.client()
            let optimizer = try settings.optimizer.applied(to: settings.rewriter).client()
            // Models, not addresses: the same model may be served elsewhere when the search goes on.
            let models = (rewriter: rewriter.endpoint.model ?? "", optimizer: optimizer.endpoint.model ?? "")
            var identity = try identity(sample, starting, scorer)
            identity.add("rewriter", models.rewriter)
            identity.add("optimizer", models.optimizer)
            let journal = try SearchJournal(path: journalPath, settings: identity.values)
            let leaderboard = leaderboardPath
            let start = ContinuousClock.now
            let search = try PromptSearch(
                options: options, sample: sample, starting: starting,
                optimizer: settings.rewriter.completions(optimizer),
                rewriter: settings.rewriter.completions(rewriter), scorer: scorer,
                journal: journal,
                environment: .init(
                    now: { start.duration(to: .now) / .seconds(1) },
                    didChange: { try WholeFile.write(Self.json($0), to: leaderboard, replacing: true) },
                    report: reporter.notice, prices: prices))
            let result: PromptSearch.Result
            do {
                result = try await search.run()
            } catch {
                await rewriter.shutdown()
                await optimizer.shutdown()
                throw error
            }
            await rewriter.shutdown()
            await optimizer.shutdown()
            return try await finish(search, result, models)
        }

        private func finish(
            _ search: PromptSearch, _ result: PromptSearch.Result, _ models: (rewriter: String, optimizer: String)
        ) async throws -> OptimizePromptReport {
            let board = result.leaderboard
            guard let best = board.best else { throw JobError(.nothingToDo, "there is nothing to choose from") }
            let name = URL(fileURLWithPath: settings.output).deletingPathExtension().lastPathComponent
            let decimal = { String(format: "%.4f", $0) }
            let source =
                "Prompt search over \(board.rounds) rounds and \(board.entries.count) instructions: students' "
                + "\(options.measure.harm) \(decimal(best.harm)), and \(decimal(board.baseline?.harm ?? 0)) for the traces "
                + "as they are; \(best.sample - best.lost) of \(best.sample) traces rewritten with their answer. "
                + "Optimizer '\(models.optimizer)', rewriter '\(models.rewriter)'."
            let markdown = try await search.winner(best, name: name, source: source)
            try WholeFile.write(Array(markdown.utf8), to: settings.output, replacing: true)
            // As every other command will read it.
            _ = try PromptLibrary.template(settings.output)
            return OptimizePromptReport(
                result, output: settings.output, leaderboard: leaderboardPath, measure: options.measure)
        }

        /// Refuses an output that is not an earlier run's own.
        private func checkOutput() throws(SettingsError) {
            guard !settings.force, let data = FileManager.default.contents(atPath: settings.output) else { return }
            let digest = SHA256Digest.of([UInt8](data)).hex
            guard SearchJournal.winnerDigest(path: journalPath) == digest else {
                throw SettingsError("output", "\(settings.output): is there already; `force` replaces it")
            }
        }

        // MARK: Inputs

        /// All that the journal's lines depend on.
        private func identity(
            _ sample: SearchSample, _ starting: [String], _ scorer: StudentScorer
        ) throws -> JobIdentity {
            let start = SHA256Digest.of(starting.joined(separator: "\u{0}")).hex
            var identity = try JobIdentity(of: settings) { name, path in
                switch name {
                // The traces that are tried, whatever stands beside them.
                case "traces": sample.digest
                case "start": start
                case "proxy": scorer.proxyDigest
                case "holdout": scorer.holdoutDigest ?? ""
                case "problems": scorer.problemsDigest ?? ""
                default: try InputDigest.of(path)
                }
            }
            identity.add("start", start)
            return identity
        }

        private func sample(
            heldOut: [String], _ reporter: JobReporter<OptimizePromptProgress>
        ) throws -> SearchSample {
            var records: [TraceRecord] = []
            var reader = try TraceReader(path: settings.traces, format: settings.format)
            while let record = try reader.nextRecord() { records.append(record) }
            let sample = try SearchSample(
                records: records, count: settings.sample, seed: settings.seed,
                heldOut: Set(heldOut.map(ProblemKey.of)))
            if !sample.unfit.isEmpty {
                let reasons = sample.unfit.sorted { $0.key.rawValue < $1.key.rawValue }
                    .map { "\($0.key.rawValue) \($0.value)" }
                reporter.notice("\(settings.traces): records left out: \(reasons.joined(separator: ", "))")
            }
            return sample
        }

        private func starting() throws -> [String] {
            guard let list = settings.start else { return StartingInstructions.shipped }
            return try list.split(separator: ",").map { path in
                guard let data = FileManager.default.contents(atPath: String(path)),
                    let text = String(validating: data, as: UTF8.self)
                else { throw JobError(.unreadable, "\(path): cannot be read as a UTF-8 file") }
                return text.replacing("\r\n", with: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
            }
        }

        private var prices: [SearchEndpoint: TokenPrice] {
            var prices: [SearchEndpoint: TokenPrice] = [:]
            prices[.optimizer] = settings.optimizer.optimizerPrice
            prices[.rewriter] = settings.rewriterPrice
            return prices
        }

        private static func json(_ board: Leaderboard) throws -> [UInt8] {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return [UInt8](try encoder.encode(board)) + [0x0A]
        }
    }
#endif
