import Dispatch
import Foundation

/// Lets Ctrl-C, SIGTERM and SIGHUP (a terminal that is closed) end a job in good order; a second signal ends the process at once.
enum Interruption {
    /// Runs `body` in a task that the first signal cancels.
    static func cancelling<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
        let task = Task { try await body() }
        // A program started under nohup has asked to outlive its terminal.
        let signals = [SIGINT, SIGTERM] + (isIgnored(SIGHUP) ? [] : [SIGHUP])
        let sources = signals.map { number -> any DispatchSourceSignal in
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
            for number in signals { signal(number, SIG_DFL) }
        }
        return try await task.value
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN as sighandler_t?, to: Int.self)
    }
}
