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
        @OptionGroup var learning: LearningOptions
        @Option(help: "The most tokens of a student's trace.") var maxNewTokens = 512
        @Option(help: "Students' traces decoded together; changes no token.") var evalBatchSize = 32

        func validate() throws {
            if holdout == nil, problems == nil { throw ValidationError("give --holdout, --problems, or both") }
            if proxies.isEmpty || proxies.contains("") { throw ValidationError("--proxy must name folders") }
            for (name, value) in [
                ("--student-seeds", studentSeeds), ("--problem-limit", problemLimit ?? 1),
                ("--max-new-tokens", maxNewTokens), ("--eval-batch-size", evalBatchSize),
            ] where !(1...1_000_000).contains(value) {
                throw ValidationError("\(name) must be from 1 to 1000000")
            }
            do {
                try training.validate()
            } catch {
                throw ValidationError("\(error)")
            }
        }

        var proxies: [String] { proxy.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }

        /// What the flags say about training; its seed is the student's.
        var training: TrainingOptions {
            var options = learning.training()
            options.epochs = epochs
            return options
        }
    }
#endif
