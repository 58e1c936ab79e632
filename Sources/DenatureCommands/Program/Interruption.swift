import Dispatch
import Foundation

/// Lets Ctrl-C and SIGTERM end a job in good order; a second signal ends the process at once.
enum Interruption {
    /// Runs `body` in a task that the first signal cancels.
    static func cancelling<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
        let task = Task { try await body() }
        let sources = [SIGINT, SIGTERM].map { number -> any DispatchSourceSignal in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                signal(number, SIG_DFL)
                // A read from a pipe whose writer is stuck cannot be cut short.
                if Console.isInteractive { Console.error("stopping; once more to stop at once") }
                task.cancel()
            }
            source.resume()
            return source
        }
        defer {
            for source in sources { source.cancel() }
            signal(SIGINT, SIG_DFL)
            signal(SIGTERM, SIG_DFL)
        }
        return try await task.value
    }
}
