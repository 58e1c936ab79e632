import Foundation
import OpenAIProtocol
import Tokenizers

/// A request as it was understood: what to complete and how to answer.
struct ReadRequest: Sendable {
    var model: String?
    var order: CompletionOrder
    var streams: Bool
    var includesUsage: Bool
}

/// Makes orders of request bodies. Fields that would change the answer and are not known here are refused; others, such as
/// `user` or `metadata`, are passed over.
struct RequestReader: Sendable {
    var maximumChoices: Int

    /// A request for a chat completion.
    func chat(_ body: Data) throws(RequestFailure) -> ReadRequest {
        let request = try decode(ChatRequest.self, body)
        var order = CompletionOrder([.chat(try turns(request.messages, body))])
        let shared = SharedFields(
            n: request.n, temperature: request.temperature, topP: request.topP,
            presencePenalty: request.presencePenalty, frequencyPenalty: request.frequencyPenalty, seed: request.seed,
            stop: request.stop, stream: request.stream, streamOptions: request.streamOptions,
            additional: request.additionalFields)
        try shared.apply(to: &order, maximumChoices: maximumChoices)
        let limit = request.maxCompletionTokens ?? request.maxTokens
        order.maxNewTokens = try checked(
            limit, "max_completion_tokens", where: { $0 >= 1 }, allowed: "at least 1")
        if request.logprobs == true { order.alternatives = 0 }
        if let count = request.topLogprobs {
            guard request.logprobs == true else {
                throw .invalid("top_logprobs needs logprobs", param: "top_logprobs")
            }
            order.alternatives = try checked(count, "top_logprobs", where: (0...20).contains, allowed: "from 0 to 20")
        }
        return ReadRequest(
            model: request.model, order: order, streams: shared.streams, includesUsage: shared.includesUsage)
    }

    /// A request for a text completion.
    func text(_ body: Data) throws(RequestFailure) -> ReadRequest {
        let request = try decode(TextCompletionRequest.self, body)
        guard request.prompt.count > 0 else { throw .invalid("prompt is empty", param: "prompt") }
        // The number of choices is checked below; no more prompts than choices.
        guard request.prompt.count <= maximumChoices else {
            throw .invalid("prompt has more than \(maximumChoices) entries", param: "prompt")
        }
        var order =
            switch request.prompt {
            case .texts(let texts): CompletionOrder(texts.map { .text($0) })
            case .tokens(let tokens): CompletionOrder(tokens.map { .tokens($0) })
            }
        let shared = SharedFields(
            n: request.n, temperature: request.temperature, topP: request.topP,
            presencePenalty: request.presencePenalty, frequencyPenalty: request.frequencyPenalty, seed: request.seed,
            stop: request.stop, stream: request.stream, streamOptions: request.streamOptions,
            additional: request.additionalFields)
        try shared.apply(to: &order, maximumChoices: maximumChoices)
        order.maxNewTokens = try checked(request.maxTokens, "max_tokens", where: { $0 >= 1 }, allowed: "at least 1")
        order.alternatives = try checked(
            request.logprobs, "logprobs", where: (0...20).contains, allowed: "from 0 to 20")
        return ReadRequest(
            model: request.model, order: order, streams: shared.streams, includesUsage: shared.includesUsage)
    }

    // MARK: - Parts

    private func decode<Body: Decodable>(_ type: Body.Type, _ body: Data) throws(RequestFailure) -> Body {
        do {
            return try JSONDecoder().decode(type, from: body)
        } catch let error as DecodingError {
            throw RequestFailure(error)
        } catch {
            throw .invalid("the body is not JSON")
        }
    }

    private struct Roles: Decodable {
        struct Message: Decodable {
            var role: String
        }
        var messages: [Message]
    }

    private func turns(_ messages: [ChatMessage], _ body: Data) throws(RequestFailure) -> [ChatFormat.Message] {
        guard !messages.isEmpty else { throw .invalid("messages is empty", param: "messages") }
        // Responses may lack roles, so that the shared type lets them be absent; requests may not.
        _ = try decode(Roles.self, body)
        var turns: [ChatFormat.Message] = []
        for (i, message) in messages.enumerated() {
            let place = "messages[\(i)]"
            guard let role = Self.role(message.role) else {
                throw .invalid("\(place).role: only system, developer, user and assistant are known", param: place)
            }
            if case .parts(let parts)? = message.content, !parts.allSatisfy(isText) {
                throw .invalid("\(place).content: only parts of text are known", param: place)
            }
            if message.toolCalls != nil, message.toolCalls != .array([]) {
                throw .invalid("\(place).tool_calls: tools are not known", param: place)
            }
            guard let content = message.content?.text ?? (role == .assistant ? "" : nil) else {
                throw .invalid("\(place).content is missing", param: place)
            }
            turns.append(.init(role, content))
        }
        return turns
    }

    /// `developer` is the newer name of `system`.
    private static func role(_ role: ChatRole) -> ChatFormat.Role? {
        switch role {
        case .system, .developer: .system
        case .user: .user
        case .assistant: .assistant
        default: nil
        }
    }

    private func isText(_ part: JSONValue) -> Bool {
        guard case .object(let fields) = part, case .string("text")? = fields["type"],
            case .string? = fields["text"]
        else { return false }
        return true
    }
}

/// A value within its range.
func checked<Value>(
    _ value: Value?, _ name: String, where isAllowed: (Value) -> Bool, allowed: String
) throws(RequestFailure) -> Value? {
    guard let value else { return nil }
    guard isAllowed(value) else { throw .invalid("\(name) is \(value); it must be \(allowed)", param: name) }
    return value
}

extension RequestFailure {
    /// What is wrong with a body, by its place in it. Nothing of its contents is repeated.
    init(_ error: DecodingError) {
        func failure(_ context: DecodingError.Context, _ what: String, last: (any CodingKey)? = nil) -> RequestFailure {
            var place = ""
            for key in context.codingPath + [last].compactMap({ $0 }) {
                if let index = key.intValue {
                    place += "[\(index)]"
                } else {
                    place += place.isEmpty ? key.stringValue : "." + key.stringValue
                }
            }
            return .invalid(place.isEmpty ? "the body \(what)" : "\(place) \(what)", param: place.isEmpty ? nil : place)
        }
        self =
            switch error {
            case .typeMismatch(_, let context): failure(context, "has the wrong type")
            case .valueNotFound(_, let context): failure(context, "is null")
            case .keyNotFound(let key, let context): failure(context, "is missing", last: key)
            case .dataCorrupted(let context):
                failure(
                    context,
                    context.codingPath.isEmpty
                        ? "is not valid JSON, or has a number that is out of range"
                        : "has a value that cannot be read")
            @unknown default: .invalid("the body cannot be read")
            }
    }
}
