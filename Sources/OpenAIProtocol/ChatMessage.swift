/// Who speaks in a chat message. Unknown roles are kept as they are.
public struct ChatRole: RawRepresentable, Hashable, Sendable, Codable {
    /// The role as written in JSON.
    public var rawValue: String

    /// Any role, by its name in JSON.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Instructions above the conversation.
    public static let system = ChatRole(rawValue: "system")
    /// The newer name of `system` in some services.
    public static let developer = ChatRole(rawValue: "developer")
    /// The person or program that asks.
    public static let user = ChatRole(rawValue: "user")
    /// The model.
    public static let assistant = ChatRole(rawValue: "assistant")
    /// The result of a tool call.
    public static let tool = ChatRole(rawValue: "tool")
}

/// The content of a message: one string, or parts (`[{"type": "text", "text": "..."}, ...]`).
public enum ChatContent: Hashable, Sendable {
    /// The usual form.
    case text(String)
    /// The multi-part form; parts are kept as they came.
    case parts([JSONValue])

    /// The string, or the text parts joined without a separator. Parts of another type, such as the model's own thoughts,
    /// are not part of it.
    public var text: String {
        switch self {
        case .text(let text): text
        case .parts(let parts): parts.map { ContentPart($0)?.said ?? "" }.joined()
        }
    }

    /// What the parts of the model's own thoughts say; nil where there are none.
    public var reasoning: String? {
        guard case .parts(let parts) = self else { return nil }
        let thoughts = parts.compactMap { ContentPart($0)?.thought }
        return thoughts.isEmpty ? nil : thoughts.joined()
    }
}

/// One part of a message, by what services call its type.
private struct ContentPart {
    /// Part of the reply.
    var said: String?
    /// Part of the reasoning that led to it.
    var thought: String?

    init?(_ value: JSONValue) {
        switch value {
        case .string(let text): said = text
        case .object(let fields):
            guard case .string(let type)? = fields["type"] else {
                // Without a type a part with a text is text.
                guard case .string(let text)? = fields["text"] else { return nil }
                said = text
                return
            }
            if ["text", "output_text"].contains(type), case .string(let text)? = fields["text"] {
                said = text
            } else if ["reasoning", "thinking", "thought", "reasoning_text"].contains(type) {
                thought = Self.text(fields[type] ?? fields["text"] ?? fields["content"] ?? fields["summary"])
            }
        default: return nil
        }
    }

    /// A text, or the texts of parts within a part.
    private static func text(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text)?: text
        case .array(let parts)?: ChatContent.parts(parts).text
        default: nil
        }
    }
}

extension ChatContent: Codable {
    /// Reads a string or an array of parts.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .text(text)
        } else {
            self = .parts(try container.decode([JSONValue].self))
        }
    }

    /// Writes the form the value has.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .parts(let parts): try container.encode(parts)
        }
    }
}

/// One message of a conversation, in a request or in a response.
public struct ChatMessage: Hashable, Sendable {
    /// Who speaks; a response without the field reads as `assistant`.
    public var role: ChatRole
    /// What is said; `null` in JSON when nil (a refusal, a tool call, an engine that put all into the reasoning).
    public var content: ChatContent?
    /// Reasoning as most engines name it (`reasoning_content`).
    public var reasoningContent: String?
    /// Reasoning as newer engines and some routers name it (`reasoning`).
    public var reasoning: String?
    /// Why the model would not answer.
    public var refusal: String?
    /// A name for the speaker.
    public var name: String?
    /// Tool calls, untouched.
    public var toolCalls: JSONValue?
    /// The call a `tool` message answers.
    public var toolCallID: String?

    /// A message of plain text.
    public init(role: ChatRole, content: String?, reasoningContent: String? = nil, refusal: String? = nil) {
        self.role = role
        self.content = content.map { .text($0) }
        self.reasoningContent = reasoningContent
        self.refusal = refusal
    }

    /// The reasoning under either of its names, or from the content's parts.
    public var reasoningText: String? { reasoningContent ?? reasoning ?? content?.reasoning }
}

extension ChatMessage: Codable {
    private enum CodingKeys: String, CodingKey {
        case role, content, reasoning, refusal, name
        case reasoningContent = "reasoning_content"
        case toolCalls = "tool_calls"
        case toolCallID = "tool_call_id"
    }

    /// Reads a message; only a `content` that is neither text, parts nor null is an error.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        role = container.lenient(ChatRole.self, .role) ?? .assistant
        content = try container.decodeIfPresent(ChatContent.self, forKey: .content)
        reasoningContent = container.lenient(String.self, .reasoningContent)
        reasoning = container.lenient(String.self, .reasoning)
        refusal = container.lenient(String.self, .refusal)
        name = container.lenient(String.self, .name)
        toolCalls = container.lenient(JSONValue.self, .toolCalls)
        toolCallID = container.lenient(String.self, .toolCallID)
    }

    /// Writes the message; `content` is always there, the other optional fields only when set.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(role, forKey: .role)
        try container.encode(content, forKey: .content)
        try container.encodeIfPresent(reasoningContent, forKey: .reasoningContent)
        try container.encodeIfPresent(reasoning, forKey: .reasoning)
        try container.encodeIfPresent(refusal, forKey: .refusal)
        try container.encodeIfPresent(name, forKey: .name)
        try container.encodeIfPresent(toolCalls, forKey: .toolCalls)
        try container.encodeIfPresent(toolCallID, forKey: .toolCallID)
    }
}
