#if Torch
    import ArgumentParser
    import Denature
    import DenatureTorch
    import Foundation

    /// `denature train`.
    struct TrainCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "train",
            abstract: "Train a model on traces: all weights, or low-rank adapters.",
            discussion: """
                The data are lines of JSON in any format of traces, {"problem", "trace"} first of all, or
                {"prompt", "completion"}. The loss is taken over the completions alone unless --loss all.

                  denature train --model DIR --data traces.jsonl -o OUT --epochs 4 --batch-size 16 --lr 1e-3
                  denature train --model DIR --data traces.jsonl -o OUT --lora-rank 16 --lora-targets all-linear
                  denature train --init config.json --tokenizer DIR --data traces.jsonl -o OUT --steps 1000 --lr 3e-3

                OUT gets config.json, model.safetensors and the tokenizer's files, or adapter_config.json and
                adapter_model.safetensors as the PEFT library reads them; training.json, which says what was done; and
                training-log.jsonl, a line for each step. Models of fewer than 4 million parameters are trained on one
                thread unless --threads says otherwise: more are slower.

                A run that was interrupted or killed goes on with --resume and ends with the same weights as one that was
                not (same machine, same --threads).

                Exit status: 0 done; 1 failed; 2 wrong usage; 130 interrupted, to be resumed.
                """)

        @OptionGroup var options: SettingsOptions<TrainSettings>
        @OptionGroup var printing: PrintingOptions

        func run() async throws {
            let progress = StepProgress()
            defer { progress.finish() }
            let job = try ModelTrainer(options.settings).run()
            let report = try await Interruption.running(job, quiet: printing.quiet, progress: progress.update)
            progress.finish()
            guard let report else { return }
            if printing.json {
                try Console.json(report)
            } else if !printing.quiet {
                try Console.output(report.text)
            }
        }
    }

    extension TrainReport {
        /// One line for a person.
        fileprivate var text: String {
            func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "-" }
            var line = "\(steps) steps on \(examples) examples, loss \(number(firstLoss)) -> \(number(lateLoss))"
            if let evaluationLoss { line += ", evaluation loss \(number(evaluationLoss))" }
            if let seconds { line += String(format: ", %.1f s", seconds) }
            return line
        }
    }
#endif
