#if Torch
    import ArgumentParser
    import Denature
    import DenatureTorch

    extension ModelsCommand {
        /// `denature models logprobs`.
        struct LogProbabilities: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "logprobs", abstract: "Print a model's log-probabilities of given token sequences.",
                discussion: """
                    Reads lines {"tokens": [ids]} or {"text": "…"} and writes one line for each: "tokens" of a text, "logprobs", the log-probability in nats of
                    every token but the first, given those before it; with --full "rows", the whole distribution after every
                    token as base64 of little-endian float32, row-major; with --greedy N "greedy", the N tokens that
                    follow when the likeliest is always taken, decoded with a cache.

                      denature models logprobs --model DIR --tokens prompts.jsonl --greedy 64 --batch-size 5
                    """)

            @OptionGroup var options: SettingsOptions<ModelsLogprobsSettings>

            func run() async throws {
                let job = try LogProbabilityReader(options.settings).run { try Console.json($0) }
                _ = try await Interruption.running(job)
            }
        }
    }
#endif
