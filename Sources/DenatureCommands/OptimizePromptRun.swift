#if Torch
    import Foundation
    import KeyedPRF
    import OpenAIClient
    import PromptSearch
    import Sanitizing
    import TraceRewriting
    import Traces

    /// A search: from files and endpoints to a template.
    struct OptimizePromptRun: Sendable {
        private let command: OptimizePromptCommand
        private let options: SearchOptions

        init(_ command: OptimizePromptCommand) throws {
            self.command = command
            var options = SearchOptions()
            options.rounds = command.rounds
            options.proposals = command.proposals
            options.proposalAttempts = command.proposalAttempts
            options.history = command.history
            options.optimizerTemperature = command.optimizer.optimizerTemperature
            options.maximumInstructionBytes = command.maxInstructionBytes
            options.rewriteAttempts = command.attempts
            options.sampling = PromptTemplate.Sampling(
                temperature: command.temperature, topP: 0.95, maxTokens: command.maxTokens)
            options.gate.lengthRatio = try SanitizePlan.ratio(command.lengthRatio)
            options.penalty = command.penalty
            options.measure = command.measure ?? (command.students.problems == nil ? .loss : .accuracy)
            options.concurrency = command.endpoint.concurrency
            options.seed = command.seed
            self.options = options
        }

        private var journalPath: String { command.work + "/journal.jsonl" }
        private var leaderboardPath: String { command.work + "/leaderboard.json" }

        /// Runs to the end, from where an earlier run stopped.
        func run() async throws -> OptimizePromptSummary {
            try checkOutput()
            do {
                try FileManager.default.createDirectory(atPath: command.work, withIntermediateDirectories: true)
            } catch {
                throw CommandFailure(description: "\(command.work): cannot be made: \(error.localizedDescription)")
            }
            let prices = try prices()
            let starting = try starting()
            let scorer = try StudentScorer(
                command.students, torch: command.torch, folder: command.work, seed: command.seed,
                isQuiet: command.quiet)
            let sample = try sample(heldOut: scorer.heldOutProblems)
            let rewriter = try command.endpoint.makeClient()
            let optimizer = try command.optimizer.applied(to: command.endpoint).makeClient()
            var settings = PromptSearch.settings(
                options: options, sample: sample, starting: starting, scorer: scorer)
            // Models, not addresses: the same model may be served elsewhere when the search goes on.
            settings["rewriter"] = rewriter.endpoint.model ?? ""
            settings["optimizer"] = optimizer.endpoint.model ?? ""
            let journal = try SearchJournal(path: journalPath, settings: settings)
            let leaderboard = leaderboardPath
            let quiet = command.quiet
            let start = ContinuousClock.now
            let search = try PromptSearch(
                options: options, sample: sample, starting: starting,
                optimizer: EndpointAdapter(client: optimizer, streams: command.endpoint.stream),
                rewriter: EndpointAdapter(client: rewriter, streams: command.endpoint.stream), scorer: scorer,
                journal: journal,
                environment: .init(
                    now: { start.duration(to: .now) / .seconds(1) },
                    didChange: { try WholeFile.write(Self.json($0), to: leaderboard, force: true) },
                    report: { if !quiet { Console.error($0) } }, prices: prices))
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
            return try await finish(search, result, settings)
        }

        private func finish(
            _ search: PromptSearch, _ result: PromptSearch.Result, _ settings: [String: String]
        ) async throws -> OptimizePromptSummary {
            let board = result.leaderboard
            guard let best = board.best else { throw CommandFailure(description: "there is nothing to choose from") }
            let name = URL(fileURLWithPath: command.output).deletingPathExtension().lastPathComponent
            let decimal = { ReportPrinting.decimal($0, 4) }
            let source =
                "Prompt search over \(board.rounds) rounds and \(board.entries.count) instructions: students' "
                + "\(options.measure.name) \(decimal(best.harm)), and \(decimal(board.baseline?.harm ?? 0)) for the traces "
                + "as they are; \(best.sample - best.lost) of \(best.sample) traces rewritten with their answer. "
                + "Optimizer '\(settings["optimizer"] ?? "")', rewriter '\(settings["rewriter"] ?? "")'."
            let markdown = try await search.winner(best, name: name, source: source)
            try WholeFile.write(Array(markdown.utf8), to: command.output, force: true)
            // As every other command will read it.
            _ = try PromptLibrary.template(command.output)
            return OptimizePromptSummary(
                result, output: command.output, leaderboard: leaderboardPath, measure: options.measure)
        }

        /// Refuses an output that is not an earlier run's own.
        private func checkOutput() throws {
            guard !command.force, let data = FileManager.default.contents(atPath: command.output) else { return }
            let digest = SHA256Digest.of([UInt8](data)).hex
            guard SearchJournal.winnerDigest(path: journalPath) == digest else {
                throw CommandFailure.usage("\(command.output): is there already; --force replaces it")
            }
        }

        private func sample(heldOut: [String]) throws -> SearchSample {
            var records: [TraceRecord] = []
            try TraceInput(file: command.traces, format: command.format).forEachRecord { records.append($0) }
            let sample = try SearchSample(
                records: records, count: command.sample, seed: command.seed,
                heldOut: Set(heldOut.map(ProblemKey.of)))
            if !sample.unfit.isEmpty, !command.quiet {
                let reasons = sample.unfit.sorted { $0.key.rawValue < $1.key.rawValue }
                    .map { "\($0.key.rawValue) \($0.value)" }
                Console.error("\(command.traces): records left out: \(reasons.joined(separator: ", "))")
            }
            return sample
        }

        private func starting() throws -> [String] {
            guard let list = command.start else { return StartingInstructions.shipped }
            return try list.split(separator: ",").map { path in
                guard let data = FileManager.default.contents(atPath: String(path)),
                    let text = String(validating: data, as: UTF8.self)
                else { throw CommandFailure(description: "\(path): cannot be read as a UTF-8 file") }
                return text.replacing("\r\n", with: "\n").trimmingCharacters(in: .whitespacesAndNewlines)
            }
        }

        private func prices() throws -> [SearchEndpoint: TokenPrice] {
            var prices: [SearchEndpoint: TokenPrice] = [:]
            for (name, text, endpoint) in [
                ("--optimizer-price", command.optimizer.optimizerPrice, SearchEndpoint.optimizer),
                ("--rewriter-price", command.rewriterPrice, .rewriter),
            ] {
                guard let text else { continue }
                let parts = text.split(separator: ":").compactMap { Double($0) }
                guard parts.count == 2, parts.allSatisfy({ $0 >= 0 && $0.isFinite }) else {
                    throw CommandFailure.usage("\(name) must be IN:OUT, such as 0.5:1.5")
                }
                prices[endpoint] = TokenPrice(prompt: parts[0], completion: parts[1])
            }
            return prices
        }

        private static func json(_ board: Leaderboard) throws -> [UInt8] {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            return [UInt8](try encoder.encode(board)) + [0x0A]
        }
    }

    extension SearchOptions.Measure {
        /// What is measured, in words; more of it is worse.
        fileprivate var name: String {
            switch self {
            case .loss: "loss"
            case .accuracy: "error rate"
            }
        }
    }

    /// What a search came to.
    struct OptimizePromptSummary: Encodable, Sendable {
        var output: String
        var leaderboard: String
        var measure: SearchOptions.Measure
        var instruction: String
        var score: Double
        var harm: Double
        var baseline: Double
        var beatsBaseline: Bool
        var lost: Int
        var sample: Int
        var rounds: Int
        var tried: Int
        var refused: [String: Int]
        var cost: [String: Leaderboard.Cost]
        var trainingSeconds: Double
        var emptyRound: Int?

        init(_ result: PromptSearch.Result, output: String, leaderboard: String, measure: SearchOptions.Measure) {
            let board = result.leaderboard
            self.output = output
            self.leaderboard = leaderboard
            self.measure = measure
            instruction = board.best?.candidate.instruction ?? ""
            score = board.best?.score ?? 0
            harm = board.best?.harm ?? 0
            baseline = board.baseline?.score ?? 0
            beatsBaseline = board.beatsBaseline
            lost = board.best?.lost ?? 0
            sample = board.best?.sample ?? 0
            rounds = board.rounds
            tried = board.entries.count
            refused = board.refused
            cost = board.cost
            trainingSeconds = (result.trainingSeconds * 10).rounded() / 10
            emptyRound = result.emptyRound
        }

        func print(json: Bool, quiet: Bool) throws {
            if json { return try Console.json(self) }
            if quiet { return }
            let decimal = { ReportPrinting.decimal($0, 4) }
            try Console.output(
                "\(output): score \(decimal(score)) (students' \(measure.name) \(decimal(harm)), \(lost) of \(sample) "
                    + "traces not rewritten); traces as they are \(decimal(baseline))")
            try Console.output("\(tried) instructions in \(rounds) rounds; \(leaderboard)")
            if !refused.isEmpty {
                let list = refused.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
                try Console.output("proposals refused: \(list.joined(separator: ", "))")
            }
            for (endpoint, used) in cost.sorted(by: { $0.key < $1.key }) {
                var line = "\(endpoint): \(used.requests) requests, \(used.promptTokens) tokens read, "
                line += "\(used.completionTokens) written"
                if let price = used.price { line += ", cost " + decimal(price) }
                try Console.output(line)
            }
            if !beatsBaseline {
                Console.error("the best instruction does not score above the traces as they are")
            }
        }
    }
#endif
