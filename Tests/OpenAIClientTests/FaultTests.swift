import OpenAIClient
import OpenAIProtocol
import ScriptedServer
import Testing

@Suite struct FaultTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var reply: ScriptedReply
        var code: EndpointError.Code
        var status: Int?
        var stream = false
        var testDescription: String { name }
    }

    static let retried: [Case] =
        [408, 409, 425, 429, 500, 502, 503, 504, 529].map {
            Case(name: "status \($0)", reply: .error($0), code: .httpStatus, status: $0)
        } + [
            Case(name: "reset before head", reply: .init(fault: .resetBeforeHead), code: .connectionLost),
            Case(name: "reset within head", reply: .init(fault: .resetWithinHead), code: .connectionLost),
            Case(name: "close before head", reply: .init(fault: .closeBeforeHead), code: .connectionLost),
            Case(name: "stall before head", reply: .init(fault: .stallBeforeHead), code: .stalled),
            Case(name: "stall in body", reply: .chat("abc").with(.stallInBody(after: 20)), code: .stalled),
            Case(name: "reset in body", reply: .chat("abc").with(.resetInBody(after: 20)), code: .connectionLost),
            Case(name: "truncated body", reply: .chat("abc").with(.truncateBody(after: 20)), code: .truncatedBody),
            Case(
                name: "truncated JSON", reply: .init(text: #"{"choices": [{"mess"#), code: .malformedBody, status: 200),
            Case(name: "no choices", reply: .init(text: #"{"choices": []}"#), code: .malformedBody, status: 200),
            Case(name: "empty body", reply: .init(text: ""), code: .emptyBody, status: 200),
            Case(
                name: "error object with status 200",
                reply: .init(text: #"{"error": {"message": "busy", "code": 503}}"#),
                code: .serverError, status: 503),
            Case(
                name: "stream stalls", reply: .chatStream(["a", "b"]).with(.stallInBody(after: 200)), code: .stalled,
                stream: true),
            Case(
                name: "stream cut", reply: .chatStream(["a", "b"]).with(.truncateBody(after: 200)),
                code: .truncatedBody, stream: true),
            Case(
                name: "stream ends early",
                reply: {
                    var reply = ScriptedReply.chatStream(["a", "b"])
                    reply.pieces.removeLast(3)
                    return reply
                }(), code: .truncatedBody, status: 200, stream: true),
            Case(
                name: "empty stream", reply: .init(contentType: "text/event-stream", text: ""), code: .emptyBody,
                status: 200, stream: true),
            Case(
                name: "error in stream",
                reply: .init(contentType: "text/event-stream", text: "data: {\"error\": {\"message\": \"lost\"}}\n\n"),
                code: .serverError, status: 200, stream: true),
            Case(
                name: "nonsense in stream", reply: .init(contentType: "text/event-stream", text: "data: {\"cho\n\n"),
                code: .malformedBody, status: 200, stream: true),
        ]

    @Test(arguments: retried)
    func aPassingFaultIsSurvived(_ fault: Case) async throws {
        let time = VirtualTime()
        try await withClient(testConfiguration(isImpatient: fault.code == .stalled), time: time) { request in
            if request.index == 0 { return fault.reply }
            return request.wantsStream ? .chatStream(["o", "k"]) : .chat("ok")
        } run: { client, server in
            let result = try await client.chat(hello(stream: fault.stream))
            #expect(result.text == "ok")
            // On a busy machine an attempt after a stall may stall in earnest.
            #expect(fault.code == .stalled ? result.attempts >= 2 : result.attempts == 2)
            #expect(server.counts.requests <= result.attempts)
            #expect(time.sleeps.count == result.attempts - 1)
        }
    }

    @Test(arguments: retried)
    func aLastingFaultIsReported(_ fault: Case) async throws {
        let configuration = testConfiguration(attempts: 2, isImpatient: fault.code == .stalled)
        try await withClient(configuration) { _ in
            fault.reply
        } run: { client, server in
            let error = try #require(await failure(client, hello(stream: fault.stream)))
            #expect(error.code == fault.code, "\(error)")
            #expect(error.status == fault.status)
            #expect(error.attempts == 2)
            #expect(error.url == server.baseURL + "/chat/completions")
            #expect(fault.code == .stalled || server.counts.requests == 2)
        }
    }

    @Test(arguments: [400, 401, 402, 403, 404, 405, 413, 422])
    func errorsOfTheRequestAreNotRetried(_ status: Int) async throws {
        try await withClient { _ in
            .error(status, "you said it wrong")
        } run: { client, server in
            let error = try #require(await failure(client))
            #expect(error.code == .httpStatus && error.status == status && error.attempts == 1)
            #expect(error.serverMessage == "you said it wrong")
            #expect("\(error)".contains("\(status)") && "\(error)".contains("you said it wrong"))
            #expect(server.counts.requests == 1)
        }
    }

    @Test func redirectsAreNotFollowed() async throws {
        try await withClient { _ in
            ScriptedReply(status: 307, text: "", headers: [("Location", "http://127.0.0.1:1/steal")])
        } run: { client, server in
            #expect(await failure(client)?.code == .redirected)
            #expect(server.counts.requests == 1)
        }
    }

    @Test(arguments: [true, false])
    func aResponseBeyondTheCapIsRefused(stream: Bool) async throws {
        var configuration = testConfiguration()
        configuration.maximumResponseBytes = 1000
        let long = String(repeating: "x", count: 400)
        try await withClient(
            configuration
        ) { _ in
            stream ? .chatStream([long, long, long]) : .chat(long + long + long)
        } run: { client, server in
            #expect(await failure(client, hello(stream: stream))?.code == .responseTooLarge)
            #expect(server.counts.requests == 1)
        }
    }

    @Test func aStalledBodyIsFoundLongBeforeTheHeadLimit() async throws {
        var configuration = testConfiguration(attempts: 1)
        configuration.timeouts.idle = .milliseconds(100)
        try await withClient(configuration) { _ in
            .chat("abc").with(.stallInBody(after: 20))
        } run: { client, _ in
            let start = ContinuousClock.now
            #expect(await failure(client)?.code == .stalled)
            #expect(start.duration(to: .now) < .seconds(3))
        }
    }

    @Test func aStreamThatTricklesForeverMeetsTheDeadline() async throws {
        var configuration = testConfiguration(attempts: 1)
        configuration.timeouts.attempt = .milliseconds(300)
        try await withClient(
            configuration
        ) { _ in
            .chatStream(Array(repeating: "x", count: 500), pieceDelay: .milliseconds(10))
        } run: { client, _ in
            let start = ContinuousClock.now
            #expect(await failure(client, hello(stream: true))?.code == .deadlineExceeded)
            #expect(start.duration(to: .now) < .seconds(3))
        }
    }

    @Test func aStreamThatKeepsMovingOutlivesTheIdleLimit() async throws {
        var configuration = testConfiguration()
        configuration.timeouts.idle = .milliseconds(400)
        try await withClient(configuration) { _ in
            .chatStream(Array(repeating: "x", count: 10), pieceDelay: .milliseconds(60))
        } run: { client, _ in
            let result = try await client.chat(hello(stream: true))
            #expect(result.text == "xxxxxxxxxx")
        }
    }

    @Test func aRequestThatIsNotJSONIsRefused() async throws {
        try await withClient { _ in
            .chat("x")
        } run: { client, server in
            var request = hello()
            request.temperature = .nan
            #expect(await failure(client, request)?.code == .invalidRequest)
            #expect(server.counts.requests == 0)
        }
    }
}
