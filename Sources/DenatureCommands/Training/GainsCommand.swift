#if Torch
    import ArgumentParser
    import Denature
    import DenatureTorch
    import Foundation

    /// `denature gains`.
    struct GainsCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "gains",
            abstract: "Measure how well each gain predicts what a swap does to a trace's J.",
            discussion: """
                Draws swaps of single words, evenly from all that the rewriter 'gradient' may make, and compares each gain
                with the true change of J, evaluated by the perturbed pair on the whole trace: Spearman's rank correlation
                over all swaps, 95 % interval by Fisher's transformation (swaps of one trace are not independent, so that
                the interval is too narrow).

                  denature gains --proxy DIR --gradient g.safetensors --data traces.jsonl
                  denature gains --proxy DIR --gradient g.safetensors --data traces.jsonl --teacher DIR --swaps 4000 --json

                With --teacher the gain rhb is measured too, against the change of J and against the sum of that change and
                beta times the change of the teacher's log-probability.

                Exit status: 0 done; 1 failed; 2 wrong usage; 130 interrupted.
                """)

        @OptionGroup var options: SettingsOptions<GainsSettings>
        @OptionGroup var printing: PrintingOptions

        func run() async throws {
            let progress = CountProgress()
            defer { progress.finish() }
            let job = try GainMeasurement(options.settings).run()
            let report = try await Interruption.running(job, quiet: printing.quiet) {
                progress.update($0.traces, of: $0.totalTraces, "traces")
            }
            progress.finish()
            if printing.json { return try Console.json(report) }
            for line in printing.quiet ? [] : report.lines { try Console.output(line) }
        }
    }

    extension GainsReport {
        fileprivate var lines: [String] {
            var lines = ["\(swaps) swaps in \(traces) traces; Spearman's correlation with the true change of J:"]
            for gain in gains {
                var line = "  " + gain.gain.rawValue.padding(toLength: 6, withPad: " ", startingAt: 0)
                if let rho = gain.spearman {
                    line += String(format: "%.3f", rho)
                    if let interval = gain.interval {
                        line += String(format: "  (95 %% interval %.3f to %.3f)", interval[0], interval[1])
                    }
                } else {
                    line += "none: all values are equal"
                }
                if let weighted = gain.spearmanWeighted {
                    line += String(format: "; with the teacher's part %.3f", weighted)
                }
                lines.append(line)
            }
            return lines
        }
    }
#endif
