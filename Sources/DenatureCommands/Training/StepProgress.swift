#if Torch
    import DenatureTorch
    import Foundation
    import Synchronization

    /// Progress of training on standard error: a line that changes on a terminal, now and then a line elsewhere.
    final class StepProgress: Sendable {
        private struct State {
            var last = ContinuousClock.now
            var hasLine = false
        }

        private let isInteractive = Console.isInteractive
        private let state = Mutex(State())

        /// Shows a step, if the last time is long enough ago.
        func update(_ progress: TrainingProgress) {
            let isShown = state.withLock { state in
                let now = ContinuousClock.now
                let isDue = state.last.duration(to: now) >= (isInteractive ? .milliseconds(100) : .seconds(10))
                guard isDue || progress.entry.step == progress.totalSteps else { return false }
                state.last = now
                state.hasLine = isInteractive
                return true
            }
            guard isShown else { return }
            let line = Self.text(progress)
            Console.notice(isInteractive ? "\r\u{1B}[2K" + line : line + "\n")
        }

        /// Ends the line, so that what follows starts on a clean one.
        func finish() {
            let hadLine = state.withLock { state in
                defer { state.hasLine = false }
                return state.hasLine
            }
            if hadLine { Console.notice("\n") }
        }

        private static func text(_ progress: TrainingProgress) -> String {
            let entry = progress.entry
            let seconds = max(progress.seconds, 1e-3)
            var line = "step \(entry.step)/\(progress.totalSteps), "
            line += String(format: "loss %.4f, ", entry.loss)
            line += String(format: "lr %.2e, ", entry.learningRate)
            line += "\(Int(Double(progress.tokens) / seconds)) tokens/s"
            let left = Double(progress.totalSteps - entry.step) * seconds / Double(progress.steps)
            if left >= 1 { line += ", \(Int(left)) s left" }
            if let loss = entry.evaluationLoss { line += String(format: ", evaluation loss %.4f", loss) }
            return line
        }
    }
#endif
