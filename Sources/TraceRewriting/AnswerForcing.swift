import Answers

/// Asks the endpoint for the answer that the new reasoning alone leads to, and compares it with the original's.
public struct AnswerForcing: Sendable {
    private let template: PromptTemplate
    private let endpoint: any CompletionEndpoint

    /// A check with the `answer-forcing` template.
    public init(template: PromptTemplate, endpoint: any CompletionEndpoint) {
        self.template = template
        self.endpoint = endpoint
    }

    /// Whether the forced answer is equivalent to the original's; false when the reply states none.
    func check(
        _ candidate: AnalysedTurn, original: AnalysedTurn, request: RewriteRequest, _ usage: inout TokenUsage
    ) async throws(RewriteError) -> Bool {
        guard
            let wanted = AnswerExtractor.extract(from: original.text)
                ?? request.solution.flatMap({ AnswerExtractor.reference(in: $0) })
        else { return false }
        let prompt = template.render([
            .problem: original.problem ?? "", .reasoning: candidate.reasoningText,
        ])
        let completion = try await endpoint.complete(prompt, seed: request.seed >> 33, willSend: request.willSend)
        usage += completion.usage
        guard let forced = AnswerExtractor.extract(from: completion.text)?.text else { return false }
        return AnswerEquivalence.compare(wanted.text, forced) == .equal
    }
}
