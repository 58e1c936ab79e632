import Foundation
import OpenAIProtocol
import Testing

/// Bodies written by hand in the shapes the services document.
@Suite struct CodingTests {
    func decode<T: Decodable>(_ type: T.Type, _ text: String) throws -> T {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    func roundTrip<T: Codable & Equatable>(_ value: T) throws -> Bool {
        try JSONDecoder().decode(T.self, from: JSONEncoder().encode(value)) == value
    }

    @Test func completionOfTheOriginalService() throws {
        let completion = try decode(
            ChatCompletion.self,
            """
            {"id": "chatcmpl-B9", "object": "chat.completion", "created": 1741569952, "model": "gpt-4.1",
             "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello!", "refusal": null,
             "annotations": []}, "logprobs": null, "finish_reason": "stop"}],
             "usage": {"prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29,
             "prompt_tokens_details": {"cached_tokens": 0},
             "completion_tokens_details": {"reasoning_tokens": 4, "audio_tokens": 0}}, "service_tier": "default"}
            """)
        #expect(completion.choices[0].message.content?.text == "Hello!")
        #expect(completion.choices[0].finishReason == .stop)
        #expect(completion.usage == ChatUsage(promptTokens: 19, completionTokens: 10, reasoningTokens: 4))
        #expect(try roundTrip(completion))
    }

    @Test func completionWithNullContentAndReasoning() throws {
        let completion = try decode(
            ChatCompletion.self,
            """
            {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": [{"index": 0,
             "message": {"role": "assistant", "content": null, "reasoning_content": "Let me", "tool_calls": []},
             "logprobs": null, "finish_reason": "length", "stop_reason": null}], "usage": {"prompt_tokens": 3,
             "total_tokens": 5, "completion_tokens": 2, "prompt_tokens_details": null}, "prompt_logprobs": null}
            """)
        #expect(completion.choices[0].message.content == nil)
        #expect(completion.choices[0].message.reasoningText == "Let me")
        #expect(completion.choices[0].finishReason == .length)
        #expect(try roundTrip(completion))
    }

    @Test func completionWithMissingFieldsAndParts() throws {
        let completion = try decode(
            ChatCompletion.self,
            """
            {"choices": [{"finish_reason": "weird", "message": {"reasoning": "r",
             "content": [{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}]}}],
             "created": 1.5, "usage": null, "timings": {"prompt_ms": 1.25}}
            """)
        #expect(completion.choices[0].message.content?.text == "ab")
        #expect(completion.choices[0].message.role == .assistant)
        #expect(completion.choices[0].message.reasoningText == "r")
        #expect(completion.choices[0].finishReason?.rawValue == "weird")
    }

    @Test func chunks() throws {
        let first = try decode(
            ChatCompletionChunk.self,
            """
            {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [{"index": 0,
             "delta": {"role": "assistant", "content": "", "reasoning_content": "think"}, "logprobs": null,
             "finish_reason": null}]}
            """)
        #expect(first.choices[0].delta.reasoningText == "think")
        #expect(first.choices[0].finishReason == nil)
        #expect(try roundTrip(first))
        let last = try decode(
            ChatCompletionChunk.self,
            #"{"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}}"#)
        #expect(last.usage?.totalTokens == 3)
        for empty in [
            #"{}"#, #"{"choices": null}"#, #"{"id": "x", "usage": null}"#, #"{"choices": [], "error": null}"#,
        ] {
            #expect(try decode(ChatCompletionChunk.self, empty).choices.isEmpty)
        }
        // Parts, of which thoughts are no content.
        let parts = try decode(
            ChatCompletionChunk.self,
            #"{"choices": [{"delta": {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]},"#
                + #" {"type": "text", "text": "4"}]}}]}"#)
        #expect(parts.choices[0].delta.content == "4" && parts.choices[0].delta.reasoningText == "hm")
        #expect(throws: DecodingError.self) { try decode(ChatCompletionChunk.self, #"{"choices": 3}"#) }
        #expect(throws: DecodingError.self) { try decode(ChatCompletionChunk.self, #"{"error": {"message": "x"}}"#) }
    }

    @Test(
        arguments: [
            (#"{"error": {"message": "Bad", "type": "t", "param": null, "code": "invalid_api_key"}}"#, "Bad", nil),
            (#"{"error": {"message": "Bad", "type": "BadRequestError", "param": null, "code": 400}}"#, "Bad", 400),
            (
                #"{"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}"#, "Loading model",
                503
            ),
            (#"{"object": "error", "message": "Bad", "type": "t", "param": null, "code": 404}"#, "Bad", 404),
            (#"{"error": {"message": "Slow", "code": "429"}}"#, "Slow", 429),
            (#"{"error": "model not found"}"#, "model not found", nil),
            (#"{"detail": "Not Found"}"#, "Not Found", nil),
            (
                #"{"detail": [{"loc": ["body"], "msg": "field required"}, {"msg": "too long"}]}"#,
                "body: field required; too long", nil
            ),
            (#"{"detail": [{"loc": ["body", "messages", 0], "msg": "bad"}]}"#, "body.messages.0: bad", nil),
            (#"{"detail": {"message": "Bad", "code": 401}}"#, "Bad", 401),
            (#"{"success": false, "errors": [{"message": "Bad", "code": 10000}]}"#, "Bad", nil),
            (#"{"error": {"status": "UNAVAILABLE", "code": 503}}"#, "UNAVAILABLE", 503),
            (#"{"error": {"message": "Bad", "code": 502}, "choices": []}"#, "Bad", 502),
        ] as [(String, String, Int?)])
    func errors(_ body: String, _ message: String, _ status: Int?) throws {
        let response = try decode(APIErrorResponse.self, body)
        #expect(response.error.message == message)
        #expect(response.error.statusCode == status)
        #expect(try roundTrip(response))
    }

    @Test func requestKeepsUnknownFieldsAndReadsASingleStop() throws {
        let request = try decode(
            ChatRequest.self,
            """
            {"model": "m", "messages": [{"role": "user", "content": "hi"}], "stop": "END", "max_tokens": 5,
             "max_completion_tokens": 6, "top_p": 0.5, "seed": 1, "n": 2, "logprobs": true, "top_k": 20,
             "stream": true, "stream_options": {"include_usage": true}, "chat_template_kwargs": {"thinking": false}}
            """)
        #expect(request.stop == ["END"])
        #expect(request.maxTokens == 5 && request.maxCompletionTokens == 6 && request.topP == 0.5)
        #expect(request.streamOptions?.includeUsage == true)
        #expect(
            request.additionalFields
                == ["top_k": .integer(20), "chat_template_kwargs": .object(["thinking": .bool(false)])])
        #expect(try roundTrip(request))
    }

    @Test func requestWritesOnlyWhatIsSet() throws {
        var request = ChatRequest(model: "m", messages: [ChatMessage(role: .user, content: "hi")])
        request.temperature = 0.5
        request.additionalFields = ["model": .string("other"), "top_k": .integer(1)]
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = String(decoding: try encoder.encode(request), as: UTF8.self)
        #expect(
            text == #"{"messages":[{"content":"hi","role":"user"}],"model":"m","temperature":0.5,"top_k":1}"#)
    }

    @Test func serverSideShapes() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let error = APIErrorResponse(error: APIError(message: "m", type: "t"))
        #expect(
            String(decoding: try encoder.encode(error), as: UTF8.self)
                == #"{"error":{"code":null,"message":"m","param":null,"type":"t"}}"#)
        let list = ModelList(data: [ModelDescription(id: "a", created: 1, ownedBy: "me")])
        #expect(
            String(decoding: try encoder.encode(list), as: UTF8.self)
                == #"{"data":[{"created":1,"id":"a","object":"model","owned_by":"me"}],"object":"list"}"#)
        #expect(try roundTrip(list))
    }
}
