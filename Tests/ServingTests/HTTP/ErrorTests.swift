import Foundation
import KeyedPRF
import Serving
import Testing

@Suite struct ErrorTests {
    private static let hello = #""messages":[{"role":"user","content":"hello"}]"#

    @Test(
        arguments: [
            ("", nil), ("{", nil), ("[]", nil), (#""text""#, nil), ("\u{FF}", nil), ("{}", "messages"),
            (#"{"messages":"hello"}"#, "messages"), (#"{"messages":[]}"#, "messages"),
            (#"{"messages":[{"content":"x"}]}"#, "messages[0].role"),
            (#"{"messages":[{"role":1,"content":"x"}]}"#, "messages[0].role"),
            (#"{"messages":[{"role":"user","content":1}]}"#, "messages[0].content"),
            (#"{"messages":[{"role":"user"}]}"#, "messages[0]"),
            (#"{"messages":[{"role":"tool","content":"x"}]}"#, "messages[0]"),
            (#"{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{}}]}]}"#, "messages[0]"),
            (#"{\#(hello),"model":5}"#, "model"), (#"{\#(hello),"temperature":"hot"}"#, "temperature"),
            (#"{\#(hello),"temperature":2.5}"#, "temperature"), (#"{\#(hello),"temperature":-1}"#, "temperature"),
            (#"{\#(hello),"top_p":0}"#, "top_p"), (#"{\#(hello),"n":0}"#, "n"), (#"{\#(hello),"n":1000000}"#, "n"),
            (#"{\#(hello),"n":1.5}"#, nil), (#"{\#(hello),"seed":"x"}"#, "seed"),
            (#"{\#(hello),"max_tokens":0}"#, "max_completion_tokens"),
            (#"{\#(hello),"max_completion_tokens":-3}"#, "max_completion_tokens"),
            (#"{\#(hello),"stop":5}"#, "stop"), (#"{\#(hello),"stop":[""]}"#, "stop"),
            (#"{\#(hello),"stream":"yes"}"#, "stream"),
            (#"{\#(hello),"stream_options":{"include_usage":true}}"#, "stream_options"),
            (#"{\#(hello),"top_logprobs":3}"#, "top_logprobs"),
            (#"{\#(hello),"logprobs":true,"top_logprobs":21}"#, "top_logprobs"),
            (#"{\#(hello),"presence_penalty":3}"#, "presence_penalty"),
            (#"{\#(hello),"frequency_penalty":-3}"#, "frequency_penalty"),
            (#"{\#(hello),"top_k":"all"}"#, "top_k"), (#"{\#(hello),"min_p":2}"#, "min_p"),
            (#"{\#(hello),"tools":[{"type":"function"}]}"#, "tools"),
            (#"{\#(hello),"logit_bias":{"5":1}}"#, "logit_bias"),
            (#"{\#(hello),"response_format":{"type":"json_object"}}"#, "response_format"),
        ] as [(String, String?)])
    func badChatRequests(body: String, field: String?) async throws {
        try await withGateway(PieceBackend()) { port in
            let response = try await ask(port, "POST", "/v1/chat/completions", body: body)
            let error = try response.error()
            #expect(response.status == 400 && error["type"] as? String == "invalid_request_error")
            #expect(error["param"] as? String == field, "\(response.text)")
        }
    }

    @Test(arguments: [
        ("{}", "prompt"), (#"{"prompt":5}"#, "prompt"), (#"{"prompt":[]}"#, "prompt"),
        (#"{"prompt":[1,"a"]}"#, "prompt"),
        (#"{"prompt":"a","logprobs":true}"#, "logprobs"), (#"{"prompt":"a","logprobs":21}"#, "logprobs"),
        (#"{"prompt":"a","echo":true}"#, "echo"), (#"{"prompt":"a","suffix":"b"}"#, "suffix"),
        (#"{"prompt":"a","best_of":4}"#, "best_of"), (#"{"prompt":["a","b"],"n":64}"#, "n"),
        (#"{"prompt":"a","max_tokens":0}"#, "max_tokens"),
    ])
    func badTextRequests(body: String, field: String) async throws {
        try await withGateway(PieceBackend()) { port in
            let response = try await ask(port, "POST", "/v1/completions", body: body)
            #expect(response.status == 400)
            #expect(try (response.error()["param"] as? String)?.hasPrefix(field) == true, "\(response.text)")
        }
    }

    @Test(
        arguments: [
            (CompletionRefusal(.invalid, "no", field: "messages"), 400, nil, nil),
            (CompletionRefusal(.tooLong, "no"), 400, "context_length_exceeded", nil),
            (CompletionRefusal(.busy, "no"), 429, "queue_full", "1"),
            (CompletionRefusal(.stopping, "no"), 503, "stopping", "5"),
        ] as [(CompletionRefusal, Int, String?, String?)])
    func refusals(refusal: CompletionRefusal, status: Int, code: String?, retryAfter: String?) async throws {
        try await withGateway(PieceBackend(.init(refusal: refusal))) { port in
            let response = try await ask(port, "POST", "/v1/chat/completions", body: "{\(Self.hello)}")
            #expect(response.status == status && response.headers["retry-after"] == retryAfter)
            let error = try response.error()
            #expect(error["code"] as? String == code && error["message"] as? String == "no")
            #expect(error["param"] as? String == refusal.field)
        }
    }

    @Test(arguments: [false, true]) func failuresOfTheBackend(stream: Bool) async throws {
        try await withGateway(PieceBackend(.init(failure: "out of order"))) { port in
            let body = #"{\#(Self.hello),"stream":\#(stream)}"#
            let response = try await ask(port, "POST", "/v1/chat/completions", body: body)
            #expect(response.status == (stream ? 200 : 500))
            let last = stream ? try #require(response.events.last) : response.text
            let error = try JSONSerialization.jsonObject(with: Data(last.utf8)) as? [String: [String: Any]]
            #expect(error?["error"]?["message"] as? String == "out of order")
            #expect(error?["error"]?["type"] as? String == "server_error")
            #expect(!response.events.contains("[DONE]"))
        }
    }

    @Test(arguments: ["chat/completions", "completions"]) func unknownModel(route: String) async throws {
        try await withGateway(PieceBackend()) { port in
            let body = #"{"model":"other",\#(Self.hello),"prompt":"a"}"#
            let response = try await ask(port, "POST", "/v1/\(route)", body: body)
            #expect(response.status == 404)
            #expect(try response.error()["code"] as? String == "model_not_found")
        }
    }

    @Test(
        arguments: [
            (nil, 401), ("Authorization: Bearer sk-test-0002", 401), ("Authorization: Bearer sk-test-000", 401),
            ("Authorization: Basic sk-test-0001", 401), ("Authorization: Bearer", 401),
            ("Authorization: sk-test-0001", 401),
            ("Authorization: Bearer sk-test-0001", 200), ("authorization: bearer sk-test-0001", 200),
        ] as [(String?, Int)])
    func keys(header: String?, status: Int) async throws {
        var configuration = GatewayConfiguration()
        configuration.keyDigest = SHA256Digest.of("sk-test-0001")
        try await withGateway(PieceBackend(), configuration) { port in
            for (method, path, body) in [
                ("GET", "/v1/models", nil), ("POST", "/v1/chat/completions", "{\(Self.hello)}"),
            ] as [(String, String, String?)] {
                let response = try await ask(port, method, path, body: body, headers: [header].compactMap { $0 })
                #expect(response.status == status)
                #expect(!response.text.contains("sk-test"))
                if status == 401 {
                    #expect(try response.error()["code"] as? String == "invalid_api_key")
                    #expect(response.headers["www-authenticate"] == "Bearer")
                }
            }
            #expect(try await ask(port, "GET", "/health").status == 200)
        }
    }

    @Test(arguments: [true, false]) func largeBodies(saysItsLength: Bool) async throws {
        var configuration = GatewayConfiguration()
        configuration.maximumBodyBytes = 10_000
        try await withGateway(PieceBackend(), configuration) { port in
            let text = String(repeating: "x", count: 20_000)
            let response: RawResponse
            if saysItsLength {
                response = try await ask(port, "POST", "/v1/completions", body: #"{"prompt":"\#(text)"}"#)
            } else {
                let connection = try RawConnection(port: port)
                defer { connection.close() }
                try connection.send(
                    "POST", "/v1/completions", headers: ["Transfer-Encoding: chunked"])
                try connection.send("4e20\r\n\(text)\r\n0\r\n\r\n")
                response = try await connection.response()
            }
            #expect(response.status == 413)
            #expect(try response.error()["code"] as? String == "request_too_large")
        }
    }

    @Test func aPortInUse() async throws {
        try await withGateway(PieceBackend()) { port in
            var configuration = GatewayConfiguration()
            configuration.port = port
            await #expect(
                throws: GatewayError.cannotListen(host: "127.0.0.1", port: port, reason: "Address already in use")
            ) {
                try await Gateway(backend: PieceBackend(), configuration: configuration).run { _ in }
            }
        }
    }

    @Test func anAddressThatIsNotThere() async throws {
        var configuration = GatewayConfiguration()
        configuration.host = "192.0.2.1"
        await #expect(throws: GatewayError.self) {
            try await Gateway(backend: PieceBackend(), configuration: configuration).run { _ in }
        }
    }
}
