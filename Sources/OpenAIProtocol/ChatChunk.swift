/// What a chunk adds to a choice's message.
public struct ChatDelta: Codable, Hashable, Sendable {
    /// The role, usually in the first chunk only.
    public var role: ChatRole?
    /// More content.
    public var content: String?
    /// More reasoning, as `reasoning_content`.
    public var reasoningContent: String?
    /// More reasoning, as `reasoning`.
    public var reasoning: String?
    /// More of a refusal.
    public var refusal: String?

    /// A delta.
    public init(role: ChatRole? = nil, content: String? = nil, reasoningContent: String? = nil) {
        self.role = role
        self.content = content
        self.reasoningContent = reasoningContent
    }

    private enum CodingKeys: String, CodingKey {
        case role, content, reasoning, refusal
        case reasoningContent = "reasoning_content"
    }

    /// The added reasoning under either of its names.
    public var reasoningText: String? { reasoningContent ?? reasoning }

    /// Reads a delta: the content may be a text or parts, of which those of the model's own thoughts count as reasoning.
    ///
    /// - Throws: `DecodingError` for a content that is neither, and not null.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let content = try container.decodeIfPresent(ChatContent.self, forKey: .content)
        role = container.lenient(ChatRole.self, .role)
        self.content = content?.text
        reasoningContent = container.lenient(String.self, .reasoningContent) ?? content?.reasoning
        reasoning = container.lenient(String.self, .reasoning)
        refusal = container.lenient(String.self, .refusal)
    }
}

/// A chunk's part for one choice.
public struct ChatChunkChoice: Hashable, Sendable {
    /// Which answer it adds to.
    public var index: Int
    /// What it adds.
    public var delta: ChatDelta
    /// Why the answer ended, in its last chunk.
    public var finishReason: FinishReason?
    /// Log-probabilities of the added tokens.
    public var logprobs: ChatLogProbabilities?

    /// A chunk's part for one choice.
    public init(
        index: Int, delta: ChatDelta, finishReason: FinishReason? = nil, logprobs: ChatLogProbabilities? = nil
    ) {
        self.index = index
        self.delta = delta
        self.finishReason = finishReason
        self.logprobs = logprobs
    }
}

extension ChatChunkChoice: Codable {
    private enum CodingKeys: String, CodingKey {
        case index, delta, logprobs
        case finishReason = "finish_reason"
    }

    /// What stands in the place of a delta where a service streams whole messages, or texts.
    private enum OtherKeys: String, CodingKey {
        case message, text
    }

    /// Reads a chunk's choice; an absent delta reads as an empty one, or as the whole message in its place.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        index = container.lenient(Int.self, .index) ?? 0
        let other = try decoder.container(keyedBy: OtherKeys.self)
        delta =
            try container.decodeIfPresent(ChatDelta.self, forKey: .delta)
            ?? other.decodeIfPresent(ChatDelta.self, forKey: .message)
            ?? ChatDelta(content: other.lenient(String.self, .text))
        finishReason = container.lenient(FinishReason.self, .finishReason)
        logprobs = container.lenient(ChatLogProbabilities.self, .logprobs)
    }

    /// Writes the choice; `finish_reason` is null when nil.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(index, forKey: .index)
        try container.encode(delta, forKey: .delta)
        try container.encode(finishReason, forKey: .finishReason)
        try container.encodeIfPresent(logprobs, forKey: .logprobs)
    }
}

/// One event of a streamed `POST /chat/completions`.
public struct ChatCompletionChunk: Hashable, Sendable {
    /// The service's name for the completion.
    public var id: String
    /// Seconds since 1970.
    public var created: Int
    /// The model that answers.
    public var model: String
    /// What is added; empty in a chunk that carries only the usage.
    public var choices: [ChatChunkChoice]
    /// Tokens used, in the last chunk when asked for.
    public var usage: ChatUsage?

    /// A chunk.
    public init(id: String, created: Int, model: String, choices: [ChatChunkChoice], usage: ChatUsage? = nil) {
        self.id = id
        self.created = created
        self.model = model
        self.choices = choices
        self.usage = usage
    }
}

extension ChatCompletionChunk: Codable {
    private enum PresenceKeys: String, CodingKey {
        case choices, error
    }

    /// Reads a chunk. Services send some that hold only the usage, a filter's verdict or nothing: a chunk without choices,
    /// or with `null` for them, adds nothing.
    ///
    /// - Throws: `DecodingError` for what is no object, for choices that are none, and for an error in the place of choices.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: PresenceKeys.self)
        let choices = try container.decodeIfPresent([ChatChunkChoice].self, forKey: .choices)
        if choices == nil, container.lenient(JSONValue.self, .error) ?? .null != .null {
            throw DecodingError.dataCorruptedError(forKey: .error, in: container, debugDescription: "an error")
        }
        let envelope = try CompletionEnvelope<ChatChunkChoice>(from: decoder, choices: choices ?? [])
        self.init(
            id: envelope.id, created: envelope.created, model: envelope.model, choices: envelope.choices,
            usage: envelope.usage)
    }

    /// Writes the chunk with its `object` field.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        let envelope = CompletionEnvelope(
            object: "chat.completion.chunk", id: id, created: created, model: model, choices: choices, usage: usage)
        try envelope.encode(to: encoder)
    }
}
