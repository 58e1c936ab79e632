import ArgumentParser
import Denature

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

        @OptionGroup var options: SettingsOptions<TracesImportSettings>
        @Flag(help: "Print the counts as one JSON object (with --output FILE).") var json = false

        func validate() throws {
            if json, options.settings.output == "-" { throw ValidationError("--json needs --output FILE") }
        }

        func run() async throws {
            let report = try await ProblemImport(options.settings).run().report()
            if json { try Console.json(report) } else { Console.error(report.text) }
        }
    }
}

extension ProblemImportReport {
    fileprivate var text: String {
        var text = "\(format): \(problems) problems"
        if duplicates > 0 { text += ", \(duplicates) of them there before" }
        text += "; wrote \(training)"
        if let holdout { text += " and \(holdout) held out" }
        return text
    }
}
