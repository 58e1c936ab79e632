import Foundation
import OpenAIClient
import OpenAIProtocol
import Serving
import Testing
import Tokenizers

@Suite struct RouteTests {
    private static let hello = #""messages":[{"role":"user","content":"hello"}]"#

    @Test func modelsAndHealth() async throws {
        try await withGateway(PieceBackend()) { port in
            let list = try await ask(port, "GET", "/v1/models")
            #expect(list.status == 200 && list.headers["content-type"] == "application/json")
            #expect(
                list.text
                    == #"{"data":[{"created":7,"id":"tiny/model","object":"model","owned_by":"tests"}],"object":"list"}"#
            )
            for path in ["/v1/models/tiny/model", "/v1/models/tiny%2Fmodel"] {
                #expect(try await ask(port, "GET", path).json()["id"] as? String == "tiny/model")
            }
            let health = try await ask(port, "GET", "/health").json()
            #expect(health["status"] as? String == "ok")
            #expect((health["load"] as? [String: Int]) == ["slots": 8, "running": 0, "waiting": 0])
        }
    }

    @Test(
        arguments: [
            ("GET", "/v1/nothing", 404, nil), ("GET", "/", 404, nil), ("GET", "/v1/models/other", 404, nil),
            ("GET", "/v1/completions", 405, "POST"), ("POST", "/v1/models", 405, "GET"), ("PUT", "/health", 405, "GET"),
        ] as [(String, String, Int, String?)])
    func otherRoutes(method: String, path: String, status: Int, allow: String?) async throws {
        try await withGateway(PieceBackend()) { port in
            let response = try await ask(port, method, path)
            #expect(response.status == status && response.headers["allow"] == allow)
            let error = try response.error()
            #expect(error["message"] as? String != nil && error["type"] as? String == "invalid_request_error")
        }
    }

    @Test(arguments: [false, true]) func chat(stream: Bool) async throws {
        let backend = PieceBackend()
        try await withGateway(backend) { port in
            try await withClient(port) { client in
                var request = ChatRequest(messages: [
                    ChatMessage(role: .developer, content: "be brief"), ChatMessage(role: .user, content: "2 + 2?"),
                ])
                request.stream = stream
                request.n = 3
                request.seed = -5
                request.temperature = 0
                request.stop = ["\n"]
                request.maxTokens = 9
                request.additionalFields = ["top_k": .integer(40), "user": .string("me"), "tools": .array([])]
                let result = try await client.chat(request)
                #expect(result.choices.map(\.text) == Array(repeating: "The answer is 4", count: 3))
                #expect(result.choices.allSatisfy { $0.finishReason == .stop })
                #expect(result.usage == ChatUsage(promptTokens: 5, completionTokens: 9))
                #expect(result.model == "tiny/model" && result.id.hasPrefix("chatcmpl-"))
            }
        }
        var expected = CompletionOrder([.chat([.init(.system, "be brief"), .init(.user, "2 + 2?")])])
        expected.samples = 3
        expected.seed = -5
        expected.temperature = 0
        expected.stop = ["\n"]
        expected.maxNewTokens = 9
        expected.topK = 40
        #expect(backend.orders == [expected])
    }

    @Test func chatStreamAsItIsSent() async throws {
        try await withGateway(PieceBackend(.init(pause: .milliseconds(20)))) { port in
            let body = #"{\#(Self.hello),"stream":true,"logprobs":true,"top_logprobs":2}"#
            let response = try await ask(port, "POST", "/v1/chat/completions", body: body)
            #expect(response.status == 200)
            #expect(response.headers["content-type"] == "text/event-stream; charset=utf-8")
            let events = response.events
            #expect(events.last == "[DONE]" && events.count == 6)
            let chunks = try events.dropLast().map {
                try JSONDecoder().decode(ChatCompletionChunk.self, from: Data($0.utf8))
            }
            #expect(chunks.first?.choices.first?.delta == ChatDelta(role: .assistant, content: ""))
            #expect(chunks.compactMap { $0.choices.first?.delta.content }.joined() == "The answer is 4")
            #expect(chunks.last?.choices.first?.finishReason == .stop && chunks.allSatisfy { $0.usage == nil })
            #expect(Set(chunks.map(\.id)).count == 1)
            let tokens = chunks.flatMap { $0.choices.first?.logprobs?.content ?? [] }
            #expect(tokens.map(\.token) == ["The ", "answer ", "is 4"])
            #expect(tokens.first?.bytes == Array("The ".utf8) && tokens.first?.logprob == -0.5)
            #expect(tokens.first?.topLogprobs?.map(\.logprob) == [-0.25, -9999])
        }
    }

    @Test func textCompletion() async throws {
        let backend = PieceBackend()
        try await withGateway(backend) { port in
            let body = #"{"model":"tiny/model","prompt":["a","b"],"n":2,"logprobs":1,"max_tokens":3}"#
            let response = try await ask(port, "POST", "/v1/completions", body: body)
            #expect(response.status == 200)
            let completion = try JSONDecoder().decode(TextCompletion.self, from: Data(response.body))
            #expect(completion.choices.map(\.index) == [0, 1, 2, 3])
            #expect(completion.choices.allSatisfy { $0.text == "The answer is 4" && $0.finishReason == .stop })
            #expect(completion.usage == ChatUsage(promptTokens: 10, completionTokens: 12))
            let logprobs = try #require(completion.choices.first?.logprobs)
            #expect(logprobs.tokens == ["The ", "answer ", "is 4"] && logprobs.textOffset == [0, 4, 11])
            #expect(logprobs.topLogprobs?.first == ["The ": -0.5, "alternative 0": -0.25])
        }
        #expect(backend.orders.first?.prompts == [.text("a"), .text("b")])
    }

    @Test(arguments: [("[1,2,3]", [[1, 2, 3]]), ("[[1],[2,3]]", [[1], [2, 3]])])
    func tokensAsPrompts(prompt: String, tokens: [[Int]]) async throws {
        let backend = PieceBackend()
        try await withGateway(backend) { port in
            let body = #"{"prompt":\#(prompt),"stream":true,"logprobs":0,"stream_options":{"include_usage":true}}"#
            let response = try await ask(port, "POST", "/v1/completions", body: body)
            let chunks = try response.events.dropLast().map {
                try JSONDecoder().decode(TextCompletion.self, from: Data($0.utf8))
            }
            for choice in tokens.indices {
                let parts = chunks.flatMap { $0.choices.filter { $0.index == choice } }
                #expect(parts.map(\.text).joined() == "The answer is 4")
                #expect(parts.flatMap { $0.logprobs?.textOffset ?? [] } == [0, 4, 11])
                #expect(parts.allSatisfy { $0.logprobs?.topLogprobs == nil })
                #expect(parts.last?.finishReason == .stop)
            }
            #expect(chunks.last?.choices == [])
            #expect(chunks.last?.usage == ChatUsage(promptTokens: 5 * tokens.count, completionTokens: 3 * tokens.count))
        }
        #expect(backend.orders.first?.prompts == tokens.map { .tokens($0) })
    }

    @Test func manyClientsOnFewConnections() async throws {
        let backend = PieceBackend(.init(pause: .milliseconds(1)))
        try await withGateway(backend) { port in
            try await withClient(port) { client in
                try await withThrowingTaskGroup(of: String.self) { group in
                    for i in 0..<128 {
                        var request = ChatRequest(messages: [ChatMessage(role: .user, content: "\(i)")])
                        request.stream = i % 2 == 0
                        let asked = request
                        group.addTask { try await client.chat(asked).text }
                    }
                    for try await text in group { #expect(text == "The answer is 4") }
                }
            }
        }
        #expect(backend.orders.count == 128)
        // Nothing of an answer is kept.
        #expect(backend.feeds.allSatisfy { !$0.isOpen } && backend.load.running == 0)
    }
}
