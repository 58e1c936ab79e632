import OpenAIClient
import OpenAIProtocol
import ScriptedServer
import Testing

@Suite struct ChatTests {
    @Test func plainAnswer() async throws {
        let seen = Locked<ScriptedRequest?>(nil)
        try await withClient { request in
            seen.withLock { $0 = request }
            return .chat("The answer is 4", reasoning: "2 + 2")
        } run: { client, _ in
            let result = try await client.chat(hello())
            #expect(result.text == "The answer is 4")
            #expect(result.reasoning == "2 + 2")
            #expect(result.finishReason == .stop)
            #expect(result.usage == ChatUsage(promptTokens: 7, completionTokens: 4))
            #expect(result.attempts == 1)
            #expect(result.timing.head <= result.timing.attempt && result.timing.attempt <= result.timing.total)
        }
        let request = try #require(seen.withLock { $0 })
        #expect(request.method == "POST" && request.path == "/v1/chat/completions")
        #expect(request.header("authorization") == "Bearer \(secretKey)")
        #expect(request.text == #"{"messages":[{"content":"hello","role":"user"}],"model":"m","stream":false}"#)
    }

    @Test(arguments: [true, false])
    func streamedAnswer(endsWithDone: Bool) async throws {
        try await withClient { request in
            #expect(request.text.contains(#""stream_options":{"include_usage":true}"#))
            return .chatStream(
                ["The ", "answer ", "is 4"], reasoning: ["2 ", "+ 2"], pieceDelay: .milliseconds(1),
                endsWithDone: endsWithDone)
        } run: { client, server in
            for _ in 0..<3 {
                let result = try await client.chat(hello(stream: true))
                #expect(result.text == "The answer is 4")
                #expect(result.reasoning == "2 + 2")
                #expect(result.finishReason == .stop)
                #expect(result.usage?.completionTokens == 3)
            }
            #expect(server.counts.connections == 1)
        }
    }

    @Test func aPlainAnswerToAStreamRequestIsTaken() async throws {
        try await withClient { _ in
            .chat("plain")
        } run: { client, _ in
            let result = try await client.chat(hello(stream: true))
            #expect(result.text == "plain")
        }
    }

    @Test func aStreamThatStaysOpenAfterDoneIsWhole() async throws {
        try await withClient { _ in
            let reply = ScriptedReply.chatStream(["done"])
            return reply.with(.stallInBody(after: reply.pieces.joined().count))
        } run: { client, _ in
            let result = try await client.chat(hello(stream: true))
            #expect(result.text == "done" && result.attempts == 1)
        }
    }

    @Test func contentOutcomesAreReturned() async throws {
        let replies: [ScriptedReply] = [
            .chat(nil), .chat("", finishReason: "length"), .chat("x", finishReason: "content_filter"),
            .chat(nil, refusal: "I cannot"),
        ]
        try await withClient {
            replies[$0.index]
        } run: { client, server in
            var results: [ChatResult] = []
            for _ in replies { results.append(try await client.chat(hello())) }
            #expect(results.map(\.text) == ["", "", "x", ""])
            #expect(results.map(\.finishReason) == [.stop, .length, .contentFilter, .stop])
            #expect(results.map(\.refusal) == [nil, nil, nil, "I cannot"])
            #expect(server.counts.requests == 4)
        }
    }

    @Test func theHookSeesEveryAttemptBeforeItIsSent() async throws {
        let seen = Locked<[Int]>([])
        try await withClient { request in
            #expect(seen.withLock(\.count) == request.index + 1)
            return request.index < 2 ? .error(500) : .chat("ok")
        } run: { client, _ in
            let result = try await client.chat(hello()) { attempt in seen.withLock { $0.append(attempt) } }
            #expect(result.attempts == 3)
        }
        #expect(seen.withLock { $0 } == [1, 2, 3])
    }

    @Test func aHookThatThrowsStopsTheRequest() async throws {
        struct LedgerFull: Error {}
        try await withClient { _ in
            .chat("x")
        } run: { client, server in
            await #expect {
                _ = try await client.chat(hello()) { _ in throw LedgerFull() }
            } throws: { error in
                let error = error as? EndpointError
                return error?.code == .attemptHookFailed && error?.underlying is LedgerFull && error?.attempts == 0
            }
            #expect(server.counts.requests == 0)
        }
    }

    @Test func manyRequestsKeepToTheBound() async throws {
        let configuration = testConfiguration(concurrency: 5)
        try await withClient(
            configuration
        ) { request in
            // Some fail, so that retries compete for the same places.
            let reply = request.index % 7 == 3 ? ScriptedReply.error(503) : .chat(request.messages[0].content)
            return reply.delayed(.milliseconds(5))
        } run: { client, server in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for i in 0..<60 {
                    group.addTask {
                        let request = ChatRequest(messages: [ChatMessage(role: .user, content: "\(i)")])
                        let result = try await client.chat(request)
                        #expect(result.text == "\(i)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(server.counts.maximumInFlight == 5)
            #expect(server.counts.requests >= 60)
        }
    }

    @Test(arguments: [false, true])
    func cancellationEndsARequestAtOnce(inBody: Bool) async throws {
        let configuration = testConfiguration()
        try await withClient(
            configuration
        ) { _ in
            .chat("x").with(inBody ? .stallInBody(after: 3) : .stallBeforeHead)
        } run: { client, server in
            let task = Task { await failure(client) }
            while server.counts.requests == 0 { try await Task.sleep(for: .milliseconds(2)) }
            if inBody { try await Task.sleep(for: .milliseconds(20)) }
            let start = ContinuousClock.now
            task.cancel()
            #expect(await task.value?.code == .cancelled)
            #expect(start.duration(to: .now) < .seconds(2))
            #expect(server.counts.requests == 1)
        }
    }

    @Test func shutdownEndsRequestsAndRefusesNewOnes() async throws {
        let configuration = testConfiguration()
        try await withClient(configuration) { _ in
            ScriptedReply(fault: .stallBeforeHead)
        } run: { client, server in
            let task = Task { await failure(client) }
            while server.counts.requests == 0 { try await Task.sleep(for: .milliseconds(2)) }
            await client.shutdown()
            #expect(await task.value?.code == .shutDown)
            #expect(await failure(client)?.code == .shutDown)
        }
    }
}
