import OpenAIClient
import OpenAIProtocol
import TraceRewriting

/// Lets rewriters talk to an OpenAI-compatible endpoint.
package struct EndpointAdapter: CompletionEndpoint {
    private let client: OpenAIClient
    private let streams: Bool

    /// Asks `client` for completions; `streams` receives them in pieces, which keeps long ones from looking like
    /// stalls.
    package init(client: OpenAIClient, streams: Bool) {
        self.client = client
        self.streams = streams
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
        request.seed = Int(seed & 0x7FFF_FFFF)
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
        switch reason {
        case .length?: .length
        case .contentFilter?: .contentFilter
        default: .stop
        }
    }

    /// Which failures concern this request, and which concern every request to come.
    private static func translate(_ error: EndpointError) -> RewriteError {
        switch error.code {
        case .cancelled: .cancelled
        case .invalidConfiguration, .endpointUnavailable, .connectionFailed, .shutDown, .attemptHookFailed,
            .redirected:
            .unavailable(error.description)
        case .httpStatus where [401, 403, 404].contains(error.status ?? 0): .unavailable(error.description)
        default: .failed(error.description)
        }
    }
}
