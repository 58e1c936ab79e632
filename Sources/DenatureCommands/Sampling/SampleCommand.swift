#if Torch
    import ArgumentParser
    import Denature
    import DenatureTorch

    /// `denature sample`.
    struct SampleCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "sample",
            abstract: "Let a teacher write traces, plainly or so that a student trained on them learns badly.",
            discussion: """
                Reads JSONL with a "problem" (or "question", "prompt") each, and "solution" (or "answer") and "id" if there
                are any; writes one trace per line in the same order. With a proxy's gradient (denature gradient) and a
                strength, tokens are drawn from softmax(log p(v)/t + lambda * Delta(v)) on the truncated support
                (antidistillation sampling); with --drafts the trace released is chosen among several; with --watermark the
                tokens carry a customer's mark, which detect --tokens finds. All three go together.

                EXAMPLES:
                  denature sample --teacher DIR --prompts p.jsonl -o t.jsonl --temperature 0.6 --seed 1
                  denature sample --teacher DIR --prompts p.jsonl -o t.jsonl --temperature 0.6 --top-p 0.95 \\
                    --proxy PROXY --gradient g.safetensors --strength 0.4 --kl-budget 0.5
                  denature sample --teacher DIR --prompts p.jsonl -o t.jsonl --watermark tournament \\
                    --keyring K.json --tenant acme --with-token-ids
                  denature sample --teacher DIR --prompts p.jsonl -o t.jsonl --drafts 16 --select poison \\
                    --proxy PROXY --gradient g.safetensors

                Members of a line: problem, trace, solution, id, sample, seed, finish_reason (stop, stopString, length,
                context), tokens, log_prob (the teacher's, per token, nats), correct, forced; under a penalty kl, entropy
                and lambda (per token, nats); delta_sum, mark_score, drafts, right_drafts where they were computed;
                token_ids with --with-token-ids.

                A file is written as OUT.partial; a run that was interrupted or killed goes on where it stopped when the
                same command is run again, and ends with the same bytes as one that was not.

                Exit status: 0 done; 1 failed; 2 wrong usage; 130 interrupted, to be resumed.
                """)

        @OptionGroup var options: SettingsOptions<SampleSettings>
        @OptionGroup var printing: PrintingOptions

        func run() async throws {
            let progress = SampleProgress()
            defer { progress.finish() }
            let job = try TraceSampler(options.settings).run()
            let report = try await Interruption.running(job, quiet: printing.quiet, progress: progress.update)
            progress.finish()
            try report.print(printing)
        }
    }
#endif
