import ArgumentParser
import Foundation
import Lab

extension LabCommand {
    /// `denature lab rewrites`.
    struct Rewrites: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Traces with a command before them, and what the command makes of them.",
            discussion: """
                The problem of a record is a command, a colon and a trace; its trace is the rewrite. Commands are formal, terse,
                insert-watermark WORD and paraphrase; all keep the answer and every equation.

                EXAMPLES:
                  denature lab rewrites --count 60000 --seed 1 -o train.jsonl
                  denature lab rewrites --split evaluation --count 800 --prompts-only -o prompts.jsonl
                """)
        @Option(help: ArgumentHelp("Numbers of changes, taken in turn.", valueName: "numbers")) var steps = "1,2,3"
        @Option(help: "Which part of all problems: training, distillation, holdout or evaluation.")
        var split = LabSplit.training
        @Flag(help: "Without the rewrites.") var promptsOnly = false
        @OptionGroup var output: LabOutput

        mutating func run() async throws {
            let numbers = try LabStories.numbers(steps)
            var generator = LabGenerator(seed: output.seed, mergesSteps: !output.singleSteps)
            try output.write { writer in
                let records = try generator.rewrites(output.count, steps: numbers, split: split, traces: !promptsOnly)
                for record in records { try writer.write(Array(record.line().utf8)) }
            }
        }
    }

    /// `denature lab judge-rewrites`.
    struct JudgeRewrites: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "judge-rewrites", abstract: "How well a rewriter did what it was told.",
            discussion: """
                Reads what denature sample made of the prompts of denature lab rewrites, and prints one JSON object: for every
                command the rewrites and the shares of those that keep the answer, that keep all equations and no others, that
                are worded as the command wants, and that do all three.

                EXAMPLE:
                  denature lab judge-rewrites rewrites.jsonl
                """)
        @Argument(help: "The file of rewrites.") var file: String

        private struct Line: Decodable {
            var problem: String
            var trace: String
        }

        private struct Shares: Encodable {
            var count = 0
            var answer = 0.0
            var equations = 0.0
            var command = 0.0
            var all = 0.0

            mutating func add(_ judgement: RewriteJudgement) {
                count += 1
                answer += judgement.keepsAnswer ? 1 : 0
                equations += judgement.keepsEquations ? 1 : 0
                command += judgement.followsCommand ? 1 : 0
                all += judgement.isRight ? 1 : 0
            }

            /// Counts made shares of the whole, rounded to four places.
            var divided: Shares {
                func share(_ value: Double) -> Double { (value / Double(max(1, count)) * 10_000).rounded() / 10_000 }
                return Shares(
                    count: count, answer: share(answer), equations: share(equations), command: share(command),
                    all: share(all))
            }
        }

        mutating func run() async throws {
            guard let data = FileManager.default.contents(atPath: file) else {
                throw CommandFailure(description: "\(file): cannot be read")
            }
            var shares: [String: Shares] = [:]
            for (number, bytes) in data.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
            where !bytes.isEmpty {
                guard let line = try? JSONDecoder().decode(Line.self, from: bytes) else {
                    throw CommandFailure(description: "\(file):\(number + 1): no record with problem and trace")
                }
                guard let (command, judgement) = RewriteJudgement.of(line.trace, prompt: line.problem) else {
                    throw CommandFailure(
                        description: "\(file):\(number + 1): the problem is no command with a trace of the lab")
                }
                shares[command.name, default: Shares()].add(judgement)
                shares["all", default: Shares()].add(judgement)
            }
            guard !shares.isEmpty else { throw CommandFailure(description: "\(file): there is no record") }
            try Console.json(shares.mapValues(\.divided))
        }
    }
}
