#if Torch
    import FineTuning
    import Foundation

    /// Progress of training on standard error: a line that changes on a terminal, now and then a line elsewhere.
    final class StepProgress {
        private let totalSteps: Int
        private let start = ContinuousClock.now
        private let isInteractive = Console.isInteractive
        private var lastPrint = ContinuousClock.now
        private var tokens = 0
        private var steps = 0
        private var hasLine = false

        init(totalSteps: Int) {
            self.totalSteps = totalSteps
        }

        /// Seconds since the beginning.
        var seconds: Double { start.duration(to: .now) / .seconds(1) }

        /// Shows a step, if the last time is long enough ago.
        func update(_ entry: TrainingLogEntry) {
            tokens += entry.tokens
            steps += 1
            let now = ContinuousClock.now
            let isDue = lastPrint.duration(to: now) >= (isInteractive ? .milliseconds(100) : .seconds(10))
            guard isDue || entry.step == totalSteps else { return }
            lastPrint = now
            hasLine = isInteractive
            let line = text(entry)
            Console.notice(isInteractive ? "\r\u{1B}[2K" + line : line + "\n")
        }

        /// Ends the line, so that what follows starts on a clean one.
        func finish() {
            if hasLine { Console.notice("\n") }
        }

        private func text(_ entry: TrainingLogEntry) -> String {
            let seconds = max(self.seconds, 1e-3)
            var line = "step \(entry.step)/\(totalSteps), "
            line += String(format: "loss %.4f, ", entry.loss)
            line += String(format: "lr %.2e, ", entry.learningRate)
            line += "\(Int(Double(tokens) / seconds)) tokens/s"
            let left = Double(totalSteps - entry.step) * seconds / Double(steps)
            if left >= 1 { line += ", \(Int(left)) s left" }
            if let loss = entry.evaluationLoss { line += String(format: ", evaluation loss %.4f", loss) }
            return line
        }
    }
#endif
