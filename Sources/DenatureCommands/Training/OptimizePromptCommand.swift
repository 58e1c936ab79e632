#if Torch
    import ArgumentParser
    import Denature
    import DenatureTorch
    import Foundation

    /// `denature optimize-prompt`.
    struct OptimizePromptCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "optimize-prompt",
            abstract: "Search for the rewriting instruction that costs students most.",
            discussion: """
                In every round an optimizer endpoint proposes instructions from those tried and their scores; a rewriter
                endpoint follows each on a sample of traces, through the checks of sanitize-traces; proxy students learn
                the result. Score: a student's loss on held-out traces (nats per token), or the share of held-out problems
                it gets wrong, minus the penalty times the share of traces that were not rewritten with their answer
                intact. Higher is better.

                EXAMPLES:
                  denature optimize-prompt --traces t.jsonl --sample 100 --proxy DIR --problems eval.jsonl \\
                    --endpoint http://127.0.0.1:8000/v1 --model rewriter --work search --output prompts/mine.md
                  denature optimize-prompt --config search.yaml
                  denature sanitize-traces in.jsonl -o out.jsonl --watermark none --rewriter instruction:prompts/mine.md \\
                    --endpoint http://127.0.0.1:8000/v1 --model rewriter

                The folder --work holds journal.jsonl, what was asked, answered and trained; leaderboard.json, replaced
                after every candidate; and a folder for each candidate with the traces its students learn. Run again, the
                same command goes on where it stopped, asks nothing and trains nothing twice; with more --rounds a
                finished search goes on. The winner is written with everything else it needs as a template.

                Exit status: 0 done; 1 failed (a dead endpoint too: run it again); 2 wrong usage; 3 stopped early, as a
                round brought no usable proposal; 130 interrupted, to be resumed.
                """)

        @OptionGroup var options: SettingsOptions<OptimizePromptSettings>
        @OptionGroup var printing: PrintingOptions

        func run() async throws {
            let job = try PromptOptimizer(options.settings).run()
            let isQuiet = printing.quiet
            let steps = StepProgress()
            let report = try await Interruption.cancelling {
                defer { steps.finish() }
                return try await job.report(
                    progress: { progress in
                        if isQuiet { return }
                        steps.update(progress.training)
                        // The next student begins a line of its own.
                        if progress.training.entry.step == progress.training.totalSteps { steps.finish() }
                    }, notice: { if !isQuiet { Console.error($0) } })
            }
            try report.print(json: printing.json, quiet: isQuiet)
            if let round = report.emptyRound {
                throw CommandFailure(
                    description: "round \(round) brought no usable proposal; stopped there",
                    status: ExitStatus.incomplete)
            }
        }
    }

    extension OptimizePromptReport {
        fileprivate func print(json: Bool, quiet: Bool) throws {
            if json { return try Console.json(self) }
            if quiet { return }
            let decimal = { String(format: "%.4f", $0) }
            try Console.output(
                "\(output): score \(decimal(score)) (students' \(measure.harm) \(decimal(harm)), \(lost) of \(sample) "
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
