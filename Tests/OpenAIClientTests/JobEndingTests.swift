import OpenAIClient
import OpenAIProtocol
import ScriptedServer
import Testing

/// What ends a job at once, and what is waited for.
@Suite struct JobEndingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var reply: ScriptedReply
        var words: String
        var testDescription: String { name }
    }

    static let ending: [Case] =
        [400, 401, 402, 403, 404, 405, 413, 422].map {
            Case(name: "status \($0)", reply: .error($0, "not like this"), words: "not like this")
        } + [
            Case(
                name: "no credit",
                reply: .init(status: 429, text: #"{"error": {"message": "quota", "code": "insufficient_quota"}}"#),
                words: "quota"),
            Case(
                name: "no credit, by type",
                reply: .init(status: 429, text: #"{"error": {"message": "quota", "type": "insufficient_quota"}}"#),
                words: "quota"),
            Case(name: "login page", reply: .webPage(), words: "Bad gateway"),
            Case(
                name: "login page called JSON",
                reply: .init(text: "<!DOCTYPE html><title>Login</title><script>secret()</script>"), words: "Login"),
            Case(
                name: "plain text", reply: .init(contentType: "text/plain", text: "upstream gone"),
                words: "upstream gone"),
            Case(name: "foreign JSON", reply: .init(text: #"{"ok": true}"#), words: "ok"),
            Case(name: "an array", reply: .init(text: "[1, 2]"), words: "[1, 2]"),
            Case(
                name: "another service", reply: .init(text: #"{"message": {"content": "hi"}, "done": true}"#),
                words: "hi"),
            Case(
                name: "an error that is said with status 200",
                reply: .init(text: #"{"error": {"message": "who are you", "code": 401}}"#), words: "who are you"),
            Case(
                name: "validation",
                reply: .init(status: 422, text: #"{"detail": [{"loc": ["body", "seed"], "msg": "no"}]}"#),
                words: "body.seed: no"),
            Case(
                name: "page of a proxy", reply: .init(status: 404, contentType: "text/html", text: "<h1>Not here</h1>"),
                words: "Not here"),
        ]

    @Test(arguments: ending, [false, true])
    func isNotTriedAgain(_ ending: Case, stream: Bool) async throws {
        try await withClient { _ in
            ending.reply
        } run: { client, server in
            let error = try #require(await failure(client, hello(stream: stream)))
            #expect(error.concernsEveryRequest && !error.isRetryable, "\(error)")
            #expect(error.serverMessage?.contains(ending.words) == true, "\(error)")
            #expect(error.serverMessage?.contains("secret") == false)
            #expect(server.counts.requests == 1)
        }
    }

    @Test(arguments: [
        #"{"object": "error", "message": "This model's maximum context length is 4096 tokens."}"#,
        #"{"error": {"message": "too long", "code": "context_length_exceeded"}}"#,
        #"{"error": {"message": "filtered", "code": "content_filter"}}"#,
    ])
    func aRequestThatIsTooLongOrFilteredSaysNothingOfOthers(body: String) async throws {
        try await withClient { _ in
            ScriptedReply(status: 400, text: body)
        } run: { client, server in
            for _ in 0..<20 {
                let error = try #require(await failure(client))
                #expect(!error.concernsEveryRequest && error.concernsOneRequest)
            }
            #expect(server.counts.requests == 20)
        }
    }

    @Test func manyFailuresInARowEndTheJob() async throws {
        var configuration = testConfiguration(attempts: 1)
        configuration.failedRequestLimit = 3
        try await withClient(configuration) { request in
            request.index == 2 ? .chat("once") : .error(500)
        } run: { client, _ in
            var ends: [Bool] = []
            for _ in 0..<6 { ends.append(await failure(client)?.concernsEveryRequest ?? false) }
            #expect(ends == [false, false, false, false, false, true])
        }
    }

    // MARK: Patience

    private static func patient(_ seconds: Int = 300, first: Int = 0) -> ClientConfiguration {
        var configuration = testConfiguration(attempts: 1)
        configuration.patience = .seconds(seconds)
        configuration.firstPatience = .seconds(first)
        configuration.circuitMinimumSpan = .seconds(1)
        configuration.circuitFailureLimit = 4
        configuration.circuitCoolDown = .seconds(5)
        return configuration
    }

    @Test(arguments: [502, 503, 504, 529])
    func aServerThatLoadsIsWaitedFor(status: Int) async throws {
        let time = VirtualTime()
        try await withClient(Self.patient(), time: time) { request in
            request.index < 6 ? .error(status, "Loading model") : .chat("ready")
        } run: { client, _ in
            let result = try await client.chat(hello())
            #expect(result.text == "ready" && result.attempts == 7)
        }
        #expect(time.sleeps.count == 6)
    }

    @Test func patienceEnds() async throws {
        let time = VirtualTime()
        try await withClient(Self.patient(60), time: time) { request in
            request.index == 0 ? .chat("first") : .error(503, "Loading model")
        } run: { client, _ in
            _ = try await client.chat(hello())
            let error = try #require(await failure(client))
            #expect(error.concernsEveryRequest && error.serverMessage == "Loading model" && error.attempts > 2)
            #expect("\(error)".contains("60"))
        }
        let waited = time.sleeps.reduce(Duration.zero, +)
        #expect(waited >= .seconds(60) && waited <= .seconds(91), "\(waited)")
    }

    @Test func oneRequestThatIsAlwaysTurnedAwayDoesNotHoldUpTheOthers() async throws {
        let time = VirtualTime()
        try await withClient(Self.patient(60), time: time) { request in
            request.text.contains("cursed") ? .error(503) : .chat("ok")
        } run: { client, _ in
            let cursed = ChatRequest(messages: [ChatMessage(role: .user, content: "cursed")])
            let task = Task { await failure(client, cursed) }
            for _ in 0..<200 { _ = try await client.chat(hello()) }
            let error = await task.value
            #expect(error?.code == .httpStatus && error?.status == 503)
        }
    }

    @Test(arguments: [true, false])
    func aRestartIsSurvived(hasAnswered: Bool) async throws {
        let server = try await ScriptedServer.start { _ in .chat("first") }
        let port = server.port
        let time = VirtualTime()
        let client = OpenAIClient(
            endpoint: try OpenAIEndpoint(baseURL: "http://127.0.0.1:\(port)/v1", model: "m"),
            configuration: Self.patient(600, first: hasAnswered ? 0 : 600), environment: time.environment())
        if hasAnswered { _ = try await client.chat(hello()) }
        try await server.shutdown()
        let revived = Locked<ScriptedServer?>(nil)
        let result = try await client.chat(hello()) { attempt in
            guard attempt == 5 else { return }
            let made = try await ScriptedServer.start(port: port) { _ in .chat("back") }
            revived.withLock { $0 = made }
        }
        #expect(result.text == "back" && result.attempts >= 5)
        await client.shutdown()
        try await revived.withLock { $0 }?.shutdown()
    }

    @Test func anAddressThatNeverAnsweredIsNotWaitedForByItself() async throws {
        let time = VirtualTime()
        let client = OpenAIClient(
            endpoint: try OpenAIEndpoint(baseURL: "http://127.0.0.1:1/v1", model: "m"),
            configuration: Self.patient(), environment: time.environment())
        let error = try #require(await failure(client))
        #expect(error.code == .connectionFailed && error.attempts == 1 && time.sleeps.isEmpty)
        await client.shutdown()
    }
}
