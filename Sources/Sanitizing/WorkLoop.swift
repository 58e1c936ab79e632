import KeyedPRF
import Traces

/// Runs units on concurrent workers: reads ahead no further than it must, hands results over in the order the sink
/// asks for, and stops at the first error.
struct WorkLoop {
    /// Units being worked on at the same time.
    var concurrency: Int
    /// Units by which reading may run ahead of the oldest unfinished one where order is kept.
    var window: Int

    func run(
        _ source: inout RecordSource, processor: UnitProcessor, sink: any OutputSink,
        resume: (Range<Int>) async throws(SanitizeError) -> [Int: Digest256], isCancelled: () -> Bool,
        finished: (UnitResult) -> Void
    ) async throws(SanitizeError) {
        let outcome = await withTaskGroup(of: Result<UnitResult, SanitizeError>.self) {
            group -> Result<Void, SanitizeError> in
            var running = 0
            var oldest = 0
            var next = 0
            var waiting: [Int: UnitResult] = [:]
            var isAtEnd = false
            func deliver(_ result: UnitResult) async throws(SanitizeError) {
                try await sink.accept(result)
                finished(result)
            }
            do throws(SanitizeError) {
                while true {
                    while !isAtEnd, running < concurrency, !sink.needsOrder || next - oldest < window {
                        if isCancelled() { throw SanitizeError.interrupted(resumable: false) }
                        guard let unit = try Self.read(&source) else {
                            isAtEnd = true
                            break
                        }
                        next = unit.number + 1
                        let work = WorkUnit(
                            unit: unit, finished: try await resume(unit.firstRecord..<(unit.firstRecord + unit.count)))
                        running += 1
                        group.addTask {
                            do throws(SanitizeError) {
                                return .success(try await processor.process(work))
                            } catch {
                                return .failure(error)
                            }
                        }
                    }
                    guard let done = await group.next() else { break }
                    running -= 1
                    let result = try done.get()
                    guard sink.needsOrder else {
                        try await deliver(result)
                        continue
                    }
                    waiting[result.number] = result
                    while let ready = waiting.removeValue(forKey: oldest) {
                        try await deliver(ready)
                        oldest += 1
                    }
                }
                return .success(())
            } catch {
                group.cancelAll()
                // What is finished while the rest is being cancelled is kept where it can be.
                while let late = await group.next() {
                    if !sink.needsOrder, case .success(let result) = late { try? await sink.accept(result) }
                }
                return .failure(error)
            }
        }
        try outcome.get()
    }

    private static func read(_ source: inout RecordSource) throws(SanitizeError) -> TraceUnit? {
        do throws(TraceError) {
            return try source.next()
        } catch {
            throw SanitizeError.input(error)
        }
    }
}
