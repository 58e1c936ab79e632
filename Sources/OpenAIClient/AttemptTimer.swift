import Synchronization

/// Watches one attempt: the HTTP library's own timeout ends at the response head, so a body that stalls, or trickles
/// for ever, is caught here.
final class AttemptTimer: Sendable {
    enum Stage: Sendable {
        /// Nothing of the body yet: it is being generated, or waits for its turn.
        case head
        case body
        /// The answer is whole; only the end of the body is awaited, so that the connection can be used again.
        case draining
    }

    /// How long the end of a body may take after the answer is whole.
    static let drainLimit: Duration = .seconds(1)

    private struct State {
        var stage = Stage.head
        var due: ContinuousClock.Instant
        var headAt: ContinuousClock.Instant?
        var answer: ChatAnswer?
    }

    let start = ContinuousClock.now
    private let timeouts: ClientConfiguration.Timeouts
    private let deadline: ContinuousClock.Instant
    private let state: Mutex<State>

    init(timeouts: ClientConfiguration.Timeouts) {
        self.timeouts = timeouts
        deadline = start.advanced(by: timeouts.attempt)
        state = Mutex(State(due: min(start.advanced(by: timeouts.head), deadline)))
    }

    /// The response head is here. Some servers send it long before the answer, so that it starts no stall.
    func receivedHead() {
        let now = ContinuousClock.now
        state.withLock { $0.headAt = now }
    }

    /// More of the body is here.
    func receivedBytes() {
        let due = min(ContinuousClock.now.advanced(by: timeouts.idle), deadline)
        state.withLock { state in
            if state.stage == .head { state.stage = .body }
            if state.stage == .body { state.due = due }
        }
    }

    /// The answer is whole: nothing that happens from here on can spoil it.
    func received(_ answer: ChatAnswer) {
        let due = min(ContinuousClock.now.advanced(by: Self.drainLimit), deadline)
        state.withLock { state in
            state.stage = .draining
            state.answer = answer
            state.due = due
        }
    }

    /// The answer, if it was whole before the attempt ended one way or another.
    var answer: ChatAnswer? { state.withLock(\.answer) }

    var durationToHead: Duration { state.withLock { $0.headAt.map(start.duration(to:)) ?? .zero } }

    /// Runs an attempt against the clock. The loser of the race is cancelled.
    func watch(
        _ attempt: @escaping @Sendable () async throws -> ChatAnswer
    ) async throws -> ChatAnswer {
        try await withThrowingTaskGroup(of: ChatAnswer?.self) { group in
            group.addTask { try await attempt() }
            group.addTask {
                try await self.waitUntilDue()
                return nil
            }
            defer { group.cancelAll() }
            do {
                if let answer = try await group.next() ?? nil { return answer }
            } catch {
                guard let answer else { throw error }
                return answer
            }
            // Only the clock returns nil, and only when an answer is being drained.
            guard let answer else { throw EndpointError(.stalled, "no answer") }
            return answer
        }
    }

    /// How late a stall may be noticed.
    private var slice: Duration { max(.milliseconds(5), min(timeouts.idle, Self.drainLimit) / 4) }

    private func waitUntilDue() async throws {
        while true {
            let (stage, due) = state.withLock { ($0.stage, $0.due) }
            if ContinuousClock.now < due {
                // In slices: a change of stage can bring the due time forward while this sleeps.
                try await Task.sleep(until: min(due, ContinuousClock.now.advanced(by: slice)), clock: .continuous)
                continue
            }
            if stage == .draining { return }
            if due >= deadline {
                throw EndpointError(.deadlineExceeded, "no complete response within \(timeouts.attempt)")
            }
            throw stage == .head
                ? EndpointError(.stalled, "no response within \(timeouts.head)")
                : EndpointError(.stalled, "the response stopped for \(timeouts.idle)")
        }
    }
}
