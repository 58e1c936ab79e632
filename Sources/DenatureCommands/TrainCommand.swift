#if Torch
    import ArgumentParser
    import FineTuning
    import Traces
    import TrainingExamples

    extension LearningRateSchedule: ExpressibleByArgument {}
    extension TooLongPolicy: ExpressibleByArgument {}
    extension TrainingOptions.Loss: ExpressibleByArgument {}

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

        @Option(help: "The folder of the model to start from.") var model: String?
        @Option(help: ArgumentHelp("Start from random weights of this shape.", valueName: "config.json"))
        var `init`: String?
        @Option(help: "The tokenizer's file or folder (default: the model's).") var tokenizer: String?
        @Option(help: "Adapters in PEFT's layout to begin with.") var adapter: String?
        @Option(help: "The traces to learn, or - for standard input.") var data: String
        @Option(help: ArgumentHelp("Shape of the data: \(TraceFormat.list).", valueName: "format"))
        var format: TraceFormat?
        @Option(help: "Traces whose loss is measured after each epoch.") var evalData: String?
        @Option(name: .shortAndLong, help: "The folder to write.") var output: String
        @Flag(help: "Replace what the folder holds.") var force = false
        @Flag(help: "Go on where an interrupted run stopped.") var resume = false

        @Option(name: [.long, .customLong("num-epochs")], help: "Passes over the data (default: 1).") var epochs:
            Double?
        @Option(help: "Optimiser steps, in place of epochs.") var steps: Int?
        @Option(help: "Tokens learnt: completion or all.") var loss = TrainingOptions.Loss.completion
        @Option(help: "Decides the order of the examples and what begins at random.") var seed: UInt64 = 0
        @Flag(help: "Put examples of similar length into one batch.") var groupByLength = false

        @Flag(help: "Write the whole model with its adapters added in.") var merge = false

        @Option(help: "Longer examples: skip, truncate or error.") var tooLong = TooLongPolicy.skip

        @Option(help: "Steps between two kept states, 0 for none but at an interruption.") var saveEvery = 500
        @Option(help: "Type of the weights written: float32, bfloat16 or float16 (default: the model's).")
        var saveDtype: String?
        @Flag(help: "Print the result as one JSON object.") var json = false
        @OptionGroup(title: "Learning") var learning: LearningOptions
        @OptionGroup(title: "Runtime") var torch: TorchOptions

        func validate() throws {
            if (model == nil) == (`init` == nil) {
                throw ValidationError("give --model DIR, or --init config.json for random weights")
            }
            if `init` != nil, tokenizer == nil { throw ValidationError("--init needs --tokenizer") }
            if `init` != nil, adapter != nil || learning.loraRank != nil {
                throw ValidationError("adapters belong to a trained model: --model")
            }
            if steps != nil, epochs != nil { throw ValidationError("give --steps or --epochs, not both") }
            if merge, learning.loraRank == nil, adapter == nil {
                throw ValidationError("--merge needs --lora-rank or --adapter")
            }
            if saveEvery < 0 { throw ValidationError("--save-every must be from 0") }
            if force, resume { throw ValidationError("--force starts again and --resume goes on: choose one") }
            do {
                try options.validate()
            } catch {
                throw ValidationError("\(error)")
            }
        }

        mutating func run() async throws {
            let plan = try TrainPlan(self, runtime: torch)
            let summary: TrainSummary?
            do {
                summary = try await Interruption.cancelling { try plan.run { Task.isCancelled } }
            } catch {
                throw error is CommandFailure ? error : CommandFailure(description: "\(error)")
            }
            guard let summary else { return }
            if json {
                try Console.json(summary)
            } else {
                try Console.output(summary.text)
            }
        }

        /// What the flags say about the training itself.
        var options: TrainingOptions {
            var options = learning.training(randomWeights: `init` != nil)
            options.epochs = epochs ?? 1
            options.steps = steps
            options.loss = loss
            options.groupsByLength = groupByLength
            options.seed = seed
            return options
        }
    }
#endif
