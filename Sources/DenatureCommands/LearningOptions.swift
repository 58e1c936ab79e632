#if Torch
    import ArgumentParser
    import FineTuning
    import TrainingExamples

    /// How a model learns traces, in `train` and for the students of `optimize-prompt`.
    struct LearningOptions: ParsableArguments {
        @Option(help: "Examples in one forward pass.") var batchSize = 16
        @Option(help: "Forward passes of one optimiser step.") var accumulate = 1
        @Option(help: "Peak learning rate (default: 2e-5; adapters 2e-4; random weights 1e-3).") var lr: Double?
        @Option(name: [.long, .customLong("lr-scheduler-type")], help: "constant, linear or cosine.")
        var schedule = LearningRateSchedule.cosine
        @Option(help: "Warm-up: below 1 a share of the steps, else a number of steps.") var warmup = 0.0
        @Option(help: "Decoupled weight decay of matrices.") var weightDecay = 0.01
        @Option(name: [.long, .customLong("max-grad-norm")], help: "Largest norm of the gradient, 0 for no limit.")
        var clip = 1.0
        @Option(
            name: [.long, .customLong("lora-r")],
            help: ArgumentHelp("Rank of adapters to train in place of the weights.", valueName: "rank"))
        var loraRank: Int?
        @Option(help: "Their alpha (default: twice the rank).") var loraAlpha: Double?
        @Option(
            help: ArgumentHelp("Modules that get one: names separated by commas, or all-linear.", valueName: "list"))
        var loraTargets = "q_proj,v_proj"
        @Option(help: "Longest example in tokens (default: the model's positions).") var maxLength: Int?
        @OptionGroup var prompts: PromptOptions

        func validate() throws {
            if loraRank == nil, loraAlpha != nil { throw ValidationError("--lora-alpha needs --lora-rank") }
            if let maxLength, !(1...1_000_000).contains(maxLength) {
                throw ValidationError("--max-length must be from 1 to 1000000")
            }
        }

        /// What the flags say about training.
        ///
        /// - Parameter randomWeights: Whether the model begins with random weights, which a larger learning rate suits.
        func training(randomWeights: Bool = false) -> TrainingOptions {
            var options = TrainingOptions()
            options.batchSize = batchSize
            options.accumulation = accumulate
            options.learningRate = lr ?? (loraRank != nil ? 2e-4 : randomWeights ? 1e-3 : 2e-5)
            options.schedule = schedule
            options.warmup = warmup
            options.weightDecay = weightDecay
            options.maximumGradientNorm = clip
            options.adapters = loraRank.map { rank in
                AdapterOptions(
                    rank: rank, alpha: loraAlpha ?? 2 * Double(rank),
                    targets: loraTargets.split(separator: ",").map(String.init))
            }
            return options
        }
    }
#endif
