#if Torch
    import ArgumentParser
    import FineTuning

    /// How proxy students of `optimize-prompt` are trained and judged.
    struct PromptStudentOptions: ParsableArguments {
        @Option(
            help: ArgumentHelp("Folders of proxy students, separated by commas; scores are means.", valueName: "dirs"))
        var proxy: String
        @Option(help: ArgumentHelp("Held-out traces on which a student's loss is measured.", valueName: "path"))
        var holdout: String?
        @Option(help: ArgumentHelp("Held-out problems with answers that a student has to solve.", valueName: "path"))
        var problems: String?
        @Option(help: ArgumentHelp("Only the first so many held-out problems.", valueName: "n")) var problemLimit: Int?
        @Option(help: ArgumentHelp("Students of each proxy, trained with different seeds.", valueName: "n"))
        var studentSeeds = 1
        @Option(name: [.long, .customLong("num-epochs")], help: "Passes over the rewritten traces.") var epochs = 3.0
        @Option(help: "Examples in one forward pass.") var batchSize = 16
        @Option(help: "Forward passes of one optimiser step.") var accumulate = 1
        @Option(help: "Peak learning rate (default: 2e-5; adapters 2e-4).") var lr: Double?
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
        @Option(help: "The most tokens of a student's trace.") var maxNewTokens = 512
        @Option(help: "Students' traces decoded together; changes no token.") var evalBatchSize = 32
        @Option(help: "auto, plain, chatml, llama-3 or deepseek-r1.") var promptFormat = "auto"
        @Option(help: "Between problem and trace in plain prompts (default: a line end).") var separator: String?

        func validate() throws {
            if holdout == nil, problems == nil { throw ValidationError("give --holdout, --problems, or both") }
            if proxies.isEmpty || proxies.contains("") { throw ValidationError("--proxy must name folders") }
            for (name, value) in [
                ("--student-seeds", studentSeeds), ("--problem-limit", problemLimit ?? 1),
                ("--max-length", maxLength ?? 1), ("--max-new-tokens", maxNewTokens),
                ("--eval-batch-size", evalBatchSize),
            ] where !(1...1_000_000).contains(value) {
                throw ValidationError("\(name) must be from 1 to 1000000")
            }
            if loraRank == nil, loraAlpha != nil { throw ValidationError("--lora-alpha needs --lora-rank") }
            do {
                try training.validate()
            } catch {
                throw ValidationError("\(error)")
            }
        }

        var proxies: [String] { proxy.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }

        /// What the flags say about training; its seed is the student's.
        var training: TrainingOptions {
            var options = TrainingOptions()
            options.epochs = epochs
            options.batchSize = batchSize
            options.accumulation = accumulate
            options.learningRate = lr ?? (loraRank != nil ? 2e-4 : 2e-5)
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
