import Foundation

extension ScriptedReply {
    /// A chat completion with one choice.
    public static func chat(
        _ content: String?, reasoning: String? = nil, refusal: String? = nil, finishReason: String = "stop",
        model: String = "scripted"
    ) -> ScriptedReply {
        var message: [String: Any] = ["role": "assistant", "content": content ?? NSNull()]
        message["reasoning_content"] = reasoning
        message["refusal"] = refusal
        let words = (content ?? "").split(separator: " ").count
        return ScriptedReply(
            body: json([
                "id": "chatcmpl-scripted", "object": "chat.completion", "created": 0, "model": model,
                "choices": [["index": 0, "message": message, "finish_reason": finishReason]],
                "usage": ["prompt_tokens": 7, "completion_tokens": words, "total_tokens": 7 + words],
            ]))
    }

    /// A chat completion streamed in the given pieces of content, then usage and `[DONE]`.
    public static func chatStream(
        _ contents: [String], reasoning: [String] = [], finishReason: String = "stop", pieceDelay: Duration = .zero,
        endsWithDone: Bool = true
    ) -> ScriptedReply {
        func event(_ delta: [String: Any], finish: String? = nil) -> [UInt8] {
            event(choices: [["index": 0, "delta": delta, "finish_reason": finish ?? NSNull()]])
        }
        func event(choices: [[String: Any]], usage: [String: Int]? = nil) -> [UInt8] {
            var object: [String: Any] = [
                "id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": 0, "model": "scripted",
                "choices": choices,
            ]
            object["usage"] = usage
            return Array("data: ".utf8) + json(object) + Array("\n\n".utf8)
        }
        var reply = ScriptedReply()
        reply.headers = [("Content-Type", "text/event-stream; charset=utf-8")]
        reply.isChunked = true
        reply.pieceDelay = pieceDelay
        reply.pieces = [event(["role": "assistant", "content": ""])]
        reply.pieces += reasoning.map { event(["reasoning_content": $0]) }
        reply.pieces += contents.map { event(["content": $0]) }
        reply.pieces.append(event([:], finish: finishReason))
        reply.pieces.append(
            event(
                choices: [],
                usage: [
                    "prompt_tokens": 7, "completion_tokens": contents.count, "total_tokens": 7 + contents.count,
                ]))
        if endsWithDone { reply.pieces.append(Array("data: [DONE]\n\n".utf8)) }
        return reply
    }

    /// An error in the standard shape.
    public static func error(
        _ status: Int, _ message: String = "scripted error", code: String? = nil,
        headers: [(name: String, value: String)] = []
    ) -> ScriptedReply {
        let code: Any = code ?? NSNull()
        return ScriptedReply(
            status: status,
            body: json([
                "error": ["message": message, "type": "scripted", "param": NSNull(), "code": code] as [String: Any]
            ]),
            headers: headers)
    }

    /// A proxy's HTML page.
    public static func webPage(status: Int = 200) -> ScriptedReply {
        ScriptedReply(
            status: status, contentType: "text/html; charset=utf-8", text: "<html><body>Bad gateway</body></html>")
    }

    /// JSON with sorted keys, so that equal replies are equal bytes.
    private static func json(_ object: [String: Any]) -> [UInt8] {
        let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        return Array(data ?? Data())
    }
}

extension ScriptedRequest {
    /// The texts of the chat messages in the body, in order; empty when it is no chat request.
    public var messages: [(role: String, content: String)] {
        guard let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any],
            let messages = object["messages"] as? [[String: Any]]
        else { return [] }
        return messages.map { ($0["role"] as? String ?? "", $0["content"] as? String ?? "") }
    }

    /// Whether a streamed answer was asked for.
    public var wantsStream: Bool {
        let object = try? JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        return object?["stream"] as? Bool ?? false
    }
}
