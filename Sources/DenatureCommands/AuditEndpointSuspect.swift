import Auditing
import OpenAIClient
import OpenAIProtocol

/// An OpenAI-compatible endpoint under suspicion. It is sent the planned questions and nothing else.
struct AuditEndpointSuspect: AuditSuspect {
    let client: OpenAIClient
    let sampling: AuditPlan.Sampling
    let streams: Bool

    /// Asks with as many requests in flight as the client allows. After the first failure nothing more is sent; what is in
    /// flight is waited for, so that it need not be asked again.
    func ask(_ questions: [EvidenceQuestion], session: AuditSession) async throws {
        var rest = questions[...]
        var failure: (any Error)?
        await withTaskGroup(of: (any Error)?.self) { group in
            func start() {
                guard failure == nil, !Task.isCancelled, let question = rest.popFirst() else { return }
                group.addTask { await self.result(of: question, session) }
            }
            for _ in 0..<max(1, client.configuration.concurrency) { start() }
            while let error = await group.next() {
                if let error { failure = failure ?? error }
                start()
            }
        }
        if let failure { throw failure }
        try Task.checkCancellation()
    }

    private func result(of question: EvidenceQuestion, _ session: AuditSession) async -> (any Error)? {
        do {
            let result = try await client.chat(request(question)) { _ in try session.willSend(question) }
            let parts = [result.reasoning, result.text].compactMap { $0 }.filter { !$0.isEmpty }
            let finish = result.refusal != nil ? "refusal" : result.finishReason.map(Self.name) ?? "unknown"
            try session.deliver(question.name, text: parts.joined(separator: "\n"), finish: finish)
            return nil
        } catch let error as EndpointError {
            if error.underlying is AuditSession.BudgetSpent { return AuditSession.BudgetSpent() }
            guard Self.concernsOneQuestion(error) else { return error }
            // The endpoint turned this question down and will again; the others may fare better.
            do {
                try session.deliver(question.name, text: "", finish: "failed")
                return nil
            } catch {
                return error
            }
        } catch {
            return error
        }
    }

    private static func concernsOneQuestion(_ error: EndpointError) -> Bool {
        switch error.code {
        case .httpStatus: [400, 413, 422].contains(error.status ?? 0)
        case .responseTooLarge: true
        default: false
        }
    }

    private func request(_ question: EvidenceQuestion) -> ChatRequest {
        var request = ChatRequest(messages: [ChatMessage(role: .user, content: question.text)])
        request.temperature = sampling.temperature
        request.topP = sampling.topP
        request.maxTokens = sampling.maxNewTokens
        request.seed = Int(question.seed & 0x7FFF_FFFF)
        request.stream = streams ? true : nil
        return request
    }

    private static func name(_ reason: FinishReason) -> String { reason.rawValue }
}
