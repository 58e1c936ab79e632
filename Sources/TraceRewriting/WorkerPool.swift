import Synchronization

/// Lends objects that serve one worker at a time (they reuse a libcrypto context) to any number of workers.
package final class WorkerPool<Worker>: @unchecked Sendable {
    // A worker is either in `idle`, behind the lock, or lent to exactly one caller: never shared.
    private let idle: Mutex<[Box]>
    private let make: @Sendable () -> Worker?

    private struct Box: @unchecked Sendable {
        let worker: Worker
    }

    /// Makes the first worker at once, so that a bad key is an error here.
    package init<E: Error>(_ make: @escaping @Sendable () throws(E) -> Worker) throws(E) {
        idle = Mutex([Box(worker: try make())])
        self.make = { try? make() }
    }

    /// Runs `body` with a worker nobody else has.
    package func withWorker<R>(_ body: (Worker) -> R) -> R {
        while true {
            // Without a free worker and without memory for another, wait for one to come back.
            guard let box = idle.withLock({ $0.popLast() }) ?? make().map(Box.init) else { continue }
            defer { idle.withLock { $0.append(box) } }
            return body(box.worker)
        }
    }
}
