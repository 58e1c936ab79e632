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
        @Option(help: "Examples in one forward pass.") var batchSize = 16
        @Option(help: "Forward passes of one optimiser step.") var accumulate = 1
        @Option(help: "Peak learning rate (default: 2e-5; adapters 2e-4; random weights 1e-3).") var lr: Double?
        @Option(name: [.long, .customLong("lr-scheduler-type")], help: "constant, linear or cosine.")
        var schedule = LearningRateSchedule.cosine
        @Option(help: "Warm-up: below 1 a share of the steps, else a number of steps.") var warmup = 0.0
        @Option(help: "Decoupled weight decay of matrices.") var weightDecay = 0.01
        @Option(
            name: [.long, .customLong("max-grad-norm")], help: "Largest norm of the gradient, 0 for no limit.")
        var clip = 1.0
        @Option(help: "Tokens learnt: completion or all.") var loss = TrainingOptions.Loss.completion
        @Option(help: "Decides the order of the examples and what begins at random.") var seed: UInt64 = 0
        @Flag(help: "Put examples of similar length into one batch.") var groupByLength = false

        @Option(
            name: [.long, .customLong("lora-r")],
            help: ArgumentHelp("Rank of adapters to train in place of the weights.", valueName: "rank"))
        var loraRank: Int?
        @Option(help: "Their alpha (default: twice the rank).") var loraAlpha: Double?
        @Option(
            help: ArgumentHelp("Modules that get one: names separated by commas, or all-linear.", valueName: "list"))
        var loraTargets = "q_proj,v_proj"
        @Flag(help: "Write the whole model with its adapters added in.") var merge = false

        @Option(help: "Longest example in tokens (default: the model's positions).") var maxLength: Int?
        @Option(help: "Longer examples: skip, truncate or error.") var tooLong = TooLongPolicy.skip
        @Option(help: "auto, plain, chatml, llama-3 or deepseek-r1.") var promptFormat = "auto"
        @Option(help: "Between problem and trace in plain prompts (default: a line end).") var separator: String?

        @Option(help: "Steps between two kept states, 0 for none but at an interruption.") var saveEvery = 500
        @Option(help: "Type of the weights written: float32, bfloat16 or float16 (default: the model's).")
        var saveDtype: String?
        @Flag(help: "Print the result as one JSON object.") var json = false
        @OptionGroup(title: "Runtime") var torch: TorchOptions

        func validate() throws {
            if (model == nil) == (`init` == nil) {
                throw ValidationError("give --model DIR, or --init config.json for random weights")
            }
            if `init` != nil, tokenizer == nil { throw ValidationError("--init needs --tokenizer") }
            if `init` != nil, adapter != nil || loraRank != nil {
                throw ValidationError("adapters belong to a trained model: --model")
            }
            if steps != nil, epochs != nil { throw ValidationError("give --steps or --epochs, not both") }
            if loraRank == nil, loraAlpha != nil || merge && adapter == nil {
                throw ValidationError("--lora-alpha and --merge need --lora-rank")
            }
            if saveEvery < 0 { throw ValidationError("--save-every must be from 0") }
            if let maxLength, maxLength < 1 { throw ValidationError("--max-length must be above 0") }
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
            var options = TrainingOptions()
            options.epochs = epochs ?? 1
            options.steps = steps
            options.batchSize = batchSize
            options.accumulation = accumulate
            options.learningRate = lr ?? (loraRank != nil ? 2e-4 : `init` != nil ? 1e-3 : 2e-5)
            options.schedule = schedule
            options.warmup = warmup
            options.weightDecay = weightDecay
            options.maximumGradientNorm = clip
            options.loss = loss
            options.groupsByLength = groupByLength
            options.seed = seed
            if let loraRank {
                let targets = loraTargets.split(separator: ",").map(String.init)
                options.adapters = AdapterOptions(
                    rank: loraRank, alpha: loraAlpha ?? 2 * Double(loraRank), targets: targets)
            }
            return options
        }
    }
#endif
