import Auditing
import OpenAIClient
import OpenAIProtocol
import Synchronization

/// An OpenAI-compatible endpoint under suspicion. It is sent the planned questions and nothing else.
public final class EndpointSuspect: AuditSuspect {
    /// The URL, without credentials and query, and the model.
    public let name: String
    private let settings: EndpointSettings
    private let client = Mutex<OpenAIClient?>(nil)

    /// - Parameter settings: Where and how it is asked.
    /// - Throws: ``SettingsError``; `EndpointError` for a URL that is none.
    public init(_ settings: EndpointSettings) throws {
        try settings.validate()
        self.settings = settings
        let url = try OpenAIEndpoint(baseURL: settings.endpoint ?? "", model: nil, key: .none).displayURL
        name = url + (settings.model.map { ", model \($0)" } ?? "")
    }

    /// Opens a client.
    ///
    /// - Throws: What the suspect throws.
    public func prepare(_ session: AuditSession) async throws {
        let made = try settings.client()
        client.withLock { $0 = made }
    }

    /// Closes its connections.
    public func finish() async {
        let used = client.withLock { client in
            defer { client = nil }
            return client
        }
        await used?.shutdown()
    }

    /// Asks with as many requests in flight as the settings allow.
    ///
    /// - Throws: What the suspect throws; evidence that was written stays.
    public func ask(_ questions: [EvidenceQuestion], _ session: AuditSession) async throws {
        guard let client = client.withLock({ $0 }) else { return }
        do {
            try await session.forEach(questions, concurrency: client.configuration.concurrency) { question in
                try await self.ask(question, client, session)
            }
        } catch let error as EndpointError where error.code == .cancelled {
            throw CancellationError()
        }
    }

    private func ask(_ question: EvidenceQuestion, _ client: OpenAIClient, _ session: AuditSession) async throws {
        do {
            let result = try await client.chat(request(question, session.plan.sampling)) { _ in
                try session.willSend(question)
            }
            let parts = [result.reasoning, result.text].compactMap { $0 }.filter { !$0.isEmpty }
            let end =
                result.refusal != nil
                ? AnswerEnd.refusal : result.finishReason.map { AnswerEnd(rawValue: $0.rawValue) } ?? .unknown
            try session.deliver(SuspectAnswer(parts.joined(separator: "\n"), end: end), to: question.name)
        } catch let error as EndpointError {
            if let spent = error.underlying as? AuditSession.BudgetSpent { throw spent }
            guard error.concernsOneRequest || error.code == .responseTooLarge else { throw error }
            // The endpoint turned this question down and will again; the others may fare better.
            try session.deliver(SuspectAnswer("", end: .failed), to: question.name)
        }
    }

    private func request(_ question: EvidenceQuestion, _ sampling: AuditPlan.Sampling) -> ChatRequest {
        var request = ChatRequest(messages: [ChatMessage(role: .user, content: question.text)])
        request.temperature = sampling.temperature
        request.topP = sampling.topP
        request.maxTokens = sampling.maxNewTokens
        if !settings.noSeed { request.seed = Int(question.seed & 0x7FFF_FFFF) }
        request.stream = settings.noStream ? nil : true
        return request
    }
}
