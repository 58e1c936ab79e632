import ArgumentParser
import Denature
import Foundation

/// `denature judge`.
struct JudgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "judge", abstract: "Ask a model how well traces serve those who read them.",
        discussion: """
            Sends every trace (JSONL in any of the known shapes) with its problem to an OpenAI-compatible endpoint, which
            scores it from 1 to 5, and prints the mean with a 95 % t interval over traces. An opinion is no proof: the score
            depends on the judge and its instruction (--template), and replies without a score are counted apart.

              denature judge released.jsonl --endpoint https://api.example.com/v1 --model big --api-key-env API_KEY
              denature judge released.jsonl --endpoint http://127.0.0.1:8080/v1 --limit 200 -o scores.jsonl --json

            Exit status: 0 done; 1 failed; 2 wrong usage; 3 finished, but requests failed; 130 interrupted, with nothing
            written.
            """)

    @OptionGroup var options: SettingsOptions<JudgeSettings>
    @OptionGroup var printing: PrintingOptions

    func validate() throws {
        if options.settings.output == "-", printing.json {
            throw ValidationError("-o - and --json both want standard output")
        }
    }

    func run() async throws {
        let progress = CountProgress()
        defer { progress.finish() }
        let report = try await Interruption.running(Judge(options.settings).run(), quiet: printing.quiet) {
            progress.update($0.judged, of: $0.traces, "traces judged")
        }
        progress.finish()
        if printing.json {
            try Console.json(report)
        } else if options.settings.output == "-" {
            // The scores have standard output to themselves.
            Console.error(report.text)
        } else {
            try Console.output(report.text)
        }
        if report.failed > 0 { throw CommandFailure(description: "", status: ExitStatus.incomplete) }
    }
}

extension JudgeReport {
    fileprivate var text: String {
        func decimal(_ value: Double?) -> String { value.map { String(format: "%.2f", $0) } ?? "-" }
        var line = "\(judged) of \(traces) traces scored: mean \(decimal(meanScore)) of 5"
        if low != nil { line += " (\(decimal(low)) to \(decimal(high)))" }
        if unscored > 0 { line += "; no score in the reply: \(unscored)" }
        if failed > 0 { line += "; requests failed: \(failed)" }
        return line
    }
}
