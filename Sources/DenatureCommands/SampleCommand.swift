#if Torch
    import Antidistillation
    import ArgumentParser
    import Foundation
    import Marks
    import TraceGeneration

    extension PenaltyOrder: ExpressibleByArgument {}
    extension DraftOptions.Rule: ExpressibleByArgument {}
    extension DraftOptions.Reference: ExpressibleByArgument {}
    extension DraftOptions.EmptyPolicy: ExpressibleByArgument {}
    extension SampleCompanions.Derivative: ExpressibleByArgument {}

    /// `denature sample`.
    struct SampleCommand: AsyncParsableCommand {
        /// Which traces are released.
        enum Filter: String, CaseIterable, ExpressibleByArgument {
            case none, correct
        }

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

        @Option(help: ArgumentHelp("The teacher's folder.", valueName: "dir")) var teacher: String
        @Option(help: ArgumentHelp("The problems, or - for standard input.", valueName: "path")) var prompts: String
        @Option(name: .shortAndLong, help: "Where to write, or - for standard output.") var output: String
        @Option(help: ArgumentHelp("Traces per problem.", valueName: "n")) var samplesPerPrompt = 1
        @Option(help: ArgumentHelp("Only the first so many problems.", valueName: "n")) var limit: Int?
        @Option(
            name: [.long, .customLong("tau")],
            help: ArgumentHelp("0 takes the likeliest token, always.", valueName: "t"))
        var temperature = 1.0
        @OptionGroup(title: "Decoding") var decoding: SampleDecoding

        @Option(help: ArgumentHelp("The proxy student's folder.", valueName: "dir")) var proxy: String?
        @Option(help: ArgumentHelp("The proxy's gradient (denature gradient).", valueName: "path")) var gradient:
            String?
        @Option(help: ArgumentHelp("Strength of the penalty: lambda times the gradient's norm.", valueName: "s"))
        var strength: Double?
        @Option(
            name: [.long, .customLong("lam")],
            help: ArgumentHelp("Strength of the penalty as it stands before Delta.", valueName: "l"))
        var lambda: Double?
        @Option(help: ArgumentHelp("Largest KL(sampled || teacher) of a step in nats.", valueName: "nats"))
        var klBudget: Double?
        @Option(help: "How Delta is computed: exact or central (default: central; exact in half precision).")
        var derivative: SampleCompanions.Derivative?
        @Option(help: ArgumentHelp("Perturbation of central derivatives: epsilon times the norm.", valueName: "e"))
        var step = 1e-2
        @Option(
            help: ArgumentHelp(
                "The same as epsilon itself, which is not multiplied, in place of --step.", valueName: "e"))
        var eps: Double?
        @Option(help: "truncated, or reference: before temperature and truncation, as the authors' code has it.")
        var penaltyOrder = PenaltyOrder.truncated
        @Option(help: ArgumentHelp("No penalty where the likeliest token has this probability.", valueName: "p"))
        var lazyThreshold: Double?
        @Flag(help: "Run the proxies at every token, also where they cannot matter.") var eagerProxies = false
        @Flag(help: "Compute delta_sum of every released trace.") var score = false

        @Option(help: ArgumentHelp("Sample so many traces per problem and release one.", valueName: "k"))
        var drafts: Int?
        @Option(help: "Which one: poison, random, shortest, marked or both.") var select = DraftOptions.Rule.poison
        @Option(help: "The right answer where none is given: majority of the drafts, or the teacher's greedy answer.")
        var reference = DraftOptions.Reference.majority
        @Option(help: "Problems without a right draft: drop, or keep-best.") var onEmpty = DraftOptions.EmptyPolicy.drop
        @Option(help: ArgumentHelp("Weight of Delta in both.", valueName: "w")) var poisonWeight = 1.0
        @Option(help: ArgumentHelp("Weight of the keyed score in both.", valueName: "w")) var markWeight = 1.0
        @Option(
            help: ArgumentHelp(
                "Also write every draft with the right answer to this file, and which of them was released.",
                valueName: "path"))
        var keepCandidates: String?

        @OptionGroup(title: "Mark in the tokens") var mark: SampleWatermarkOptions
        @Option(help: ArgumentHelp("Keyring for --watermark, and for marked and both.", valueName: "keyring"))
        var keyring: String?
        @Option(help: "The customer whose key marks.") var tenant: String?
        @Option(help: "The key's epoch (default: the tenant's active one).") var epoch: String?
        @Flag(help: "Write the token ids of every trace (token_ids).") var withTokenIds = false
        @Option(help: "none, or correct: only traces with the right answer are released.") var filter = Filter.none

        @OptionGroup(title: "Runtime") var torch: TorchOptions
        @Flag(help: "Replace an existing output.") var force = false
        @Flag(help: "Print the summary as one JSON object.") var json = false
        @Flag(name: .shortAndLong, help: "No progress and no summary.") var quiet = false

        func validate() throws {
            if !(temperature >= 0 && temperature.isFinite) { throw ValidationError("--temperature must be from 0 on") }
            if samplesPerPrompt < 1 { throw ValidationError("--samples-per-prompt must be positive") }
            if let limit, limit < 1 { throw ValidationError("--limit must be positive") }
            if let drafts, !(1...4096).contains(drafts) { throw ValidationError("--drafts must be from 1 to 4096") }
            if drafts != nil, samplesPerPrompt != 1 {
                throw ValidationError("--drafts releases one trace per problem: leave --samples-per-prompt out")
            }
            for (name, value) in [("--prompts", prompts), ("--output", output)] where value.isEmpty {
                throw ValidationError("\(name) must not be empty")
            }
            try validatePenalty()
            if needsSelectionScore, keyring == nil || tenant == nil {
                throw ValidationError("--select \(select.rawValue) needs --keyring and --tenant")
            }
            try validateMark()
            if (keyring == nil) != (tenant == nil) { throw ValidationError("--keyring and --tenant go together") }
        }

        private func validateMark() throws {
            if keepCandidates != nil, drafts == nil { throw ValidationError("--keep-candidates needs --drafts") }
            if keepCandidates == "" { throw ValidationError("--keep-candidates must not be empty") }
            guard let scheme = mark.watermark else { return }
            if keyring == nil || tenant == nil { throw ValidationError("--watermark needs --keyring and --tenant") }
            let traits = MarkRegistry.standard.tokenScheme(named: scheme)?.embedding
            if traits?.needsProxy == true, mark.fingerprintProxy == nil, proxy == nil {
                throw ValidationError("--watermark \(scheme) needs --fingerprint-proxy or --proxy")
            }
            if traits?.needsDraws == true, temperature == 0 {
                throw ValidationError("\(scheme) marks how tokens are drawn, and --temperature 0 draws none")
            }
        }

        private func validatePenalty() throws {
            if (proxy == nil) != (gradient == nil) { throw ValidationError("--proxy and --gradient go together") }
            if strength != nil, lambda != nil { throw ValidationError("give --strength or --lambda, not both") }
            for (name, value) in [("--strength", strength), ("--lambda", lambda), ("--kl-budget", klBudget)] {
                if let value, !(value >= 0 && value.isFinite) { throw ValidationError("\(name) must be from 0 on") }
            }
            let hasPenalty = strength != nil || lambda != nil
            if klBudget != nil, !hasPenalty { throw ValidationError("--kl-budget needs --strength or --lambda") }
            if lazyThreshold != nil, !hasPenalty {
                throw ValidationError("--lazy-threshold needs --strength or --lambda")
            }
            let needsScore = score || drafts != nil && (select == .poison || select == .both)
            if proxy == nil, hasPenalty || needsScore {
                let name = hasPenalty ? "a penalty" : score ? "--score" : "--select \(select.rawValue)"
                throw ValidationError("\(name) needs --proxy and --gradient")
            }
            if proxy != nil, !hasPenalty, !needsScore {
                throw ValidationError("--proxy needs --strength, --lambda, --score or --drafts")
            }
            if !(step > 0 && step.isFinite) { throw ValidationError("--step must be positive") }
            if let eps, !(eps > 0 && eps.isFinite) { throw ValidationError("--eps must be positive") }
        }

        /// Whether a draft is chosen by its keyed score.
        var needsSelectionScore: Bool { drafts != nil && (select == .marked || select == .both) }

        /// How strongly tokens are penalised, nil for not at all.
        var penaltyStrength: PenaltyStrength? { strength.map { .scaleFree($0) } ?? lambda.map { .raw($0) } }

        mutating func run() async throws {
            let command = self
            let progress = SampleProgress()
            let report: SampleReport
            do {
                report = try await Interruption.cancelling { try SampleRun(command).run(progress) }
                progress.finish()
            } catch {
                progress.finish()
                throw SampleModel.failure(error)
            }
            try report.print(json: json, quiet: quiet, outputIsStandard: output == "-")
        }
    }
#endif
