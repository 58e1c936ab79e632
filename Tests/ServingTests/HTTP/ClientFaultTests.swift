import Foundation
import Serving
import Testing

/// Clients that leave, do not read, or stay too long.
@Suite struct ClientFaultTests {
    private static func body(stream: Bool) -> String {
        #"{"messages":[{"role":"user","content":"hello"}],"stream":\#(stream)}"#
    }

    @Test(arguments: [false, true]) func aClientThatLeavesEndsItsOrder(stream: Bool) async throws {
        let backend = PieceBackend(.init(pieces: ["x"], repeats: nil, pause: .milliseconds(5)))
        try await withGateway(backend) { port in
            let connections = try (0..<8).map { _ in try RawConnection(port: port) }
            for connection in connections {
                try connection.send("POST", "/v1/chat/completions", body: Self.body(stream: stream))
            }
            #expect(await eventually { backend.load.running == 8 })
            for connection in connections { connection.close() }
            #expect(await eventually { backend.load.running == 0 })
            #expect(backend.feeds.allSatisfy { !$0.isOpen })
            // The gateway itself is well.
            #expect(try await ask(port, "GET", "/health").status == 200)
        }
    }

    @Test func aReaderThatIsTooSlowLosesItsAnswer() async throws {
        let piece = String(repeating: "x", count: 50_000)
        let backend = PieceBackend(.init(pieces: [piece], repeats: nil, pause: .milliseconds(5)))
        var configuration = GatewayConfiguration()
        configuration.maximumWaitingBytes = 4_000_000
        try await withGateway(backend, configuration) { port in
            let connection = try RawConnection(port: port, receiveBuffer: 4_096)
            defer { connection.close() }
            try connection.send("POST", "/v1/chat/completions", body: Self.body(stream: true))
            // Nothing is read: what is in flight fills, then the feed, and then the order is over.
            #expect(await eventually { backend.feeds.count == 1 && backend.load.running == 0 })
            #expect(backend.feeds.allSatisfy { !$0.isOpen })
            // A reader that is fast has no such limit.
            let other = try RawConnection(port: port)
            defer { other.close() }
            try other.send("POST", "/v1/chat/completions", body: Self.body(stream: true))
            var received = 0
            while received < 500_000 {
                let part = try await other.receive()
                try #require(!part.isEmpty)
                received += part.count
            }
            #expect(backend.load.running == 1)
        }
    }

    @Test func aReaderThatStallsLosesItsConnection() async throws {
        // It ends of itself, so that only the unread answer is left.
        let backend = PieceBackend(.init(pieces: [String(repeating: "x", count: 100_000)], repeats: 150))
        var configuration = GatewayConfiguration()
        configuration.maximumWaitingBytes = 64 << 20
        configuration.stallTimeout = .milliseconds(200)
        try await withGateway(backend, configuration) { port in
            let connection = try RawConnection(port: port, receiveBuffer: 4_096)
            defer { connection.close() }
            try connection.send("POST", "/v1/chat/completions", body: Self.body(stream: true))
            #expect(await eventually { backend.feeds.first?.isOpen == false })
            var received = 0
            while let part = try? await connection.receive(), !part.isEmpty { received += part.count }
            #expect(received < 15_000_000)
        }
    }

    @Test func connectionsWithoutRequestsAreClosed() async throws {
        var configuration = GatewayConfiguration()
        configuration.idleTimeout = .milliseconds(200)
        try await withGateway(PieceBackend(), configuration) { port in
            let silent = try RawConnection(port: port)
            let slow = try RawConnection(port: port)
            defer {
                silent.close()
                slow.close()
            }
            try slow.send("POST /v1/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
            #expect(try await silent.receive().isEmpty)
            #expect(try await slow.receive().isEmpty)
        }
    }

    @Test func answersThatHaveBegunEndWhenTheGatewayEnds() async throws {
        let backend = PieceBackend(.init(pieces: ["a", "b", "c"], pause: .milliseconds(100)))
        let (answer, port) = try await withGateway(backend) { port in
            let answer = Task { try await ask(port, "POST", "/v1/chat/completions", body: Self.body(stream: true)) }
            #expect(await eventually { backend.load.running == 1 })
            return (answer, port)
        }
        let events = try await answer.value.events
        #expect(events.last == "[DONE]" && events.count >= 4)
        #expect(throws: RawConnection.Failure.self) { _ = try RawConnection(port: port) }
    }

    @Test func answersWithoutEndAreCutAfterTheGrace() async throws {
        let backend = PieceBackend(.init(pieces: ["x"], repeats: nil, pause: .milliseconds(5)))
        var configuration = GatewayConfiguration()
        configuration.graceTimeout = .milliseconds(200)
        let answer = try await withGateway(backend, configuration) { port in
            let answer = Task { try await ask(port, "POST", "/v1/chat/completions", body: Self.body(stream: true)) }
            #expect(await eventually { backend.load.running == 1 })
            return answer
        }
        #expect(try await answer.value.events.last != "[DONE]")
        #expect(await eventually { backend.load.running == 0 })
    }
}
