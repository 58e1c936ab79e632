import Foundation
import OpenAIClient
import OpenAIProtocol
import ScriptedServer
import Testing

/// Answers as servers really send them.
@Suite struct StreamShapeTests {
    struct Body: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var type = "text/event-stream"
        var answer = "The answer is 4"
        var testDescription: String { name }
    }

    private static func delta(_ text: String) -> String {
        #"data: {"id":"x","choices":[{"index":0,"delta":{"content":"\#(text)"},"finish_reason":null}]}"# + "\n\n"
    }

    private static let end = #"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"# + "\n\n"
    private static let done = "data: [DONE]\n\n"
    private static let plain = delta("The ") + delta("answer ") + delta("is 4") + end + done

    static let bodies: [Body] = [
        Body(name: "ping event", text: "event: ping\ndata: {}\n\n" + plain),
        Body(name: "event that is not JSON", text: "event: heartbeat\ndata: 12:00\n\n" + plain),
        Body(name: "events named message", text: plain.replacing("data: {", with: "event: message\ndata: {")),
        Body(name: "empty data", text: "data: \n\n" + plain.replacing(done, with: "data:\n\n" + done)),
        Body(
            name: "usage without choices",
            text: plain.replacing(done, with: #"data: {"usage":{"prompt_tokens":5}}"# + "\n\n" + done)),
        Body(name: "null choices", text: #"data: {"id":"x","choices":null,"usage":null}"# + "\n\n" + plain),
        Body(name: "filter's verdict", text: #"data: {"choices":[],"prompt_filter_results":[]}"# + "\n\n" + plain),
        Body(name: "null delta", text: #"data: {"choices":[{"index":0,"delta":null}]}"# + "\n\n" + plain),
        Body(
            name: "content parts",
            text: #"data: {"choices":[{"index":0,"delta":{"content":[{"type":"thinking","thinking":"hm"},"#
                + #"{"type":"text","text":"The answer "}]}}]}"# + "\n\n" + delta("is 4") + end + done),
        Body(
            name: "whole message",
            text: #"data: {"choices":[{"index":0,"message":{"content":"The answer is 4"},"finish_reason":"stop"}]}"#
                + "\n\n" + done),
        Body(name: "carriage returns", text: plain.replacing("\n", with: "\r\n")),
        Body(name: "single line feeds", text: plain.replacing("\n\n", with: "\n")),
        Body(name: "no space after the colon", text: plain.replacing("data: ", with: "data:")),
        Body(name: "comments", text: ": PROCESSING\n\n" + plain.replacing("\n\n", with: "\n\n: alive\n\n")),
        Body(name: "byte-order mark", text: "\u{FEFF}" + plain),
        Body(name: "no [DONE]", text: plain.replacing(done, with: "")),
        Body(name: "a space after [DONE]", text: plain.replacing("[DONE]", with: "[DONE] ")),
        Body(name: "no finish reason", text: plain.replacing(end, with: "")),
        Body(name: "plain text", text: plain, type: "text/plain; charset=utf-8"),
        Body(name: "called JSON", text: plain, type: "application/json"),
        Body(name: "called bytes", text: ": comment\n\n" + plain, type: "application/octet-stream"),
        Body(name: "empty type", text: plain, type: ""),
        Body(
            name: "JSON called a stream", text: #"{"choices":[{"message":{"content":"The answer is 4"}}]}"#),
        Body(
            name: "JSON after white space",
            text: "\n \n " + #"{"choices":[{"message":{"content":"The answer is 4"}}]}"#,
            type: "application/json"),
        Body(
            name: "JSON after a byte-order mark",
            text: "\u{FEFF}" + #"{"choices":[{"message":{"content":"The answer is 4"}}]}"#, type: "application/json"),
        Body(
            name: "text completion", text: #"{"choices":[{"text":"The answer is 4","finish_reason":"stop"}]}"#,
            type: "application/json"),
        Body(
            name: "thoughts as a part",
            text: #"{"choices":[{"message":{"content":[{"type":"reasoning","text":"secret"},"#
                + #"{"type":"text","text":"The answer is 4"}]}}]}"#, type: "application/json"),
    ]

    /// Cut at every third byte as well, so that no form is told by a buffer that happens to be whole.
    @Test(arguments: bodies, [nil, 3, 1] as [Int?])
    func isRead(_ body: Body, pieces: Int?) async throws {
        let bytes = Array(body.text.utf8)
        try await withClient(testConfiguration(attempts: 1)) { _ in
            var reply = ScriptedReply(contentType: body.type, body: bytes)
            if body.type.isEmpty { reply.headers = [] }
            guard let pieces else { return reply }
            // The beginning byte by byte; the rest would take its time.
            reply.pieces = bytes.prefix(24).indices.filter { $0 % pieces == 0 }.map {
                Array(bytes[$0..<min($0 + pieces, min(24, bytes.count))])
            }
            reply.pieces.append(Array(bytes.dropFirst(24)))
            reply.isChunked = true
            return reply
        } run: { client, server in
            let result = try await client.chat(hello(stream: true))
            #expect(result.text == body.answer)
            #expect(server.counts.requests == 1)
        }
    }

    @Test(arguments: [true, false])
    func compressedAnswersAreRead(isWhole: Bool) async throws {
        // gzip of {"choices":[{"index":0,"message":{"content":"packed"},"finish_reason":"stop"}]}, by Python's gzip module.
        let packed = try #require(
            Data(
                base64Encoded: "H4sIAAAAAAACAw3JMQqAMAwF0Lv8uYNzriIiJY02iEkxHYTSu+tb3wBXV5YArQNqRV7Q"
                    + "knBLRD4FNMBuXayD0DJfUjATDjWNuj+Sw+2f6N4wt/kBqG/tBk8AAAA="))
        let bytes = isWhole ? Array(packed) : Array(packed.prefix(60))
        try await withClient(testConfiguration(attempts: 1)) { _ in
            ScriptedReply(body: bytes, headers: [("Content-Encoding", "gzip")])
        } run: { client, _ in
            if isWhole {
                let result = try await client.chat(hello())
                #expect(result.text == "packed")
            } else {
                #expect(await failure(client) != nil)
            }
        }
    }

    @Test func anEncodingThatCannotBeUndoneIsNamed() async throws {
        try await withClient { _ in
            ScriptedReply(body: [1, 2, 3], headers: [("Content-Encoding", "br")])
        } run: { client, server in
            let error = try #require(await failure(client))
            #expect("\(error)".contains("br") && error.concernsEveryRequest && server.counts.requests == 1)
        }
    }

    @Test(arguments: [
        #"event: error"# + "\n" + #"data: {"error": {"message": "Overloaded", "code": 529}}"#,
        #"event: error"# + "\n" + "data: Overloaded",
        #"data: {"error": {"message": "Overloaded", "code": 502}, "choices": [{"index": 0, "delta": {"content": ""}}]}"#,
        #"data: {"error": "Overloaded"}"#,
    ])
    func errorsWithinStreamsAreErrors(event: String) async throws {
        try await withClient(testConfiguration(attempts: 1)) { _ in
            ScriptedReply(contentType: "text/event-stream", text: Self.delta("The ") + event + "\n\n" + Self.done)
        } run: { client, _ in
            let error = try #require(await failure(client, hello(stream: true)))
            #expect(error.code == .serverError && error.serverMessage?.contains("Overloaded") == true, "\(error)")
        }
    }

    @Test(arguments: [
        ("stream_options is not supported", [true, true], [true, false]),
        ("body.stream: streaming is disabled", [true, false], [true, false]),
    ])
    func aStreamThatIsRefusedIsAskedForMoreSimply(words: String, streams: [Bool], options: [Bool]) async throws {
        let seen = Locked<[String]>([])
        try await withClient(testConfiguration(attempts: 1)) { request in
            seen.withLock { $0.append(request.text) }
            return request.index == 0 ? .error(400, words) : .chat("ok")
        } run: { client, server in
            for _ in 0..<2 {
                let result = try await client.chat(hello(stream: true))
                #expect(result.text == "ok")
            }
            #expect(server.counts.requests == 3, "remembered")
        }
        let bodies = seen.withLock { $0 }
        #expect(bodies.prefix(2).map { $0.contains(#""stream":true"#) } == streams)
        #expect(bodies.prefix(2).map { $0.contains("stream_options") } == options)
    }

    @Test func aSlowFirstByteIsNoStall() async throws {
        var configuration = testConfiguration(attempts: 1)
        configuration.timeouts.idle = .milliseconds(150)
        for stream in [false, true] {
            try await withClient(configuration) { _ in
                (stream ? ScriptedReply.chatStream(["slow"]) : .chat("slow")).delayed(.milliseconds(700))
            } run: { client, server in
                let result = try await client.chat(hello(stream: stream))
                #expect(result.text == "slow" && server.counts.requests == 1)
            }
        }
    }

    @Test func usageThatCannotBeIsIgnored() async throws {
        for usage in [
            #"{"prompt_tokens": -1, "completion_tokens": 9223372036854775807}"#, #"{"prompt_tokens": 1e300}"#,
            #"{"prompt_tokens": "many"}"#,
        ] {
            try await withClient { _ in
                ScriptedReply(text: #"{"choices": [{"message": {"content": "x"}}], "usage": "# + usage + "}")
            } run: { client, _ in
                let result = try await client.chat(hello())
                #expect(result.usage == nil || result.usage == ChatUsage(promptTokens: 0, completionTokens: 0))
            }
        }
        let floats = try JSONDecoder().decode(
            ChatUsage.self, from: Data(#"{"prompt_tokens": 10.0, "completion_tokens": 20.5}"#.utf8))
        #expect(floats.promptTokens == 10 && floats.completionTokens == 20)
    }
}
