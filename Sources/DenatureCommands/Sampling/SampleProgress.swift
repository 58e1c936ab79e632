#if Torch
    import Foundation
    import Synchronization
    import TraceGeneration

    /// How far a decoding run is, on standard error: a bar on a terminal, now and then a line elsewhere.
    final class SampleProgress: Sendable {
        private struct State {
            var lastPrint: ContinuousClock.Instant
            var hasBar = false
            /// Sequences that an earlier run had finished.
            var resumed: Int?
        }

        private let start = ContinuousClock.now
        private let isInteractive = Console.isInteractive
        private let state: Mutex<State>

        init() {
            state = Mutex(State(lastPrint: start))
        }

        /// Seconds since the beginning.
        var seconds: Double {
            let elapsed = start.duration(to: .now).components
            return max(Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18, 1e-3)
        }

        /// Shows how far the run is, if the last time is long enough ago.
        func update(_ progress: SampleJob.Progress) {
            let interval: Duration = isInteractive ? .milliseconds(100) : .seconds(10)
            let resumed: Int? = state.withLock { state in
                let before = state.resumed ?? max(0, progress.sequences - 1)
                state.resumed = before
                let now = ContinuousClock.now
                guard state.lastPrint.duration(to: now) >= interval else { return nil }
                state.lastPrint = now
                state.hasBar = isInteractive
                return before
            }
            guard let resumed else { return }
            let line = Self.text(progress, resumed: resumed, seconds: seconds, bar: isInteractive)
            Console.notice(isInteractive ? "\r\u{1B}[2K" + line : line + "\n")
        }

        /// Removes the bar, so that what follows starts on a clean line.
        func finish() {
            if state.withLock({ $0.hasBar }) { Console.notice("\r\u{1B}[2K") }
        }

        static func text(_ progress: SampleJob.Progress, resumed: Int, seconds: Double, bar: Bool) -> String {
            let share = progress.total > 0 ? Double(progress.sequences) / Double(progress.total) : 0
            var line = "\(Int(share * 100)) %, \(progress.sequences) of \(progress.total) traces, "
            line += "\(Int(Double(progress.sampledTokens) / seconds)) tokens/s"
            let own = progress.sequences - resumed
            if own > 0, progress.sequences < progress.total {
                let left = seconds / Double(own) * Double(progress.total - progress.sequences)
                line += ", \(Int(left)) s left"
            }
            guard bar else { return line }
            let filled = Int(share * 30)
            return "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled) + "] "
                + line
        }
    }
#endif
