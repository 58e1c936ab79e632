import Denature

extension Interruption {
    /// Runs a job that the first Ctrl-C, SIGTERM or SIGHUP cancels; what it has to say goes to standard error.
    ///
    /// - Parameters:
    ///   - job: The job.
    ///   - quiet: Whether nobody wants to see how far it is.
    ///   - progress: Shows how far it is.
    static func running<Progress, Report>(
        _ job: JobRun<Progress, Report>, quiet: Bool = false,
        progress: @escaping @Sendable (Progress) -> Void = { _ in }
    ) async throws -> Report {
        try await cancelling {
            try await job.report(progress: { if !quiet { progress($0) } }, notice: { Console.error($0) })
        }
    }
}
