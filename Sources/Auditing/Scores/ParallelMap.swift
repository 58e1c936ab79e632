import Dispatch
import Synchronization

/// What indices give, in their order, computed by several threads: every index by one of them.
func parallelMap<Value: Sendable>(count: Int, threads: Int, _ body: @Sendable (Int) -> Value) -> [Value] {
    let threads = max(1, min(threads, count))
    guard threads > 1 else { return (0..<count).map(body) }
    let shares = Mutex([[Value]](repeating: [], count: threads))
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
        let share = stride(from: thread, to: count, by: threads).map(body)
        shares.withLock { $0[thread] = share }
    }
    return shares.withLock { shares in (0..<count).map { shares[$0 % threads][$0 / threads] } }
}
