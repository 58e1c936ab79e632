/// A prompt ready to be sent.
public struct RenderedPrompt: Hashable, Sendable {
    /// The system message, if the template has one.
    public var system: String?
    /// The user message.
    public var user: String
    /// The template's sampling defaults.
    public var sampling: PromptTemplate.Sampling

    /// Creates a prompt.
    public init(system: String?, user: String, sampling: PromptTemplate.Sampling) {
        self.system = system
        self.user = user
        self.sampling = sampling
    }
}

/// What an endpoint wrote.
public struct Completion: Sendable {
    /// Why the endpoint stopped writing.
    public enum Finish: Sendable {
        case stop
        case length
        case contentFilter
    }

    /// The message's text.
    public var text: String
    /// Why it ended.
    public var finish: Finish
    /// Whether the endpoint marked the message as a refusal.
    public var isRefusal: Bool
    /// Tokens used.
    public var usage: TokenUsage

    /// Creates a completion.
    public init(text: String, finish: Finish = .stop, isRefusal: Bool = false, usage: TokenUsage = TokenUsage()) {
        self.text = text
        self.finish = finish
        self.isRefusal = isRefusal
        self.usage = usage
    }
}

/// Anything that completes a prompt: an OpenAI-compatible endpoint, or a model in this process.
public protocol CompletionEndpoint: Sendable {
    /// Completes `prompt`. `willSend` runs before each request, retries included.
    ///
    /// - Throws: ``RewriteError``: `failed` for this request alone, `unavailable` if no later one can succeed.
    func complete(
        _ prompt: RenderedPrompt, seed: UInt64, willSend: (@Sendable () async throws -> Void)?
    ) async throws(RewriteError) -> Completion
}
