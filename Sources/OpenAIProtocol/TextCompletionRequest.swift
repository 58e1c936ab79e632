/// What `POST /completions` continues: texts, or texts as tokens.
public enum TextPrompt: Hashable, Sendable {
    /// One text, or several.
    case texts([String])
    /// One sequence of token ids, or several.
    case tokens([[Int]])

    /// How many prompts there are.
    public var count: Int {
        switch self {
        case .texts(let texts): texts.count
        case .tokens(let tokens): tokens.count
        }
    }
}

extension TextPrompt: Codable {
    /// Reads a string, an array of strings, an array of token ids, or an array of such arrays.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self = .texts([text])
        } else if let tokens = try? container.decode([Int].self), !tokens.isEmpty {
            self = .tokens([tokens])
        } else if let tokens = try? container.decode([[Int]].self), !tokens.isEmpty {
            self = .tokens(tokens)
        } else {
            self = .texts(try container.decode([String].self))
        }
    }

    /// Writes the shortest form.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .texts(let texts):
            if let only = texts.first, texts.count == 1 {
                try container.encode(only)
            } else {
                try container.encode(texts)
            }
        case .tokens(let tokens):
            if let only = tokens.first, tokens.count == 1 {
                try container.encode(only)
            } else {
                try container.encode(tokens)
            }
        }
    }
}

/// The body of `POST /completions`.
public struct TextCompletionRequest: Hashable, Sendable {
    /// The model's name; nil leaves the choice to the server.
    public var model: String?
    /// What is continued.
    public var prompt: TextPrompt
    /// Most tokens to generate.
    public var maxTokens: Int?
    /// Sampling temperature; nil leaves it to the server.
    public var temperature: Double?
    /// Nucleus sampling bound.
    public var topP: Double?
    /// Sampling seed, best effort at the server.
    public var seed: Int?
    /// Strings that end the generation; a single string in JSON reads as an array of one.
    public var stop: [String]?
    /// Answer as server-sent events.
    public var stream: Bool?
    /// Options of the stream.
    public var streamOptions: ChatStreamOptions?
    /// How many choices to generate for each prompt.
    public var n: Int?
    /// Return log-probabilities of the output tokens, and of so many alternatives to each.
    public var logprobs: Int?
    /// Penalty on tokens by presence.
    public var presencePenalty: Double?
    /// Penalty on tokens by frequency.
    public var frequencyPenalty: Double?
    /// Fields not named above, written beside them; a name above wins over one here.
    public var additionalFields: [String: JSONValue] = [:]

    /// A request with everything but the prompt left to the server.
    public init(model: String? = nil, prompt: TextPrompt) {
        self.model = model
        self.prompt = prompt
    }
}

extension TextCompletionRequest: Codable {
    private enum CodingKeys: String, CodingKey, CaseIterable {
        case model, prompt, temperature, seed, stop, stream, n, logprobs
        case maxTokens = "max_tokens"
        case topP = "top_p"
        case streamOptions = "stream_options"
        case presencePenalty = "presence_penalty"
        case frequencyPenalty = "frequency_penalty"
    }

    /// Reads a request; a known field of the wrong type is an error, unknown fields go to `additionalFields`.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        model = try container.decodeIfPresent(String.self, forKey: .model)
        prompt = try container.decode(TextPrompt.self, forKey: .prompt)
        maxTokens = try container.decodeIfPresent(Int.self, forKey: .maxTokens)
        temperature = try container.decodeIfPresent(Double.self, forKey: .temperature)
        topP = try container.decodeIfPresent(Double.self, forKey: .topP)
        seed = try container.decodeIfPresent(Int.self, forKey: .seed)
        stop = try container.stringOrStrings(.stop)
        stream = try container.decodeIfPresent(Bool.self, forKey: .stream)
        streamOptions = try container.decodeIfPresent(ChatStreamOptions.self, forKey: .streamOptions)
        n = try container.decodeIfPresent(Int.self, forKey: .n)
        logprobs = try container.decodeIfPresent(Int.self, forKey: .logprobs)
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
        try container.encode(prompt, forKey: .prompt)
        try container.encodeIfPresent(maxTokens, forKey: .maxTokens)
        try container.encodeIfPresent(temperature, forKey: .temperature)
        try container.encodeIfPresent(topP, forKey: .topP)
        try container.encodeIfPresent(seed, forKey: .seed)
        try container.encodeIfPresent(stop, forKey: .stop)
        try container.encodeIfPresent(stream, forKey: .stream)
        try container.encodeIfPresent(streamOptions, forKey: .streamOptions)
        try container.encodeIfPresent(n, forKey: .n)
        try container.encodeIfPresent(logprobs, forKey: .logprobs)
        try container.encodeIfPresent(presencePenalty, forKey: .presencePenalty)
        try container.encodeIfPresent(frequencyPenalty, forKey: .frequencyPenalty)
    }
}
