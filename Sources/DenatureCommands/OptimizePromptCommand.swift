#if Torch
    import ArgumentParser
    import PromptSearch
    import Traces

    extension SearchOptions.Measure: ExpressibleByArgument {}

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

        @Option(help: ArgumentHelp("The traces to draw the sample from.", valueName: "path")) var traces: String
        @Option(help: ArgumentHelp("Shape of the traces: \(TraceFormat.list).", valueName: "format"))
        var format: TraceFormat?
        @Option(help: ArgumentHelp("Traces that every instruction is tried on.", valueName: "n")) var sample = 100
        @Option(help: ArgumentHelp("The folder of the search.", valueName: "dir")) var work: String
        @Option(name: .shortAndLong, help: ArgumentHelp("The template to write.", valueName: "prompts/NAME.md"))
        var output: String
        @Flag(help: "Replace an existing template.") var force = false

        @Option(help: "Rounds of proposals.") var rounds = 5
        @Option(help: "New instructions in each round.") var proposals = 3
        @Option(help: ArgumentHelp("How often each of them is asked for.", valueName: "n")) var proposalAttempts = 3
        @Option(help: ArgumentHelp("The best instructions that the optimizer is shown.", valueName: "n"))
        var history = 10
        @Option(help: ArgumentHelp("Text files with first instructions, separated by commas.", valueName: "files"))
        var start: String?
        @Option(help: ArgumentHelp("Longest instruction.", valueName: "bytes")) var maxInstructionBytes = 2_000
        @Option(help: "loss or accuracy (default: accuracy with --problems).") var measure: SearchOptions.Measure?
        @Option(help: ArgumentHelp("Weight of the share of traces that were not rewritten.", valueName: "x"))
        var penalty = 1.0
        @Option(help: ArgumentHelp("Attempts per trace.", valueName: "n")) var attempts = 2
        @Option(help: ArgumentHelp("Allowed length of new over old reasoning.", valueName: "low:high"))
        var lengthRatio = "0.5:3"
        @Option(help: ArgumentHelp("The rewriter's sampling temperature.", valueName: "t")) var temperature = 0.7
        @Option(help: ArgumentHelp("The most tokens of a rewriting.", valueName: "n")) var maxTokens = 4_096
        @Option(help: "Decides every draw.") var seed: UInt64 = 0

        @OptionGroup(title: "Students") var students: PromptStudentOptions
        @OptionGroup(title: "Rewriter") var endpoint: EndpointOptions
        @OptionGroup(title: "Optimizer") var optimizer: OptimizerOptions
        @Option(help: ArgumentHelp("Prices of a million tokens read and written.", valueName: "in:out"))
        var rewriterPrice: String?
        @OptionGroup(title: "Runtime") var torch: TorchOptions
        @Flag(help: "Print the summary as one JSON object.") var json = false
        @Flag(name: .shortAndLong, help: "No progress and no summary.") var quiet = false

        func validate() throws {
            for (name, value) in [
                ("--sample", sample), ("--proposals", proposals), ("--proposal-attempts", proposalAttempts),
                ("--history", history), ("--attempts", attempts), ("--max-tokens", maxTokens),
            ] where !(1...65_535).contains(value) {
                throw ValidationError("\(name) must be from 1 to 65535")
            }
            if !(0...10_000).contains(rounds) { throw ValidationError("--rounds must be from 0 to 10000") }
            if !(16...100_000).contains(maxInstructionBytes) {
                throw ValidationError("--max-instruction-bytes must be from 16 to 100000")
            }
            if !(penalty >= 0 && penalty.isFinite) { throw ValidationError("--penalty must be from 0 on") }
            for (name, value) in [
                ("--temperature", temperature), ("--optimizer-temperature", optimizer.optimizerTemperature),
            ] where !(0...2).contains(value) {
                throw ValidationError("\(name) must be from 0 to 2")
            }
            if endpoint.endpoint == nil { throw ValidationError("the rewriter needs an --endpoint") }
            if !output.hasSuffix(".md") { throw ValidationError("--output must be a .md file") }
            if work.isEmpty || traces.isEmpty { throw ValidationError("--work and --traces must not be empty") }
            if measure == .loss, students.holdout == nil { throw ValidationError("--measure loss needs --holdout") }
            if measure == .accuracy, students.problems == nil {
                throw ValidationError("--measure accuracy needs --problems")
            }
        }

        mutating func run() async throws {
            let command = self
            let summary: OptimizePromptSummary
            do {
                summary = try await Interruption.cancelling { try await OptimizePromptRun(command).run() }
            } catch let error as PromptSearchError {
                let status =
                    error.code == .interrupted
                    ? ExitStatus.interrupted : error.code == .options ? ExitStatus.usage : ExitStatus.failed
                throw CommandFailure(description: error.description, status: status)
            } catch {
                throw error is CommandFailure ? error : CommandFailure(description: "\(error)")
            }
            try summary.print(json: json, quiet: quiet)
            if let round = summary.emptyRound {
                throw CommandFailure(
                    description: "round \(round) brought no usable proposal; stopped there",
                    status: ExitStatus.incomplete)
            }
        }
    }

    /// The endpoint that proposes.
    struct OptimizerOptions: ParsableArguments {
        @Option(help: ArgumentHelp("Its base URL (default: the rewriter's).", valueName: "url"))
        var optimizerEndpoint: String?
        @Option(help: "Its model (default: the rewriter's).") var optimizerModel: String?
        @Option(help: ArgumentHelp("Environment variable that holds its API key.", valueName: "name"))
        var optimizerApiKeyEnv: String?
        @Option(help: ArgumentHelp("File whose first line is its API key.", valueName: "path"))
        var optimizerApiKeyFile: String?
        @Option(help: ArgumentHelp("Its sampling temperature.", valueName: "t")) var optimizerTemperature = 1.0
        @Option(help: ArgumentHelp("Prices of a million tokens read and written.", valueName: "in:out"))
        var optimizerPrice: String?

        func validate() throws {
            if optimizerApiKeyEnv != nil, optimizerApiKeyFile != nil {
                throw ValidationError("--optimizer-api-key-env and --optimizer-api-key-file exclude each other")
            }
        }

        /// The rewriter's settings with this endpoint's put in. The rewriter's key goes to no other address.
        func applied(to rewriter: EndpointOptions) -> EndpointOptions {
            var options = rewriter
            if let optimizerEndpoint, optimizerEndpoint != rewriter.endpoint {
                options.endpoint = optimizerEndpoint
                options.apiKeyEnv = nil
                options.apiKeyFile = nil
            }
            if let optimizerModel { options.model = optimizerModel }
            if optimizerApiKeyEnv != nil || optimizerApiKeyFile != nil {
                options.apiKeyEnv = optimizerApiKeyEnv
                options.apiKeyFile = optimizerApiKeyFile
            }
            return options
        }
    }
#endif
