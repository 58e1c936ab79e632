import Foundation
import Sanitizing
import Synchronization

/// Progress on standard error: a bar on a terminal, now and then a line elsewhere.
final class ProgressLine: Sendable {
    private struct State {
        var lastPrint: ContinuousClock.Instant
        var hasBar = false
    }

    private let start = ContinuousClock.now
    private let isInteractive: Bool
    private let interval: Duration
    private let state: Mutex<State>

    init(isInteractive: Bool = Console.isInteractive) {
        self.isInteractive = isInteractive
        interval = isInteractive ? .milliseconds(100) : .seconds(10)
        state = Mutex(State(lastPrint: start))
    }

    /// Shows how far the job is, if the last time is long enough ago.
    func update(_ progress: SanitizeProgress) {
        let now = ContinuousClock.now
        let isDue = state.withLock { state in
            guard state.lastPrint.duration(to: now) >= interval else { return false }
            state.lastPrint = now
            state.hasBar = isInteractive
            return true
        }
        guard isDue else { return }
        let line = Self.text(progress, elapsed: start.duration(to: now), bar: isInteractive)
        Console.notice(isInteractive ? "\r\u{1B}[2K" + line : line + "\n")
    }

    /// Removes the bar, so that what follows starts on a clean line.
    func finish() {
        let hadBar = state.withLock { $0.hasBar }
        if hadBar { Console.notice("\r\u{1B}[2K") }
    }

    static func text(_ progress: SanitizeProgress, elapsed: Duration, bar: Bool) -> String {
        let seconds = max(Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18, 1e-3)
        let rate = "\(progress.records) traces, \(Int(Double(progress.records) / seconds))/s"
        guard let total = progress.totalBytes, total > 0 else { return rate }
        let share = min(Double(progress.inputBytes) / Double(total), 1)
        let percent = "\(Int(share * 100)) %"
        guard bar else { return "\(percent), \(rate)" }
        let filled = Int(share * 30)
        var line = "[" + String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled) + "] "
        line += "\(percent), \(rate)"
        if share > 0.01 { line += ", \(Int(seconds / share * (1 - share))) s left" }
        return line
    }
}
