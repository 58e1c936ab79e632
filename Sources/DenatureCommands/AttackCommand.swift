import ArgumentParser
import Denature
import Foundation
import Lab
import Sanitizing

#if Torch
    import DenatureTorch
#endif

/// `denature attack`.
struct AttackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attack", abstract: "Do to traces what a thief can do before a student learns from them.",
        discussion: """
            Reads JSONL traces in any of the known shapes, writes what a student would learn from. Lines that are kept are
            kept byte for byte. To try a defence against them all, with students: denature experiment.

              denature attack answer-filter t.jsonl -o kept.jsonl --count 1500
              denature attack equation-checker t.jsonl -o kept.jsonl
              denature attack perplexity-filter t.jsonl -o kept.jsonl --reference DIR --drop 0.25
              denature attack majority-vote t.jsonl -o kept.jsonl
              denature attack answer-only t.jsonl -o bare.jsonl
              denature attack mix-clean t.jsonl -o mixed.jsonl --clean other.jsonl --share 0.5

            Rewording is done with sanitize-traces (--rewriter lexical, or instruction:paraphrase at an endpoint).

            Exit status: 0 done; 1 failed; 2 wrong usage.
            """,
        subcommands: [
            None.self, AnswerFilter.self, EquationChecker.self, MajorityVote.self, AnswerOnly.self, MixClean.self,
        ] + modelCommands)

    private static var modelCommands: [any ParsableCommand.Type] {
        #if Torch
            [PerplexityFilter.self]
        #else
            []
        #endif
    }
}

/// What all attacks take.
struct AttackOptions: ParsableArguments {
    @Argument(help: "The traces, or - for standard input.") var input: String
    @Option(name: .shortAndLong, help: "Where to write, or - for standard output.") var output = "-"
    @Option(help: ArgumentHelp("Write at most so many traces.", valueName: "n")) var count: Int?
    @Flag(help: "Replace an existing output.") var force = false
    @Flag(help: "Print the summary as one JSON object.") var json = false

    func validate() throws {
        if let count, count < 1 { throw ValidationError("--count must be positive") }
        if input.isEmpty || output.isEmpty { throw ValidationError("paths must not be empty") }
    }

    /// Reads, attacks and writes.
    ///
    /// - Parameter attack: The attack on the traces that were read.
    func run(inputs others: [String] = [], _ attack: ([AttackTrace]) async throws -> any TraceAttack) async throws {
        do {
            let writer = try LineOutput(argument: output, force: force, inputs: [input] + others)
            do {
                let traces = try AttackTrace.read(path: input)
                let result = try await attack(traces).apply(to: traces, count: count)
                for line in result.lines { try writer.write(line) }
                try writer.finish()
                try report(result)
            } catch {
                writer.abandon()
                throw error
            }
        } catch let error as AttackError {
            throw CommandFailure(description: "\(input): \(error)")
        } catch {
            throw error is CommandFailure ? error : CommandFailure(description: "\(error)")
        }
    }

    private struct Summary: Encodable {
        var read: Int
        var kept: Int
        var changed: Int
        var dropped: [String: Int]
    }

    private func report(_ result: AttackResult) throws {
        let summary = Summary(
            read: result.read, kept: result.lines.count, changed: result.changed, dropped: result.dropped)
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let line = String(decoding: try encoder.encode(summary), as: UTF8.self)
            // Traces have standard output to themselves.
            if output == "-" { Console.error(line) } else { try Console.output(line) }
            return
        }
        var line = "\(summary.kept) of \(summary.read) traces"
        if summary.changed > 0 { line += ", \(summary.changed) changed or put in" }
        for (reason, count) in summary.dropped.sorted(by: { $0.key < $1.key }) { line += "; \(reason): \(count)" }
        Console.error(line)
    }
}

extension AttackCommand {
    /// `denature attack none`.
    struct None: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "No attack: the first --count traces as they are.")
        @OptionGroup var options: AttackOptions

        mutating func run() async throws { try await options.run { _ in NoAttack() } }
    }

    /// `denature attack answer-filter`.
    struct AnswerFilter: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "answer-filter", abstract: "Keep traces whose final answer is the record's solution.")
        @OptionGroup var options: AttackOptions

        mutating func run() async throws { try await options.run { _ in Lab.AnswerFilter() } }
    }

    /// `denature attack equation-checker`.
    struct EquationChecker: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "equation-checker",
            abstract: "Compute every equation again and drop traces with a wrong one.",
            discussion: """
                Reads equations in signs ("44 + 5 - 3 = 46") and in words ("the sum of 44 and 5 is 49", "10 fewer means 33",
                which starts from the last result). What is not surely an equation of numbers is not judged.
                """)
        @OptionGroup var options: AttackOptions

        mutating func run() async throws { try await options.run { _ in EquationFilter() } }
    }

    /// `denature attack majority-vote`.
    struct MajorityVote: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "majority-vote",
            abstract: "Of several traces of a problem keep those with the most frequent answer; needs no solutions.")
        @Option(help: ArgumentHelp("Traces kept of one problem; 0 for all that agree.", valueName: "n"))
        var perProblem = 1
        @OptionGroup var options: AttackOptions

        func validate() throws {
            if perProblem < 0 { throw ValidationError("--per-problem must be from 0 on") }
        }

        mutating func run() async throws {
            let limit = perProblem == 0 ? nil : perProblem
            try await options.run { _ in Lab.MajorityVote(perProblem: limit) }
        }
    }

    /// `denature attack answer-only`.
    struct AnswerOnly: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "answer-only", abstract: "Throw the reasoning away; what is left are problems with answers.")
        @Option(help: "What is left of a trace; {answer} stands for its answer.")
        var template = Lab.AnswerOnly.defaultTemplate
        @OptionGroup var options: AttackOptions

        mutating func run() async throws {
            let template = template
            try await options.run { _ in try Lab.AnswerOnly(template: template) }
        }
    }

    /// `denature attack mix-clean`.
    struct MixClean: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "mix-clean", abstract: "Mix the traces with clean ones from elsewhere.")
        @Option(help: "The clean traces.") var clean: String
        @Option(help: ArgumentHelp("The share of clean ones in the result.", valueName: "share")) var share = 0.5
        @Option(help: "Decides the order.") var seed: UInt64 = 0
        @OptionGroup var options: AttackOptions

        mutating func run() async throws {
            let command = self
            try await options.run(inputs: [clean]) { _ in
                try Lab.MixClean(
                    clean: try AttackTrace.read(path: command.clean), share: command.share,
                    count: command.options.count, seed: command.seed)
            }
        }
    }
}

#if Torch
    extension AttackCommand {
        /// `denature attack perplexity-filter`.
        struct PerplexityFilter: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "perplexity-filter",
                abstract: "Drop the traces that a reference model finds least likely per token.")
            @Option(help: ArgumentHelp("The reference model's folder.", valueName: "dir")) var reference: String
            @Option(help: ArgumentHelp("The share that is dropped.", valueName: "share")) var drop = 0.25
            @OptionGroup var options: AttackOptions
            @OptionGroup(title: "Prompts") var prompts: PromptOptions
            @OptionGroup(title: "Runtime") var torch: TorchOptions

            mutating func run() async throws {
                let command = self
                try await options.run { traces in
                    let scorer = try TraceLikelihood(
                        command.reference, runtime: command.torch.settings, prompts: command.prompts.settings)
                    let scores = try scorer.scores(traces).map(\.mean)
                    return try LikelihoodFilter(scores: scores, dropping: command.drop)
                }
            }
        }
    }
#endif
