#if Torch
    import ArgumentParser
    import Denature
    import DenatureTorch
    import Foundation
    import Synchronization
    import TorchAntidistillation

    /// `denature gradient`.
    struct GradientCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "gradient",
            abstract:
                "Compute the gradient of a proxy's loss on held-out traces: the direction that sampling is pushed in.",
            discussion: """
                The loss is the mean negative log-likelihood of completion tokens in nats, prompts masked. The gradient is
                computed in float32 and written as safetensors under the checkpoint's tensor names, with loss, norm, counts
                and digests of data and weights in the metadata.

                  denature gradient --proxy DIR --holdout traces.jsonl -o g.safetensors
                  denature gradient --negate g.safetensors -o minus.safetensors
                  denature gradient --random g.safetensors --seed 1 -o random.safetensors

                --negate and --random write controls: the opposite direction, and a random one of the same norm.

                Exit status: 0 done; 1 failed; 2 wrong usage; 130 interrupted, with nothing written.
                """)

        @OptionGroup var options: SettingsOptions<GradientSettings>
        @OptionGroup var printing: PrintingOptions

        func run() async throws {
            let progress = GradientProgressLine()
            defer { progress.finish() }
            let job = try GradientWriter(options.settings).run()
            let report = try await Interruption.running(job, quiet: printing.quiet, progress: progress.update)
            progress.finish()
            if printing.json {
                try Console.json(report)
            } else if !printing.quiet {
                try Console.output(report.text)
            }
        }
    }

    extension GradientReport {
        fileprivate var text: String {
            let what = direction == .gradient ? "" : "direction \(direction.rawValue), "
            return what + String(format: "loss %.4f nats per token, gradient norm %.4g", loss, norm)
                + " (\(tokens) tokens of \(traces) traces) → \(output)"
        }
    }

    /// How far the job is, on standard error.
    private final class GradientProgressLine: Sendable {
        private struct State {
            var last = ContinuousClock.now
            var hasBar = false
        }

        private let isInteractive = Console.isInteractive
        private let start = ContinuousClock.now
        private let state = Mutex(State())

        func update(_ progress: GradientJob.Progress) {
            let now = ContinuousClock.now
            let isDue = state.withLock { state in
                guard state.last.duration(to: now) >= (isInteractive ? .milliseconds(100) : .seconds(10)) else {
                    return false
                }
                state.last = now
                state.hasBar = isInteractive
                return true
            }
            guard isDue else { return }
            let seconds = max(start.duration(to: now) / .seconds(1), 1e-3)
            let line =
                "\(progress.traces)/\(progress.totalTraces) traces, "
                + String(format: "loss %.4f, ", progress.loss) + "\(Int(Double(progress.tokens) / seconds)) tokens/s"
            Console.notice(isInteractive ? "\r\u{1B}[2K" + line : line + "\n")
        }

        func finish() {
            let hadBar = state.withLock { state in
                defer { state.hasBar = false }
                return state.hasBar
            }
            if hadBar { Console.notice("\r\u{1B}[2K") }
        }
    }
#endif
