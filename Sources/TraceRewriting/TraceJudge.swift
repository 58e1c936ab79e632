/// Asks an endpoint how well a trace serves its reader: a whole number from 1, useless, to 5.
public struct TraceJudge: Sendable {
    /// What a judge said.
    public struct Opinion: Hashable, Sendable {
        /// The score; nil where the reply has none, or was cut off or refused.
        public var score: Int?
        /// Tokens used.
        public var usage: TokenUsage
    }

    /// The scores there are.
    public static let scale = 1...5

    private let template: PromptTemplate
    private let endpoint: any CompletionEndpoint

    /// - Parameters:
    ///   - template: `judge`, or one of one's own that ends in a line `Score: N`.
    ///   - endpoint: Whose opinion it is.
    public init(template: PromptTemplate, endpoint: any CompletionEndpoint) {
        self.template = template
        self.endpoint = endpoint
    }

    /// The opinion of one trace.
    ///
    /// - Parameters:
    ///   - trace: Reasoning and answer, as a reader sees them.
    ///   - problem: What it solves.
    ///   - seed: Sent with the request; 31 bits of it.
    /// - Throws: `RewriteError`, `unavailable` where no request will succeed.
    public func opinion(of trace: String, problem: String, seed: UInt64) async throws(RewriteError) -> Opinion {
        let prompt = template.render([.problem: problem, .reasoning: trace])
        let completion = try await endpoint.complete(prompt, seed: seed & 0x7FFF_FFFF, willSend: nil)
        let isWhole = !completion.isRefusal && completion.finish == .stop
        return Opinion(score: isWhole ? Self.score(in: completion.text) : nil, usage: completion.usage)
    }

    /// The last `Score: N`, or `N` where the reply is nothing else; nil for what is not on the scale.
    static func score(in reply: String) -> Int? {
        let text = reply.replacing("*", with: "").lowercased()
        let stated = text.matches(of: #/score\s*:?\s*([0-9]+(?:\.[0-9]+)?)(?:\s*/\s*5)?(?![0-9/])/#).last
        let number = stated.map { String($0.output.1) } ?? text.trimmingWhitespace
        guard let score = Int(number), scale.contains(score) else { return nil }
        return score
    }
}

extension String {
    fileprivate var trimmingWhitespace: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
