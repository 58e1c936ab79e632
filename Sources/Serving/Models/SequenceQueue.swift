import Dispatch
import Synchronization

/// Sequences that wait for the engine: bounded, first come, first served. Orders enter whole or not at all.
final class SequenceQueue: Sendable {
    /// Whether an order was taken.
    enum Admission {
        case taken, full, stopped
    }

    private struct State {
        var waiting: [WaitingSequence] = []
        var running = 0
        var isStopped = false
    }

    private let limit: Int
    private let slots: Int
    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)

    init(limit: Int, slots: Int) {
        self.limit = limit
        self.slots = slots
    }

    var load: BackendLoad {
        state.withLock { state in
            state.waiting.removeAll { !$0.feed.isOpen }
            return BackendLoad(slots: slots, running: state.running, waiting: state.waiting.count)
        }
    }

    var isStopped: Bool { state.withLock { $0.isStopped } }

    /// Adds an order's sequences, if they all fit: into free slots and the queue.
    func add(_ sequences: [WaitingSequence]) -> Admission {
        let admission = state.withLock { state -> Admission in
            guard !state.isStopped else { return .stopped }
            // Those whose clients have left hold no place.
            state.waiting.removeAll { !$0.feed.isOpen }
            guard state.waiting.count + sequences.count <= limit + max(0, slots - state.running) else { return .full }
            state.waiting.append(contentsOf: sequences)
            return .taken
        }
        if case .taken = admission { arrivals.signal() }
        return admission
    }

    /// Takes no more orders, and gives up those that wait.
    func stop() {
        let waiting = state.withLock { state in
            state.isStopped = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for sequence in waiting { sequence.feed.fail("the server is stopping") }
        arrivals.signal()
    }

    // MARK: The engine's side

    /// The next sequence that somebody still wants.
    ///
    /// - Parameter waits: Whether to wait for one; it ends with nil only when the queue was stopped.
    func next(waits: Bool) -> WaitingSequence? {
        while true {
            let (sequence, isStopped) = state.withLock { state -> (WaitingSequence?, Bool) in
                while !state.waiting.isEmpty {
                    let first = state.waiting.removeFirst()
                    guard first.feed.isOpen else { continue }
                    state.running += 1
                    return (first, state.isStopped)
                }
                return (nil, state.isStopped)
            }
            if sequence != nil || isStopped || !waits { return sequence }
            arrivals.wait()
        }
    }

    /// A sequence that was taken has ended.
    func ended() {
        state.withLock { $0.running -= 1 }
    }
}
