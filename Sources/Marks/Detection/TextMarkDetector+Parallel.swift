extension TextMarkDetector {
    /// Scans batches on several workers and pools them in the order in which they were read.
    ///
    /// - Parameters:
    ///   - concurrency: How many batches are in work at a time.
    ///   - nextBatch: Gives the next batch, nil at the end; called on one task only.
    ///   - scan: Parses a batch and hands its documents to the worker, in order.
    /// - Returns: The totals, the same for every concurrency. Any error of the two closures ends the run and is rethrown.
    package func count<Batch: Sendable>(
        concurrency: Int, nextBatch: () throws -> Batch?,
        scan: @escaping @Sendable (Batch, ObservationWorker) throws -> Void
    ) async throws -> ObservationCounts {
        let slots = max(1, concurrency)
        var idle: [WorkerBox] = []
        for _ in 0..<slots { idle.append(WorkerBox(worker: try ObservationWorker(plan: plan))) }
        let merger = ObservationMerger(plan: plan, options: deduplication)
        try await withThrowingTaskGroup(of: (Int, ObservationBuffer, WorkerBox).self) { group in
            var started = 0
            var merged = 0
            var waiting: [Int: ObservationBuffer] = [:]
            // Read ahead, so that a worker never waits for input.
            var upcoming = try nextBatch()
            while true {
                // First, so that room made here lets the next batches start below: the loop ends when nothing runs.
                while let buffer = waiting.removeValue(forKey: merged) {
                    try merger.merge(buffer)
                    merged += 1
                }
                // A batch that takes very long must not let the ones behind it pile up.
                while waiting.count < 4 * slots, let batch = upcoming, let box = idle.popLast() {
                    let number = started
                    started += 1
                    group.addTask {
                        try scan(batch, box.worker)
                        return (number, box.worker.takeObservations(), box)
                    }
                    upcoming = try nextBatch()
                }
                guard let (number, buffer, box) = try await group.next() else { break }
                waiting[number] = buffer
                idle.append(box)
            }
        }
        return try merger.finish()
    }
}

/// Hands a worker from one task to the next. Only one task has it at a time, and the tasks that have it follow each other in
/// batch order.
private struct WorkerBox: @unchecked Sendable {
    let worker: ObservationWorker
}
