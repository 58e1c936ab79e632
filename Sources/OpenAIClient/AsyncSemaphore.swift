import Synchronization

/// A counting semaphore for tasks: waiters are served first come, first served, and leave when cancelled.
package final class AsyncSemaphore: Sendable {
    private struct State {
        var available: Int
        var nextTicket: UInt64 = 0
        /// Tickets in order of arrival; one whose waiter left is skipped when its turn comes.
        var queue: [UInt64] = []
        var head = 0
        var waiters: [UInt64: CheckedContinuation<Bool, Never>] = [:]

        mutating func popWaiter() -> CheckedContinuation<Bool, Never>? {
            while head < queue.count {
                let ticket = queue[head]
                head += 1
                // Drop the served front once it is half of the array: constant cost per ticket.
                if head * 2 >= queue.count {
                    queue.removeFirst(head)
                    head = 0
                }
                if let waiter = waiters.removeValue(forKey: ticket) { return waiter }
            }
            return nil
        }
    }

    private let state: Mutex<State>

    /// A semaphore that lets `permits` (at least 1) holders in at once.
    package init(permits: Int) {
        state = Mutex(State(available: max(1, permits)))
    }

    /// Waits for a permit. Throws only when the task is cancelled, and then holds none.
    package func acquire() async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        let ticket: UInt64? = state.withLock { state in
            if state.available > 0 {
                state.available -= 1
                return nil
            }
            state.nextTicket += 1
            return state.nextTicket
        }
        guard let ticket else { return }

        let granted = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                // The permit may have been released since the ticket was drawn; cancellation may have come before
                // the waiter was registered, in which case the handler below found nothing.
                let decided: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if state.available > 0 {
                        state.available -= 1
                        return true
                    }
                    state.queue.append(ticket)
                    state.waiters[ticket] = continuation
                    return nil
                }
                if let decided { continuation.resume(returning: decided) }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume(returning: false)
        }
        guard granted else { throw CancellationError() }
    }

    /// Gives a permit back, to the longest waiting task if there is one.
    package func release() {
        let waiter = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            let waiter = state.popWaiter()
            if waiter == nil { state.available += 1 }
            return waiter
        }
        waiter?.resume(returning: true)
    }
}
