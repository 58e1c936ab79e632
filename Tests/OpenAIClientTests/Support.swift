import Foundation
import OpenAIClient
import OpenAIProtocol
import ScriptedServer
import Synchronization
import TestSupport

let secretKey = "sk-test/9f8e7d6c5b4a"

/// A mutex that closures may share.
final class Locked<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>

    init(_ value: Value) {
        mutex = Mutex(value)
    }

    func withLock<R: Sendable>(_ body: (inout sending Value) throws -> sending R) rethrows -> R {
        try mutex.withLock(body)
    }
}

/// Records what a client does with its time, and lets none pass.
final class VirtualTime: Sendable {
    private struct State {
        var sleeps: [Duration] = []
        var date = Date(timeIntervalSince1970: 784_111_777)  // Sun, 06 Nov 1994 08:49:37 GMT
        var now = ContinuousClock.now
    }

    private let state = Mutex(State())

    var sleeps: [Duration] { state.withLock(\.sleeps) }

    func advance(_ duration: Duration) {
        state.withLock { state in
            state.date += duration / .seconds(1)
            state.now = state.now.advanced(by: duration)
        }
    }

    func environment(seed: UInt64 = 1) -> RetryEnvironment {
        var environment = RetryEnvironment(generator: SplitMix64(seed: seed))
        environment.date = { self.state.withLock(\.date) }
        environment.now = { self.state.withLock(\.now) }
        environment.sleep = { duration in
            try Task.checkCancellation()
            self.state.withLock { $0.sleeps.append(duration) }
            self.advance(duration)
        }
        return environment
    }
}

func hello(stream: Bool = false) -> ChatRequest {
    var request = ChatRequest(messages: [ChatMessage(role: .user, content: "hello")])
    request.stream = stream
    return request
}

/// Generous waits, so that a busy machine changes nothing; short ones where a stall is to be found.
func testConfiguration(attempts: Int = 3, concurrency: Int = 8, isImpatient: Bool = false) -> ClientConfiguration {
    var configuration = ClientConfiguration()
    configuration.concurrency = concurrency
    configuration.retry.maximumAttempts = attempts
    configuration.patience = .zero
    configuration.timeouts.head = isImpatient ? .seconds(1) : .seconds(20)
    configuration.timeouts.idle = isImpatient ? .milliseconds(300) : .seconds(20)
    return configuration
}

/// Starts a server and a client for it, runs `body`, and ends both.
func withClient<R>(
    _ configuration: ClientConfiguration = testConfiguration(), time: VirtualTime = VirtualTime(),
    handler: @escaping ScriptedServer.Handler, run body: (OpenAIClient, ScriptedServer) async throws -> R
) async throws -> R {
    try await ScriptedServer.with(handler) { server in
        let endpoint = try OpenAIEndpoint(
            baseURL: server.baseURL, model: "m", key: .environment("KEY"), environment: ["KEY": secretKey])
        let client = OpenAIClient(endpoint: endpoint, configuration: configuration, environment: time.environment())
        do {
            let result = try await body(client, server)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }
}

/// The error of a chat that must fail.
func failure(_ client: OpenAIClient, _ request: ChatRequest = hello()) async -> EndpointError? {
    do {
        _ = try await client.chat(request)
        return nil
    } catch {
        return error
    }
}
