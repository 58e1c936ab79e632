/// One continuation to be sampled.
public struct GenerationRequest: Hashable, Sendable {
    /// What to continue: at least one token.
    public var prompt: [Int32]
    /// Seeds the sequence's own generator. Equal requests with equal seeds give equal tokens in any batch.
    public var seed: UInt64
    /// The most tokens to sample.
    public var maxNewTokens: Int
    /// The sequence ends after any of these.
    public var stopTokens: Set<Int32>
    /// The sequence ends as soon as its text contains any of these; needs a text decoder.
    public var stopStrings: [String]

    /// A request; without stop tokens and stop strings only its length ends it.
    public init(
        prompt: [Int32], seed: UInt64, maxNewTokens: Int, stopTokens: Set<Int32> = [], stopStrings: [String] = []
    ) {
        self.prompt = prompt
        self.seed = seed
        self.maxNewTokens = maxNewTokens
        self.stopTokens = stopTokens
        self.stopStrings = stopStrings
    }
}

/// Why a sequence ended. Its names are those of records and reports, also as keys of counts.
public enum FinishReason: String, Hashable, Sendable, Codable, CodingKeyRepresentable, CaseIterable {
    /// A stop token was sampled; it is the last of the tokens.
    case stop
    /// The text contained a stop string.
    case stopString
    /// The request's `maxNewTokens` were sampled.
    case length
    /// Prompt and continuation fill the model's context, or the session's capacity.
    case context
}

/// One finished continuation.
public struct GenerationResult: Hashable, Sendable {
    /// The number of the request, from 0 in the order in which requests were taken.
    public var index: Int
    /// Every sampled token, a stop token and the tokens of a stop string included.
    public var tokens: [Int32]
    /// Why the sequence ended.
    public var finishReason: FinishReason
    /// The decoded text without stop token and from a stop string on cut; nil without a text decoder.
    public var text: String?
    /// The stop string that was found.
    public var stopString: String?
    /// For each token the model's own log-probability in nats: of the raw logits, before any processor. Nil unless asked for.
    public var logProbabilities: [Float]?
    /// For each token the log-probability in nats under the distribution that was sampled: after all processors.
    public var samplingLogProbabilities: [Float]?

    /// A result from its parts.
    public init(
        index: Int, tokens: [Int32], finishReason: FinishReason, text: String? = nil, stopString: String? = nil,
        logProbabilities: [Float]? = nil, samplingLogProbabilities: [Float]? = nil
    ) {
        self.index = index
        self.tokens = tokens
        self.finishReason = finishReason
        self.text = text
        self.stopString = stopString
        self.logProbabilities = logProbabilities
        self.samplingLogProbabilities = samplingLogProbabilities
    }

    /// The tokens without the stop token.
    public var contentTokens: ArraySlice<Int32> { finishReason == .stop ? tokens.dropLast() : tokens[...] }
}

/// Turns one sequence's tokens into text as they come, holding back bytes that are not yet whole characters.
public protocol IncrementalTextDecoder {
    /// The text that the token completes, which may be empty.
    mutating func append(_ token: Int32) -> String
    /// The text that was held back.
    mutating func finish() -> String
}
