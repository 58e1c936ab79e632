import Synchronization

/// Stops sending to an endpoint that accepts no connections, over all requests of a client.
///
/// Opens after `failureLimit` connection failures in a row that span at least `minimumSpan` (a single refused
/// connection fails every request waiting for it at once). While open, requests fail without being sent; after
/// `coolDown` one request is let through as a probe, and its success closes the circuit.
final class CircuitBreaker: Sendable {
    private struct State {
        var failures = 0
        var firstFailure: ContinuousClock.Instant?
        var openUntil: ContinuousClock.Instant?
    }

    private let failureLimit: Int
    private let minimumSpan: Duration
    private let coolDown: Duration
    private let state = Mutex(State())

    init(failureLimit: Int, minimumSpan: Duration, coolDown: Duration) {
        self.failureLimit = max(1, failureLimit)
        self.minimumSpan = minimumSpan
        self.coolDown = coolDown
    }

    /// Whether an attempt may be made now.
    func allowsAttempt(at now: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            guard let openUntil = state.openUntil else { return true }
            guard now >= openUntil else { return false }
            // This caller is the probe; the others wait for its outcome, or for the next probe.
            state.openUntil = now.advanced(by: coolDown)
            return true
        }
    }

    func recordConnectionFailure(at now: ContinuousClock.Instant) {
        state.withLock { state in
            state.failures += 1
            let first = state.firstFailure ?? now
            state.firstFailure = first
            if state.failures >= failureLimit, first.duration(to: now) >= minimumSpan {
                state.openUntil = now.advanced(by: coolDown)
            }
        }
    }

    /// A response began: somebody is there.
    func recordContact() {
        state.withLock { $0 = State() }
    }
}
