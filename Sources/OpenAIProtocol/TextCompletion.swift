/// Log-probabilities of a text completion's tokens, position by position.
public struct TextLogProbabilities: Codable, Hashable, Sendable {
    /// The tokens' texts.
    public var tokens: [String]
    /// Their natural-log probabilities.
    public var tokenLogprobs: [Double]
    /// For each position the likeliest tokens and the one that was taken; nil when no alternatives were asked for.
    public var topLogprobs: [[String: Double]]?
    /// Where each token begins in the text, in Unicode scalars.
    public var textOffset: [Int]

    /// Log-probabilities of the given tokens.
    public init(tokens: [String], tokenLogprobs: [Double], topLogprobs: [[String: Double]]?, textOffset: [Int]) {
        self.tokens = tokens
        self.tokenLogprobs = tokenLogprobs
        self.topLogprobs = topLogprobs
        self.textOffset = textOffset
    }

    private enum CodingKeys: String, CodingKey {
        case tokens
        case tokenLogprobs = "token_logprobs"
        case topLogprobs = "top_logprobs"
        case textOffset = "text_offset"
    }
}

/// One of the texts of a completion, or what an event of a stream adds to it.
public struct TextChoice: Hashable, Sendable {
    /// Its position among the choices.
    public var index: Int
    /// The text, without the prompt.
    public var text: String
    /// Why it ended; nil while it goes on.
    public var finishReason: FinishReason?
    /// Log-probabilities, when asked for.
    public var logprobs: TextLogProbabilities?

    /// A choice.
    public init(index: Int, text: String, finishReason: FinishReason?, logprobs: TextLogProbabilities? = nil) {
        self.index = index
        self.text = text
        self.finishReason = finishReason
        self.logprobs = logprobs
    }
}

extension TextChoice: Codable {
    private enum CodingKeys: String, CodingKey {
        case index, text, logprobs
        case finishReason = "finish_reason"
    }

    /// Writes the choice; `finish_reason` and `logprobs` are null when nil, as in the original service.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(index, forKey: .index)
        try container.encode(text, forKey: .text)
        try container.encode(finishReason, forKey: .finishReason)
        try container.encode(logprobs, forKey: .logprobs)
    }
}

/// The body of a completed `POST /completions`, and of every event of a streamed one.
public struct TextCompletion: Hashable, Sendable {
    /// The service's name for this completion.
    public var id: String
    /// Seconds since 1970.
    public var created: Int
    /// The model that answered.
    public var model: String
    /// The choices; empty in an event that carries only the usage.
    public var choices: [TextChoice]
    /// Tokens used.
    public var usage: ChatUsage?

    /// A completion.
    public init(id: String, created: Int, model: String, choices: [TextChoice], usage: ChatUsage? = nil) {
        self.id = id
        self.created = created
        self.model = model
        self.choices = choices
        self.usage = usage
    }
}

extension TextCompletion: Codable {
    /// Reads a completion; only `choices` must be there.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let envelope = try CompletionEnvelope<TextChoice>(from: decoder)
        self.init(
            id: envelope.id, created: envelope.created, model: envelope.model, choices: envelope.choices,
            usage: envelope.usage)
    }

    /// Writes the completion with its `object` field.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        let envelope = CompletionEnvelope(
            object: "text_completion", id: id, created: created, model: model, choices: choices, usage: usage)
        try envelope.encode(to: encoder)
    }
}
