#if Torch
    import ArgumentParser
    import Denature
    import DenatureTorch

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

        @OptionGroup var options: SettingsOptions<ServeSettings>
        @OptionGroup var printing: PrintingOptions

        func run() async throws {
            let printing = printing
            let job = try ModelServer(options.settings).run()
            try await Interruption.running(job) { ready in
                // Nobody may read it; the server goes on.
                if printing.json { try? Console.json(ready) }
                if !printing.quiet { Console.error("serving \(ready.model) at \(ready.address)") }
            }
        }
    }
#endif
