#if Torch
    import ArgumentParser
    import Denature
    import DenatureTorch
    import Foundation

    extension ModelsCommand {
        /// `denature models score`.
        struct Score: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                commandName: "score", abstract: "Say how likely a model finds traces.",
                discussion: """
                    Reads traces (JSONL in any of the known shapes) and prints the mean log-probability per token in nats over
                    all tokens of all traces, the end tokens included; with --per-trace also one line for each trace.

                      denature models score --model TEACHER traces.jsonl --json
                    """)

            @OptionGroup var options: SettingsOptions<ModelsScoreSettings>
            @Flag(help: "Print the result as one JSON object.") var json = false

            func run() async throws {
                let report = try await TraceScorer(options.settings).run().report()
                if json { return try Console.json(report) }
                let mean = report.meanLogProb.map { String(format: "%.4f", $0) } ?? "-"
                try Console.output(
                    "\(report.traces) traces, \(String(format: "%.1f", report.meanTokens)) tokens each, "
                        + "log-probability per token \(mean)")
            }
        }
    }
#endif
