import Dispatch
import Foundation

/// Lets Ctrl-C, SIGTERM and a terminal that closes (SIGHUP) end a job in good order; a second signal ends the process at once.
enum Interruption {
    /// Runs `body` in a task that the first signal cancels.
    static func cancelling<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) async throws -> R {
        let task = Task { try await body() }
        let numbers = [SIGINT, SIGTERM] + (isIgnored(SIGHUP) ? [] : [SIGHUP])
        let sources = numbers.map { number -> any DispatchSourceSignal in
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
            for number in numbers { signal(number, SIG_DFL) }
        }
        return try await task.value
    }

    /// Whether the process was started to outlive a signal, as `nohup` does for SIGHUP.
    private static func isIgnored(_ number: Int32) -> Bool {
        var current = sigaction()
        guard sigaction(number, nil, &current) == 0 else { return false }
        return unsafeBitCast(current.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
