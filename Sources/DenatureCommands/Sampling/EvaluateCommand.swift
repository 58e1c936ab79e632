#if Torch
    import ArgumentParser
    import Denature
    import DenatureTorch

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

        @OptionGroup var options: SettingsOptions<EvaluateSettings>
        @OptionGroup var printing: PrintingOptions

        func run() async throws {
            let progress = SampleProgress()
            defer { progress.finish() }
            let job = try Evaluator(options.settings).run()
            let report = try await Interruption.running(job, quiet: printing.quiet, progress: progress.update)
            progress.finish()
            try report.print(json: printing.json)
        }
    }

    extension EvaluateReport {
        fileprivate func print(json: Bool) throws {
            if json { return try ReportPrinting.json(self) }
            let share = ReportPrinting.percent
            try Console.output(
                "accuracy \(share(accuracy)) (\(correct) of \(traces)), 95 % interval \(share(interval[0])) to "
                    + "\(share(interval[1]))")
            var line = "tokens per trace \(ReportPrinting.decimal(meanTokens, 1)), "
            line += finishReasons.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: ", ")
            if unanswered > 0 { line += ", without an answer \(unanswered)" }
            if forced > 0 { line += ", forced \(forced)" }
            try Console.output(line)
            try Console.output("\(ReportPrinting.decimal(tokensPerSecond, 0)) tokens/s")
        }
    }
#endif
