#if Torch
    import ArgumentParser

    /// `denature serve`.
    struct ServeCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "serve",
            abstract: "Serve a model to OpenAI-compatible clients.",
            discussion: """
                Routes: POST /v1/chat/completions and /v1/completions, whole or streamed, with temperature, top_p, top_k,
                min_p, seed, stop, n, max_tokens, presence, frequency and repetition penalties, log-probabilities and usage;
                GET /v1/models and /health. What would change an answer and is not known, such as tools, is refused.

                Requests are decoded together; with a seed, a request has the same answer whatever else runs, and the one
                that denature sample gives for the same prompt, seed and options. A client that leaves ends its request; one
                that does not read is cut off. More requests than slots and queue hold are refused with status 429.

                EXAMPLES:
                  denature serve --model DIR --port 8000
                  denature serve --model DIR --slots 64 --api-key-file key.txt --host 0.0.0.0
                  denature sanitize-traces t.jsonl -o out.jsonl --rewriter instruction \\
                    --endpoint http://127.0.0.1:8000/v1 --keyring K.json --tenant acme

                The address is printed to standard error when requests are taken; with --json, one object to standard output.
                There is no encryption: outside this machine, put a proxy with TLS in front.

                Exit status: 0 ended by Ctrl-C or SIGTERM, answers that had begun completed; 1 failed; 2 wrong usage.
                """)

        @Option(help: ArgumentHelp("The model's folder.", valueName: "dir")) var model: String
        @Option(help: ArgumentHelp("What clients call the model (default: the folder's name).", valueName: "id"))
        var name: String?
        @Option(help: ArgumentHelp("The address to listen at.", valueName: "address")) var host = "127.0.0.1"
        @Option(help: ArgumentHelp("The port; 0 for one that is free.", valueName: "n")) var port = 0
        @Option(help: ArgumentHelp("Sequences decoded together.", valueName: "n")) var slots = 16
        @Option(help: ArgumentHelp("Sequences that may wait for a slot.", valueName: "n")) var queue = 256
        @Option(help: ArgumentHelp("The most tokens of an answer, whatever is asked for.", valueName: "n"))
        var maxNewTokens = 512
        @Option(
            help: ArgumentHelp(
                "The most tokens of prompt and answer together (default: the model's context, at most 8192).",
                valueName: "n"))
        var context: Int?
        @Option(help: ArgumentHelp("Low-rank adapters of the model, in PEFT's layout.", valueName: "dir"))
        var adapter: String?
        @OptionGroup var prompts: PromptOptions
        @Option(help: ArgumentHelp("File whose first line is the API key that clients must show.", valueName: "path"))
        var apiKeyFile: String?
        @Option(help: ArgumentHelp("Environment variable that holds this API key.", valueName: "name"))
        var apiKeyEnv: String?

        @OptionGroup(title: "Runtime") var torch: TorchOptions
        @Flag(help: "When ready, print address, port and model as one JSON object.") var json = false
        @Flag(name: .shortAndLong, help: "Do not print the address.") var quiet = false

        func validate() throws {
            for (option, value) in [("--model", model), ("--host", host), ("--name", name ?? "-")] where value.isEmpty {
                throw ValidationError("\(option) must not be empty")
            }
            if !(0...65535).contains(port) { throw ValidationError("--port must be from 0 to 65535") }
            if !(1...4096).contains(slots) { throw ValidationError("--slots must be from 1 to 4096") }
            if !(0...1_000_000).contains(queue) { throw ValidationError("--queue must be from 0 to 1000000") }
            if maxNewTokens < 1 { throw ValidationError("--max-new-tokens must be positive") }
            if let context, context < 2 { throw ValidationError("--context must be at least 2") }
            if apiKeyEnv != nil, apiKeyFile != nil {
                throw ValidationError("--api-key-env and --api-key-file exclude each other")
            }
        }

        mutating func run() async throws {
            let command = self
            do {
                try await Interruption.cancelling { try await ServeRun(command).run() }
            } catch {
                throw SampleModel.failure(error)
            }
        }
    }
#endif
