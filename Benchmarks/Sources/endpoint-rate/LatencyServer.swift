import BenchmarkSupport
import Foundation
import ScriptedServer
import Synchronization

/// The scripted server as a process of its own: this program again, with `--serve MILLISECONDS`.
///
/// Writes its port, answers every rewriting prompt with the reasoning it was given and one more word, and at the end of
/// its standard input writes what it has seen.
enum LatencyServer {
    struct Counts: Codable {
        var requests: Int
        var largestInFlight: Int
        /// From the first request to one latency after the last.
        var seconds: Double
    }

    /// The server as its starter sees it.
    struct Process {
        let port: Int
        private let process = Foundation.Process()
        private let input = Pipe()
        private let output = Pipe()

        init(latencyMilliseconds: Int) throws {
            process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            process.arguments = ["--serve", String(latencyMilliseconds)]
            process.standardInput = input
            process.standardOutput = output
            try process.run()
            let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                throw ChildRun.Failure(description: "the server did not start: \(line)")
            }
            self.port = port
        }

        /// Ends the server.
        func stop() throws -> Counts {
            try input.fileHandleForWriting.close()
            let data = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            return try JSONDecoder().decode(Counts.self, from: data)
        }
    }

    /// The server's own main.
    static func serve() async throws {
        let milliseconds = Int(CommandLine.arguments.last ?? "") ?? 200
        let latency = Duration.milliseconds(milliseconds)
        let times = Mutex<(first: ContinuousClock.Instant?, last: ContinuousClock.Instant?)>((nil, nil))
        let server = try await ScriptedServer.start { request in
            let now = ContinuousClock.now
            times.withLock { times in
                times.first = times.first ?? now
                times.last = now
            }
            let text = rewriting(request.messages.last?.content ?? "")
            let reply: ScriptedReply =
                request.wantsStream
                ? .chatStream(text.split(separator: "\n", omittingEmptySubsequences: false).map { $0 + "\n" })
                : .chat(text)
            return reply.delayed(latency)
        }
        print(server.port)
        fflush(nil)
        await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
            Thread.detachNewThread {
                while !FileHandle.standardInput.availableData.isEmpty {}
                done.resume()
            }
        }
        let span = times.withLock { times in
            times.first.flatMap { first in times.last.map { first.duration(to: $0) } } ?? .zero
        }
        let counts = Counts(
            requests: server.counts.requests, largestInFlight: server.counts.maximumInFlight,
            seconds: (span + latency) / .seconds(1))
        print(String(decoding: try JSONEncoder().encode(counts), as: UTF8.self))
        fflush(nil)
        try await server.shutdown()
    }

    /// A reply as the template `semantic` asks for it.
    private static func rewriting(_ prompt: String) -> String {
        let parts = between("The reasoning to restate:\n", "\n\nThe answer it must still lead to:", in: prompt)
        let answer = prompt.range(of: "still lead to: ", options: .backwards).map { prompt[$0.upperBound...] } ?? ""
        let line = answer.split(separator: "\n").first ?? ""
        return "<rewritten>\nAccordingly, the matter unfolds as follows. \(parts)\n</rewritten>\nFinal answer: \(line)"
    }

    private static func between(_ start: String, _ end: String, in text: String) -> Substring {
        guard let first = text.range(of: start),
            let last = text.range(of: end, options: .backwards, range: first.upperBound..<text.endIndex)
        else { return "" }
        return text[first.upperBound..<last.lowerBound]
    }
}
