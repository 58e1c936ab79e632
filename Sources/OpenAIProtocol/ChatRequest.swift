/// Options of a streamed response.
public struct ChatStreamOptions: Codable, Hashable, Sendable {
    /// Ask for one last chunk that carries the usage.
    public var includeUsage: Bool?

    /// Stream options.
    public init(includeUsage: Bool?) {
        self.includeUsage = includeUsage
    }

    private enum CodingKeys: String, CodingKey {
        case includeUsage = "include_usage"
    }
}

/// The body of `POST /chat/completions`.
public struct ChatRequest: Hashable, Sendable {
    /// The model's name; nil leaves the choice to the client's endpoint, or to the server.
    public var model: String?
    /// The conversation so far.
    public var messages: [ChatMessage]
    /// Sampling temperature; nil leaves it to the server.
    public var temperature: Double?
    /// Nucleus sampling bound.
    public var topP: Double?
    /// Sampling seed, best effort at the server.
    public var seed: Int?
    /// Most tokens to generate, under its old and still widest known name.
    public var maxTokens: Int?
    /// Most tokens to generate, reasoning included, under its newer name.
    public var maxCompletionTokens: Int?
    /// Strings that end the generation; a single string in JSON reads as an array of one.
    public var stop: [String]?
    /// Answer as server-sent events.
    public var stream: Bool?
    /// Options of the stream.
    public var streamOptions: ChatStreamOptions?
    /// How many choices to generate.
    public var n: Int?
    /// Return log-probabilities of the output tokens.
    public var logprobs: Bool?
    /// How many alternatives per token to return with `logprobs`.
    public var topLogprobs: Int?
    /// Penalty on tokens by presence.
    public var presencePenalty: Double?
    /// Penalty on tokens by frequency.
    public var frequencyPenalty: Double?
    /// Fields not named above, written beside them; a name above wins over one here.
    public var additionalFields: [String: JSONValue] = [:]

    /// A request with everything but the conversation left to the server.
    public init(model: String? = nil, messages: [ChatMessage]) {
        self.model = model
        self.messages = messages
    }
}

extension ChatRequest: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case model, messages, temperature, seed, stop, stream, n, logprobs
        case topP = "top_p"
        case maxTokens = "max_tokens"
        case maxCompletionTokens = "max_completion_tokens"
        case streamOptions = "stream_options"
        case topLogprobs = "top_logprobs"
        case presencePenalty = "presence_penalty"
        case frequencyPenalty = "frequency_penalty"
    }

    /// Reads a request; a known field of the wrong type is an error, unknown fields go to `additionalFields`.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        model = try container.decodeIfPresent(String.self, forKey: .model)
        messages = try container.decode([ChatMessage].self, forKey: .messages)
        temperature = try container.decodeIfPresent(Double.self, forKey: .temperature)
        topP = try container.decodeIfPresent(Double.self, forKey: .topP)
        seed = try container.decodeIfPresent(Int.self, forKey: .seed)
        maxTokens = try container.decodeIfPresent(Int.self, forKey: .maxTokens)
        maxCompletionTokens = try container.decodeIfPresent(Int.self, forKey: .maxCompletionTokens)
        stop = try container.stringOrStrings(.stop)
        stream = try container.decodeIfPresent(Bool.self, forKey: .stream)
        streamOptions = try container.decodeIfPresent(ChatStreamOptions.self, forKey: .streamOptions)
        n = try container.decodeIfPresent(Int.self, forKey: .n)
        logprobs = try container.decodeIfPresent(Bool.self, forKey: .logprobs)
        topLogprobs = try container.decodeIfPresent(Int.self, forKey: .topLogprobs)
        presencePenalty = try container.decodeIfPresent(Double.self, forKey: .presencePenalty)
        frequencyPenalty = try container.decodeIfPresent(Double.self, forKey: .frequencyPenalty)
        additionalFields = try decoder.fields(besides: Set(CodingKeys.allCases.map(\.rawValue)))
    }

    /// Writes the fields that are set. A number that is not finite is an error.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        try encoder.write(additionalFields, besides: Set(CodingKeys.allCases.map(\.rawValue)))
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(model, forKey: .model)
        try container.encode(messages, forKey: .messages)
        try container.encodeIfPresent(temperature, forKey: .temperature)
        try container.encodeIfPresent(topP, forKey: .topP)
        try container.encodeIfPresent(seed, forKey: .seed)
        try container.encodeIfPresent(maxTokens, forKey: .maxTokens)
        try container.encodeIfPresent(maxCompletionTokens, forKey: .maxCompletionTokens)
        try container.encodeIfPresent(stop, forKey: .stop)
        try container.encodeIfPresent(stream, forKey: .stream)
        try container.encodeIfPresent(streamOptions, forKey: .streamOptions)
        try container.encodeIfPresent(n, forKey: .n)
        try container.encodeIfPresent(logprobs, forKey: .logprobs)
        try container.encodeIfPresent(topLogprobs, forKey: .topLogprobs)
        try container.encodeIfPresent(presencePenalty, forKey: .presencePenalty)
        try container.encodeIfPresent(frequencyPenalty, forKey: .frequencyPenalty)
    }
}
