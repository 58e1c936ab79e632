import Foundation
import ScriptedServer
import Testing

@testable import OpenAIClient

@Suite struct RetryTests {
    @Test(
        arguments: [
            ("7", 7.0), ("0", 0), ("1.5", 1.5), (" 3 ", 3),
            // Against Sun, 06 Nov 1994 08:49:37 GMT.
            ("Sun, 06 Nov 1994 08:49:47 GMT", 10), ("Sunday, 06-Nov-94 08:49:47 GMT", 10),
            ("Sun Nov  6 08:49:47 1994", 10), ("Sun, 06 Nov 1994 08:00:00 GMT", 0),
            ("-1", nil), ("soon", nil), ("", nil), ("nan", nil),
        ] as [(String, Double?)])
    func retryAfterForms(_ value: String, _ seconds: Double?) {
        let now = Date(timeIntervalSince1970: 784_111_777)
        #expect(RetryAfter.parse(value, now: now) == seconds.map { .seconds($0) })
    }

    @Test func backoffGrowsToItsBoundWithFullJitter() {
        let policy = RetryPolicy(baseDelay: .seconds(1), maximumDelay: .seconds(10))
        #expect(
            (1...6).map { policy.delay(afterFailures: $0, retryAfter: nil, uniform: 1) }
                == [1, 2, 4, 8, 10, 10].map { .seconds($0) })
        #expect(policy.delay(afterFailures: 3, retryAfter: nil, uniform: 0) == .zero)
        #expect(policy.delay(afterFailures: 1000, retryAfter: nil, uniform: 0.5) == .seconds(5))
    }

    @Test(arguments: [
        ("4", 4.0), ("100000", 120), ("Sun, 06 Nov 1994 08:49:57 GMT", 20), ("Fri, 06 Nov 2099 08:49:37 GMT", 120),
    ])
    func retryAfterIsHonouredUpToABound(_ header: String, _ seconds: Double) async throws {
        let time = VirtualTime()
        try await withClient(
            time: time
        ) { request in
            request.index == 0 ? .error(429, headers: [("Retry-After", header)]) : .chat("ok")
        } run: { client, _ in
            let result = try await client.chat(hello())
            #expect(result.attempts == 2)
        }
        let slept = try #require(time.sleeps.first)
        #expect(slept >= .seconds(seconds) && slept <= .seconds(seconds) + .milliseconds(500))
    }

    @Test func waitsAreDrawnFromTheInjectedGenerator() async throws {
        func sleeps() async throws -> [Duration] {
            let time = VirtualTime()
            try await withClient(testConfiguration(attempts: 5), time: time) { _ in
                .error(500)
            } run: { client, _ in
                #expect(await failure(client)?.attempts == 5)
            }
            return time.sleeps
        }
        let first = try await sleeps()
        #expect(first.count == 4)
        for (wait, bound) in zip(first, [0.5, 1, 2, 4]) { #expect(wait >= .zero && wait < .seconds(bound)) }
        #expect(try await sleeps() == first)
    }

    @Test func cancellationEndsTheBackoff() async throws {
        try await ScriptedServer.with { _ in
            .error(503, headers: [("Retry-After", "60")])
        } run: { server in
            let client = OpenAIClient(endpoint: try OpenAIEndpoint(baseURL: server.baseURL, model: nil))
            let task = Task { await failure(client) }
            while server.counts.requests == 0 { try await Task.sleep(for: .milliseconds(2)) }
            try await Task.sleep(for: .milliseconds(20))
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            await client.shutdown()
        }
    }

    @Test func aDeadEndpointFailsFastUntilItIsBack() async throws {
        // A port that was free a moment ago.
        let server = try await ScriptedServer.start { _ in .chat("back") }
        let port = server.port
        try await server.shutdown()

        let time = VirtualTime()
        var configuration = testConfiguration(attempts: 4)
        configuration.circuitFailureLimit = 6
        configuration.circuitMinimumSpan = .zero
        let client = OpenAIClient(
            endpoint: try OpenAIEndpoint(baseURL: "http://127.0.0.1:\(port)/v1", model: "m"),
            configuration: configuration, environment: time.environment())
        let first = try #require(await failure(client))
        #expect(first.code == .connectionFailed && first.attempts == 4, "\(first)")
        let second = try #require(await failure(client))
        #expect(second.code == .endpointUnavailable && second.attempts == 2, "\(second)")
        #expect(await failure(client)?.attempts == 0)

        let revived = try await ScriptedServer.start(port: port) { _ in .chat("back") }
        #expect(await failure(client)?.code == .endpointUnavailable)
        time.advance(configuration.circuitCoolDown)
        for _ in 0..<2 {
            let result = try await client.chat(hello())
            #expect(result.text == "back")
        }
        await client.shutdown()
        try await revived.shutdown()
    }

    @Test func anUnknownHostIsAConnectionFailure() async throws {
        let client = OpenAIClient(
            endpoint: try OpenAIEndpoint(baseURL: "http://nowhere.invalid/v1", model: "m"),
            configuration: testConfiguration(attempts: 1))
        let error = try #require(await failure(client))
        #expect([.connectionFailed, .stalled].contains(error.code), "\(error)")
        await client.shutdown()
    }

    @Test func theCircuitWaitsForItsSpan() {
        let circuit = CircuitBreaker(failureLimit: 3, minimumSpan: .seconds(5), coolDown: .seconds(30))
        let start = ContinuousClock.now
        for _ in 0..<50 { circuit.recordConnectionFailure(at: start) }
        #expect(circuit.allowsAttempt(at: start))
        circuit.recordConnectionFailure(at: start + .seconds(6))
        #expect(!circuit.allowsAttempt(at: start + .seconds(7)))
        #expect(circuit.allowsAttempt(at: start + .seconds(37)))  // the probe
        #expect(!circuit.allowsAttempt(at: start + .seconds(38)))
        circuit.recordContact()
        #expect(circuit.allowsAttempt(at: start + .seconds(38)))
    }
}
