import OpenAIClient
import TestSupport
import Testing

@Suite struct AsyncSemaphoreTests {
    @Test func waitersAreServedInOrder() async throws {
        let semaphore = AsyncSemaphore(permits: 1)
        try await semaphore.acquire()
        let order = Locked<[Int]>([])
        var tasks: [Task<Void, any Error>] = []
        for i in 0..<20 {
            let started = Locked(false)
            tasks.append(
                Task {
                    started.withLock { $0 = true }
                    try await semaphore.acquire()
                    order.withLock { $0.append(i) }
                    semaphore.release()
                })
            while !started.withLock({ $0 }) { await Task.yield() }
            try await Task.sleep(for: .milliseconds(3))
        }
        for i in stride(from: 0, to: 20, by: 5) { tasks[i].cancel() }
        try await Task.sleep(for: .milliseconds(5))
        semaphore.release()
        for task in tasks { _ = await task.result }
        #expect(order.withLock { $0 } == (0..<20).filter { $0 % 5 != 0 })
    }

    @Test func randomCancellationLosesNoPermit() async throws {
        let seed: UInt64 = 42
        var random = SplitMix64(seed: seed)
        let semaphore = AsyncSemaphore(permits: 3)
        let inside = Locked((now: 0, most: 0))
        var tasks: [Task<Void, Never>] = []
        for _ in 0..<500 {
            let isCancelled = Bool.random(using: &random)
            let task = Task {
                guard (try? await semaphore.acquire()) != nil else { return }
                inside.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                await Task.yield()
                inside.withLock { $0.now -= 1 }
                semaphore.release()
            }
            if isCancelled { task.cancel() }
            tasks.append(task)
        }
        for task in tasks { await task.value }
        #expect(inside.withLock(\.most) <= 3, "seed \(seed)")
        // All three permits are there again: this would wait for ever otherwise.
        for _ in 0..<3 { try await semaphore.acquire() }
    }
}
