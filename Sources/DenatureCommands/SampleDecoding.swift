#if Torch
    import ArgumentParser
    import TraceGeneration

    /// How tokens are drawn, as `sample` and `evaluate` take it.
    struct SampleDecoding: ParsableArguments {
        @Option(help: ArgumentHelp("Only the k likeliest tokens.", valueName: "k")) var topK: Int?
        @Option(help: ArgumentHelp("Only the likeliest tokens that together have this probability.", valueName: "p"))
        var topP: Double?
        @Option(help: ArgumentHelp("Only tokens with this share of the likeliest one's probability.", valueName: "p"))
        var minP: Double?
        @Option(help: ArgumentHelp("Makes tokens that occurred less likely; 1 for no change.", valueName: "x"))
        var repetitionPenalty: Double?
        @Option(help: "Decides every draw.") var seed: UInt64 = 0
        @Option(help: ArgumentHelp("The most tokens of a trace.", valueName: "n")) var maxNewTokens = 512
        @Option(help: ArgumentHelp("Sequences decoded together; changes no token.", valueName: "n")) var batchSize = 32
        @Option(help: ArgumentHelp("A text that ends a trace and is cut off; may be repeated.", valueName: "text"))
        var stop: [String] = []
        @Option(
            help: ArgumentHelp(
                "Append this to traces that mark no answer, and let the model go on greedily.", valueName: "text"))
        var answerForcing: String?
        @Flag(help: "Append it to every trace, also to those that mark an answer.") var forceEveryAnswer = false
        @Option(help: ArgumentHelp("Low-rank adapters of the model, in PEFT's layout.", valueName: "dir"))
        var adapter: String?
        @OptionGroup var prompts: PromptOptions

        func validate() throws {
            for (name, value) in [("--top-p", topP), ("--min-p", minP)] where !(0...1).contains(value ?? 0.5) {
                throw ValidationError("\(name) must be from 0 to 1")
            }
            if let topK, topK < 1 { throw ValidationError("--top-k must be positive") }
            if let repetitionPenalty, !(repetitionPenalty > 0 && repetitionPenalty.isFinite) {
                throw ValidationError("--repetition-penalty must be positive")
            }
            if maxNewTokens < 1 { throw ValidationError("--max-new-tokens must be positive") }
            if !(1...4096).contains(batchSize) { throw ValidationError("--batch-size must be from 1 to 4096") }
            if stop.contains("") { throw ValidationError("--stop must not be empty") }
            if forceEveryAnswer, answerForcing == nil {
                throw ValidationError("--force-every-answer needs --answer-forcing")
            }
            if answerForcing == "" { throw ValidationError("--answer-forcing must not be empty") }
        }

        func options(temperature: Double) -> DecodingOptions {
            var options = DecodingOptions()
            options.temperature = temperature
            options.topK = topK
            options.topP = topP
            options.minP = minP
            options.repetitionPenalty = repetitionPenalty
            return options
        }
    }
#endif
