import ArgumentParser
import Foundation
import Problems
import Sanitizing

extension ProblemSetFormat: ExpressibleByArgument {}

extension TracesCommand {
    /// `denature traces import`.
    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read GSM8K, MATH or MMLU from local files, and split them for training and holdout.",
            discussion: """
                gsm8k: lines of {"question", "answer"}, the answer ending in #### 72. math: a folder of JSON files
                {"problem", "solution", "level", "type"}, or lines of such objects; the answer is the last \\boxed{...}.
                mmlu: CSV files of question, A, B, C, D, answer, with or without a header, a folder of them, or lines of
                {"question", "choices", "answer"}.

                  denature traces import train.jsonl --format gsm8k -o train.jsonl --holdout holdout.jsonl
                  denature traces import MATH/train --format math -o problems.jsonl --limit 2880
                  denature traces import data/test --format mmlu -o test.jsonl --distinct

                Writes one problem a line: problem, solution, final_answer, id, and subject and level where the set has
                them. With --holdout a problem goes into one of two files by a hash of its question (without choices), so
                that equal questions are never in both, and a problem's part depends on no other problem.

                Exit status: 0 done; 1 failed, naming file and line; 2 wrong usage.
                """)

        @Argument(help: "Files, or folders of files.") var inputs: [String]
        @Option(help: "gsm8k, math or mmlu.") var format: ProblemSetFormat
        @Option(name: .shortAndLong, help: "Where to write, or - for standard output.") var output = "-"
        @Option(help: ArgumentHelp("Write the holdout part there, and only the rest to --output.", valueName: "path"))
        var holdout: String?
        @Option(help: ArgumentHelp("Expected share of the training part.", valueName: "0-1")) var trainShare = 0.7
        @Option(help: "Decides the split and the draw.") var seed: UInt64 = 0
        @Flag(help: "Leave out problems that were there before, choices included.") var distinct = false
        @Option(help: ArgumentHelp("Draw at most so many problems of each part.", valueName: "n")) var limit: Int?
        @Flag(help: "Write the set's own solutions as traces too (gsm8k, math).") var withTraces = false
        @Option(help: ArgumentHelp("Put this before every problem, a blank line between.", valueName: "text"))
        var instruction: String?
        @Flag(help: "Replace existing outputs.") var force = false
        @Flag(help: "Print the counts as one JSON object (with --output FILE).") var json = false

        func validate() throws {
            if inputs.isEmpty || inputs.contains("") { throw ValidationError("name at least one file or folder") }
            if !(0...1).contains(trainShare) { throw ValidationError("--train-share must be from 0 to 1") }
            if let limit, limit < 1 { throw ValidationError("--limit must be positive") }
            if output.isEmpty || holdout == "" { throw ValidationError("outputs must not be empty") }
            if let holdout, holdout == output { throw ValidationError("--output and --holdout must differ") }
            if withTraces, format == .mmlu { throw ValidationError("mmlu has no solutions to write as traces") }
            if json, output == "-" { throw ValidationError("--json needs --output FILE") }
        }

        mutating func run() async throws {
            let set: ProblemSet
            do {
                set = try ProblemSet(format: format, paths: inputs)
            } catch {
                throw CommandFailure(description: error.description)
            }
            var parts = [Part(output)]
            if let holdout { parts.append(Part(holdout)) }
            let duplicates = sort(set.problems, into: &parts)
            try write(parts)
            let report = ImportReport(
                format: format.rawValue, problems: set.problems.count, duplicates: duplicates,
                training: parts[0].problems.count, holdout: holdout.map { _ in parts[parts.count - 1].problems.count })
            if json {
                try Console.json(report)
            } else {
                Console.error(report.text)
            }
        }

        private struct Part {
            let path: String
            var problems: [ImportedProblem] = []

            init(_ path: String) {
                self.path = path
            }
        }

        /// Puts problems into their parts; returns how many were there before.
        private func sort(_ problems: [ImportedProblem], into parts: inout [Part]) -> Int {
            let split = ProblemSplit(trainingShare: trainShare, seed: seed)
            var seen: Set<String> = []
            var duplicates = 0
            for problem in problems {
                let isNew = seen.insert(ProblemSplit.normalised(problem.problem)).inserted
                if !isNew { duplicates += 1 }
                if distinct, !isNew { continue }
                let part = parts.count == 1 || split.isTraining(problem.question) ? 0 : 1
                parts[part].problems.append(problem)
            }
            guard let limit else { return duplicates }
            for part in parts.indices {
                // A draw rather than the first ones: sets are sorted by subject.
                let draws = parts[part].problems.map { split.draw($0.question) }
                let chosen = draws.indices.sorted { (draws[$0], $0) < (draws[$1], $1) }.prefix(limit).sorted()
                parts[part].problems = chosen.map { parts[part].problems[$0] }
            }
            return duplicates
        }

        /// Writes all parts, and puts them in their places only when all are complete.
        private func write(_ parts: [Part]) throws {
            var writers: [LineOutput] = []
            do {
                for part in parts {
                    let others = parts.map(\.path).filter { $0 != part.path && $0 != "-" }
                    let writer = try LineOutput(argument: part.path, force: force, inputs: inputs + others)
                    writers.append(writer)
                    for problem in part.problems {
                        try writer.write(try problem.line(instruction: instruction, withTrace: withTraces))
                    }
                }
                for writer in writers { try writer.finish() }
            } catch {
                for writer in writers { writer.abandon() }
                throw CommandFailure(description: "\(error)")
            }
        }
    }
}

private struct ImportReport: Encodable {
    var format: String
    var problems: Int
    var duplicates: Int
    var training: Int
    var holdout: Int?

    var text: String {
        var text = "\(format): \(problems) problems"
        if duplicates > 0 { text += ", \(duplicates) of them there before" }
        text += "; wrote \(training)"
        if let holdout { text += " and \(holdout) held out" }
        return text
    }
}
