import Synchronization

/// Lets something through once per interval.
final class ProgressGate: Sendable {
    private let last = Mutex<ContinuousClock.Instant?>(nil)
    private let interval: Duration

    init(interval: Duration) { self.interval = interval }

    func opens() -> Bool {
        let now = ContinuousClock.now
        return last.withLock { last in
            if let before = last, before.duration(to: now) < interval { return false }
            last = now
            return true
        }
    }
}
