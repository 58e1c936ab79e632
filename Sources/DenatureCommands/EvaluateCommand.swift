#if Torch
    import ArgumentParser
    import Foundation
    import TraceGeneration

    /// `denature evaluate`.
    struct EvaluateCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "evaluate",
            abstract: "Put problems with known answers to a model and count the right ones.",
            discussion: """
                Reads JSONL with a "problem" (or "question", "prompt") and a "solution" (or "answer") each, lets the model
                write a trace for every problem, greedily unless --temperature is given, and compares final answers as
                values. The interval is Wilson's at 95 %.

                EXAMPLES:
                  denature evaluate --model DIR --problems eval.jsonl --json
                  denature evaluate --model DIR --problems eval.jsonl --temperature 0.7 --samples-per-problem 4 --seed 1
                """)

        @Option(help: ArgumentHelp("The model's folder.", valueName: "dir")) var model: String
        @Option(help: ArgumentHelp("The problems, or - for standard input.", valueName: "path")) var problems: String
        @Option(
            name: [.long, .customLong("tau")],
            help: ArgumentHelp("0 takes the likeliest token, always.", valueName: "t"))
        var temperature = 0.0
        @Option(help: ArgumentHelp("Traces per problem.", valueName: "n")) var samplesPerProblem = 1
        @Option(help: ArgumentHelp("Only the first so many problems.", valueName: "n")) var limit: Int?
        @Option(help: ArgumentHelp("Write what became of every problem as JSONL.", valueName: "path"))
        var perProblem: String?
        @OptionGroup(title: "Decoding") var decoding: SampleDecoding
        @OptionGroup(title: "Runtime") var torch: TorchOptions
        @Flag(help: "Replace an existing --per-problem file.") var force = false
        @Flag(help: "Print the result as one JSON object.") var json = false
        @Flag(name: .shortAndLong, help: "No progress.") var quiet = false

        func validate() throws {
            if !(temperature >= 0 && temperature.isFinite) { throw ValidationError("--temperature must be from 0 on") }
            if samplesPerProblem < 1 { throw ValidationError("--samples-per-problem must be positive") }
            if let limit, limit < 1 { throw ValidationError("--limit must be positive") }
        }

        mutating func run() async throws {
            let command = self
            let progress = SampleProgress()
            let report: EvaluateReport
            do {
                report = try await Interruption.cancelling { try command.evaluate(progress) }
                progress.finish()
            } catch {
                progress.finish()
                throw SampleModel.failure(error)
            }
            try report.print(json: json)
        }

        private func evaluate(_ progress: SampleProgress) throws -> EvaluateReport {
            let file = try ProblemFile(path: problems, limit: limit ?? .max)
            if let perProblem {
                try TraceOutput<Int>.check(path: perProblem, force: force, inputs: [problems])
            }
            let asked = try SampleModel(model, torch: torch, decoding: decoding)
            let prompts = try asked.prompts(file.problems)
            var options = EvaluateOptions()
            options.seed = decoding.seed
            options.samplesPerProblem = samplesPerProblem
            options.maxNewTokens = decoding.maxNewTokens
            options.slots = decoding.batchSize
            options.stopStrings = decoding.stop.map(PromptOptions.unescaped)
            options.answerForcing = decoding.answerForcing.map(PromptOptions.unescaped)
            options.forcesEveryAnswer = decoding.forceEveryAnswer
            let job = try EvaluateJob(
                model: asked.model, tokenizer: asked.tokenizer, format: asked.format, problems: prompts,
                decoding: decoding.options(temperature: temperature), options: options)
            let start = progress.seconds
            let result = try job.run(shouldStop: { Task.isCancelled }, progress: { if !quiet { progress.update($0) } })
            if let perProblem {
                let output = try TraceOutput<Int>(
                    path: perProblem, force: force, inputs: [problems], settings: ["command": "evaluate"], empty: 0)
                do {
                    try output.commit(result.lines(of: file.problems), units: 0, tally: 0)
                    try output.finish()
                } catch {
                    output.discardIfEmpty()
                    throw error
                }
            }
            return EvaluateReport(result, model: model, file: file, seconds: progress.seconds - start)
        }
    }

    /// The result of an evaluation.
    struct EvaluateReport: Encodable, Sendable {
        var model: String
        var problems: Int
        var problemsSha256: String
        var traces: Int
        var correct: Int
        var accuracy: Double
        var interval: [Double]
        var unanswered: Int
        var forced: Int
        var meanTokens: Double
        var finishReasons: [String: Int]
        var seconds: Double
        var tokensPerSecond: Double

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
            self.seconds = SampleReport.rounded(seconds, 3)
            tokensPerSecond = SampleReport.rounded(Double(result.sampledTokens) / seconds, 1)
        }

        func print(json: Bool) throws {
            if json { return try SampleReport.json(self) }
            let share = SampleReport.percent
            try Console.output(
                "accuracy \(share(accuracy)) (\(correct) of \(traces)), 95 % interval \(share(interval[0])) to "
                    + "\(share(interval[1]))")
            var line = "tokens per trace \(SampleReport.decimal(meanTokens, 1)), "
            line += finishReasons.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            if unanswered > 0 { line += ", without an answer \(unanswered)" }
            if forced > 0 { line += ", forced \(forced)" }
            try Console.output(line)
            try Console.output("\(SampleReport.decimal(tokensPerSecond, 0)) tokens/s")
        }
    }
#endif
