import OpenAIClient
import OpenAIProtocol
import TraceRewriting

/// Lets rewriters talk to an OpenAI-compatible endpoint.
package struct EndpointAdapter: CompletionEndpoint {
    private let client: OpenAIClient
    private let streams: Bool
    private let sendsSeeds: Bool

    /// Asks `client` for completions; `streams` receives them in pieces, which keeps long ones from looking like
    /// stalls, and `sendsSeeds` makes them repeatable where the endpoint takes seeds.
    package init(client: OpenAIClient, streams: Bool, sendsSeeds: Bool = true) {
        self.client = client
        self.streams = streams
        self.sendsSeeds = sendsSeeds
    }

    package func complete(
        _ prompt: RenderedPrompt, seed: UInt64, willSend: (@Sendable () async throws -> Void)?
    ) async throws(RewriteError) -> Completion {
        var messages: [ChatMessage] = []
        if let system = prompt.system { messages.append(ChatMessage(role: .system, content: system)) }
        messages.append(ChatMessage(role: .user, content: prompt.user))
        var request = ChatRequest(messages: messages)
        request.temperature = prompt.sampling.temperature
        request.topP = prompt.sampling.topP
        request.maxTokens = prompt.sampling.maxTokens
        if sendsSeeds { request.seed = Int(seed & 0x7FFF_FFFF) }
        request.stream = streams ? true : nil
        do {
            let hook = willSend
            let result = try await client.chat(request) { _ in try await hook?() }
            return Completion(
                text: result.text, finish: Self.finish(result.finishReason), isRefusal: result.refusal != nil,
                usage: TokenUsage(
                    prompt: result.usage?.promptTokens ?? 0, completion: result.usage?.completionTokens ?? 0))
        } catch {
            throw Self.translate(error)
        }
    }

    private static func finish(_ reason: FinishReason?) -> Completion.Finish {
        switch reason?.rawValue.lowercased() {
        // An answer that ends by an error is cut as well.
        case "length", "max_tokens", "model_length", "error", "cancelled", "abort": .length
        case "content_filter", "safety", "recitation", "blocklist", "prohibited_content": .contentFilter
        default: .stop
        }
    }

    /// Which failures concern this request, and which concern every request to come.
    private static func translate(_ error: EndpointError) -> RewriteError {
        if error.code == .cancelled { return .cancelled }
        return error.concernsEveryRequest ? .unavailable(error.description) : .failed(error.description)
    }
}
