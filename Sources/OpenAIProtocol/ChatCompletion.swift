/// Why a choice ended. Unknown reasons are kept as they are.
public struct FinishReason: RawRepresentable, Hashable, Sendable, Codable {
    /// The reason as written in JSON.
    public var rawValue: String

    /// Any reason, by its name in JSON.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The model ended, or a stop string was met.
    public static let stop = FinishReason(rawValue: "stop")
    /// The token limit was reached: the text is cut.
    public static let length = FinishReason(rawValue: "length")
    /// The service withheld content.
    public static let contentFilter = FinishReason(rawValue: "content_filter")
    /// The model called tools.
    public static let toolCalls = FinishReason(rawValue: "tool_calls")
}

/// Tokens used by a request.
public struct ChatUsage: Hashable, Sendable {
    /// Tokens of the prompt.
    public var promptTokens: Int
    /// Tokens generated, reasoning included.
    public var completionTokens: Int
    /// Both together.
    public var totalTokens: Int
    /// Tokens of the hidden or shown reasoning, where the service says so.
    public var reasoningTokens: Int?

    /// A usage record; the total is the sum unless given.
    public init(promptTokens: Int, completionTokens: Int, totalTokens: Int? = nil, reasoningTokens: Int? = nil) {
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.totalTokens = totalTokens ?? promptTokens.addingReportingOverflow(completionTokens).partialValue
        self.reasoningTokens = reasoningTokens
    }
}

extension ChatUsage: Codable {
    private enum CodingKeys: String, CodingKey {
        case promptTokens = "prompt_tokens"
        case completionTokens = "completion_tokens"
        case totalTokens = "total_tokens"
        case completionTokensDetails = "completion_tokens_details"
    }

    private struct Details: Codable {
        var reasoningTokens: Int?

        enum CodingKeys: String, CodingKey {
            case reasoningTokens = "reasoning_tokens"
        }
    }

    /// The most tokens that one request is believed to have used.
    private static let mostTokens = Int(Int32.max)

    /// A count that can be one: services send fractions, negative numbers and others that no request can reach.
    private static func count(_ container: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys) -> Int? {
        guard let number = container.lenient(Double.self, key), (0...Double(mostTokens)).contains(number) else {
            return nil
        }
        return Int(number)
    }

    /// Reads a usage record; counts that are missing, negative or absurd read as 0.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            promptTokens: Self.count(container, .promptTokens) ?? 0,
            completionTokens: Self.count(container, .completionTokens) ?? 0,
            totalTokens: Self.count(container, .totalTokens),
            reasoningTokens: container.lenient(Details.self, .completionTokensDetails)?.reasoningTokens
                .flatMap { (0...Self.mostTokens).contains($0) ? $0 : nil })
    }

    /// Writes the usage record.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(promptTokens, forKey: .promptTokens)
        try container.encode(completionTokens, forKey: .completionTokens)
        try container.encode(totalTokens, forKey: .totalTokens)
        if let reasoningTokens {
            try container.encode(Details(reasoningTokens: reasoningTokens), forKey: .completionTokensDetails)
        }
    }
}

/// Log-probabilities of a choice's tokens.
public struct ChatLogProbabilities: Codable, Hashable, Sendable {
    /// One output token, or an alternative to it.
    public struct Token: Codable, Hashable, Sendable {
        /// The token's text.
        public var token: String
        /// Its natural-log probability.
        public var logprob: Double
        /// Its UTF-8 bytes, where the text cannot show them.
        public var bytes: [UInt8]?
        /// The likeliest tokens at this position.
        public var topLogprobs: [Token]?

        /// A token with its log-probability.
        public init(token: String, logprob: Double, bytes: [UInt8]? = nil, topLogprobs: [Token]? = nil) {
            self.token = token
            self.logprob = logprob
            self.bytes = bytes
            self.topLogprobs = topLogprobs
        }

        private enum CodingKeys: String, CodingKey {
            case token, logprob, bytes
            case topLogprobs = "top_logprobs"
        }
    }

    /// The tokens in order.
    public var content: [Token]?

    /// Log-probabilities of the given tokens.
    public init(content: [Token]?) {
        self.content = content
    }
}

/// One of the answers of a completion.
public struct ChatChoice: Hashable, Sendable {
    /// Its position among the answers.
    public var index: Int
    /// The answer.
    public var message: ChatMessage
    /// Why it ended.
    public var finishReason: FinishReason?
    /// Log-probabilities, when asked for.
    public var logprobs: ChatLogProbabilities?

    /// A choice.
    public init(
        index: Int, message: ChatMessage, finishReason: FinishReason?, logprobs: ChatLogProbabilities? = nil
    ) {
        self.index = index
        self.message = message
        self.finishReason = finishReason
        self.logprobs = logprobs
    }
}

extension ChatChoice: Codable {
    private enum CodingKeys: String, CodingKey {
        case index, message, logprobs
        case finishReason = "finish_reason"
    }

    /// What a service of text completions puts in the place of a message.
    private enum TextKey: String, CodingKey {
        case text
    }

    /// Reads a choice; the message must be there, or a `text` in its place.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        index = container.lenient(Int.self, .index) ?? 0
        if !container.contains(.message),
            let text = try decoder.container(keyedBy: TextKey.self).lenient(String.self, .text)
        {
            message = ChatMessage(role: .assistant, content: text)
        } else {
            message = try container.decode(ChatMessage.self, forKey: .message)
        }
        finishReason = container.lenient(FinishReason.self, .finishReason)
        logprobs = container.lenient(ChatLogProbabilities.self, .logprobs)
    }

    /// Writes the choice; `finish_reason` is null when nil.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(index, forKey: .index)
        try container.encode(message, forKey: .message)
        try container.encode(finishReason, forKey: .finishReason)
        try container.encodeIfPresent(logprobs, forKey: .logprobs)
    }
}

/// The body of a completed `POST /chat/completions`.
public struct ChatCompletion: Hashable, Sendable {
    /// The service's name for this completion.
    public var id: String
    /// Seconds since 1970.
    public var created: Int
    /// The model that answered.
    public var model: String
    /// The answers.
    public var choices: [ChatChoice]
    /// Tokens used.
    public var usage: ChatUsage?
    /// The service's name for its configuration.
    public var systemFingerprint: String?

    /// A completion.
    public init(id: String, created: Int, model: String, choices: [ChatChoice], usage: ChatUsage?) {
        self.id = id
        self.created = created
        self.model = model
        self.choices = choices
        self.usage = usage
    }
}

extension ChatCompletion: Codable {
    /// Reads a completion; only `choices` must be there.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let envelope = try CompletionEnvelope<ChatChoice>(from: decoder)
        self.init(
            id: envelope.id, created: envelope.created, model: envelope.model, choices: envelope.choices,
            usage: envelope.usage)
        systemFingerprint = envelope.systemFingerprint
    }

    /// Writes the completion with its `object` field.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        let envelope = CompletionEnvelope(
            object: "chat.completion", id: id, created: created, model: model, choices: choices, usage: usage,
            systemFingerprint: systemFingerprint)
        try envelope.encode(to: encoder)
    }
}
