import Synchronization

/// How far a run is, on standard error.
final class CountProgress: Sendable {
    private struct State {
        var last: ContinuousClock.Instant
        var hasBar = false
    }

    private let isInteractive = Console.isInteractive
    private let state = Mutex(State(last: .now))

    /// Shows a count, if the last time is long enough ago.
    func update(_ count: Int, of total: Int, _ what: String) {
        let interval: Duration = isInteractive ? .milliseconds(100) : .seconds(10)
        let isDue = state.withLock { state in
            let now = ContinuousClock.now
            guard state.last.duration(to: now) >= interval else { return false }
            state.last = now
            state.hasBar = isInteractive
            return true
        }
        guard isDue else { return }
        let line = "\(count) of \(total) \(what)"
        Console.notice(isInteractive ? "\r\u{1B}[2K" + line : line + "\n")
    }

    /// Removes what stands there, so that what follows starts on a clean line.
    func finish() {
        if state.withLock({ $0.hasBar }) { Console.notice("\r\u{1B}[2K") }
    }
}
