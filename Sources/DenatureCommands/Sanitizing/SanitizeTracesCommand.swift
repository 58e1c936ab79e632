import ArgumentParser
import Denature
import DenatureTorch
import Sanitizing
import TraceRewriting
import Traces

extension TraceFormat: ExpressibleByArgument {}

/// `denature sanitize-traces`.
struct SanitizeTracesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sanitize-traces",
        abstract: "Rewrite and mark reasoning traces; every final answer survives.",
        discussion: """
            Reads JSONL in any of the known shapes (or an XML or HTML transcript, or a plain text), rewrites only the
            reasoning, adds the ordered marks, checks every candidate, and writes the records in input order, all
            other bytes as they were. Compressed files (.gz, .zst) and JSON arrays are read as they are, and written by
            the output's name; of a folder, every file of traces is written into the output folder.

            Rewriters, tried in order: lexical (offline, keyed), gradient (a proxy model; needs a build with libtorch),
            instruction[:TEMPLATE] (an endpoint), none.
            Watermarks: lexical, trigger, selection, none. Without --rewriter, a lexical mark is placed by the lexical
            rewriter, and a job with only triggers leaves all other words alone.

            EXAMPLES:
              denature sanitize-traces in.jsonl -o out.jsonl --keyring K.json --tenant acme
              denature sanitize-traces DATASET -o MARKED --keyring K.json --tenant acme --ledger job.sqlite
              cat in.jsonl | denature sanitize-traces - -o - --keyring env:KEYRING --tenant acme > out.jsonl
              denature sanitize-traces in.jsonl -o out.jsonl --keyring K.json --tenant acme \\
                --watermark lexical,trigger --ledger job.sqlite
              denature sanitize-traces in.jsonl -o out.jsonl --keyring K.json --tenant acme \\
                --rewriter instruction:semantic,lexical --endpoint http://127.0.0.1:8000/v1 --model m \\
                --concurrency 64 --ledger job.sqlite

              denature sanitize-traces in.jsonl -o out.jsonl --watermark none --rewriter gradient,lexical \\
                --proxy PROXY --gradient g.safetensors --gain ds --token-budget 0.1 --threads 1

            With --ledger a run that was interrupted in any way goes on where it stopped when the same command is run
            again. --config FILE reads any of these options from YAML.

            An endpoint that refuses what every request holds (400, 401, 402, 403, 404, 413, 422, no credit left), or answers
            with a web page or with foreign JSON, ends the job at once, with its words.

            Exit status: 0 done; 1 failed; 2 wrong usage; 3 finished, with traces withheld or failed, or left unmarked because
            the endpoint failed or nothing could be rewritten; 130 interrupted.
            """)

    @OptionGroup var options: SettingsOptions<SanitizeSettings>
    @OptionGroup var printing: PrintingOptions

    func run() async throws {
        let defence = try Defence(options.settings, rewriters: Self.rewriters)
        let progress = ProgressLine()
        let summary: SanitizeSummary
        do {
            summary = try await Interruption.running(
                defence.sanitize(), quiet: printing.quiet, progress: progress.update)
            progress.finish()
            await defence.shutdown()
        } catch {
            progress.finish()
            await defence.shutdown()
            throw error
        }
        let output = options.settings.output
        try SanitizeReport(summary, output: output).print(
            json: printing.json, quiet: printing.quiet, outputIsStandard: output == "-")
        var complaint = ""
        if summary.isUnmarked {
            complaint = "traces were released as they came, without rewriting"
            if summary.endpointFailures == 0 { complaint = "no trace was rewritten; " + complaint }
        }
        if summary.endpointFailures > 0 {
            complaint += complaint.isEmpty ? "" : "; "
            complaint += "the endpoint failed for \(summary.endpointFailures): \(summary.endpointFailure ?? "")"
        }
        let lacksReasoning = options.settings.requireReasoning && summary.withoutReasoning > 0
        if summary.isIncomplete || summary.isUnmarked || lacksReasoning {
            throw CommandFailure(description: complaint, status: ExitStatus.incomplete)
        }
    }

    private static var rewriters: RewriterRegistry {
        #if Torch
            .withTorch
        #else
            .standard
        #endif
    }
}

extension TraceFormat {
    /// All names, for help texts.
    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
