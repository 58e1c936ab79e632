/// What a running job says.
public enum JobEvent<Progress: Sendable, Report: Sendable>: Sendable {
    /// How far it is; at most ten times a second.
    case progress(Progress)
    /// Something its user should know, in a sentence.
    case notice(String)
    /// It is done. Always the last event.
    case finished(Report)
}

/// How a job speaks while it runs.
public struct JobReporter<Progress: Sendable>: Sendable {
    private let send: @Sendable (Progress) -> Void
    private let say: @Sendable (String) -> Void
    private let gate: ProgressGate

    init(progress: @escaping @Sendable (Progress) -> Void, notice: @escaping @Sendable (String) -> Void) {
        send = progress
        say = notice
        gate = ProgressGate(interval: .milliseconds(100))
    }

    /// Tells how far the job is. What comes too soon after the last time is dropped.
    public func progress(_ progress: Progress) {
        if gate.opens() { send(progress) }
    }

    /// Tells how far the job is at the end of its work, or of a part of it. Not dropped.
    public func lastProgress(_ progress: Progress) { send(progress) }

    /// Tells something that is not dropped.
    public func notice(_ text: String) { say(text) }
}

/// A job that runs when it is asked for its events, and stops when nobody listens any more.
///
///     for try await event in job.run() {
///         switch event {
///         case .progress(let progress): …
///         case .notice(let text): …
///         case .finished(let report): …
///         }
///     }
///
/// Cancelling the task that listens interrupts the job; what a resumable job has committed stays.
public struct JobRun<Progress: Sendable, Report: Sendable>: AsyncSequence, Sendable {
    /// What a running job says.
    public typealias Element = JobEvent<Progress, Report>

    private let body: @Sendable (JobReporter<Progress>) async throws -> Report

    /// - Parameter body: The work; what it throws ends the sequence.
    public init(_ body: @escaping @Sendable (JobReporter<Progress>) async throws -> Report) {
        self.body = body
    }

    /// Starts the job.
    public func makeAsyncIterator() -> AsyncThrowingStream<Element, any Error>.Iterator {
        let body = body
        let stream = AsyncThrowingStream<Element, any Error> { continuation in
            let task = Task {
                do {
                    let reporter = JobReporter<Progress>(
                        progress: { continuation.yield(.progress($0)) }, notice: { continuation.yield(.notice($0)) })
                    continuation.yield(.finished(try await body(reporter)))
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
        return stream.makeAsyncIterator()
    }

    /// Runs the job to its end in the task of the caller.
    ///
    /// - Parameters:
    ///   - progress: Hears how far the job is, on whatever thread it runs.
    ///   - notice: Hears what its user should know.
    /// - Returns: What the job reports.
    /// - Throws: What the job throws.
    public func report(
        progress: @escaping @Sendable (Progress) -> Void = { _ in },
        notice: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> Report {
        try await body(JobReporter(progress: progress, notice: notice))
    }
}
