import Testing

@testable import TraceRewriting

@Suite struct TraceJudgeTests {
    @Test(
        arguments: [
            ("Score: 4", 4), ("score:5\n", 5), ("The steps follow.\n\n**Score:** 3", 3), ("4", 4), (" 2 \n", 2),
            ("Score: 4/5", 4), ("Score: 4 / 5", 4), ("Score 1", 1), ("First Score: 2, but no: Score: 5", 5),
            // Not on the scale, not whole, or not said.
            ("Score: 0", nil), ("Score: 6", nil), ("Score: 10", nil), ("Score: 3.5", nil), ("Score: 8/10", nil),
            ("Score:", nil), ("", nil), ("I would say four.", nil), ("4 of 5 steps are right", nil),
            ("Score: 99999999999999999999", nil),
        ] as [(String, Int?)])
    func scoresAreRead(reply: String, expected: Int?) {
        #expect(TraceJudge.score(in: reply) == expected)
    }

    private struct Endpoint: CompletionEndpoint {
        let completion: Completion
        func complete(
            _ prompt: RenderedPrompt, seed: UInt64, willSend: (@Sendable () async throws -> Void)?
        ) async throws(RewriteError) -> Completion {
            prompt.user.contains("Two and two?") && prompt.user.contains("2 + 2 = 4") && seed < 1 << 31
                ? completion : Completion(text: "Score: 1")
        }
    }

    @Test(
        arguments: [
            (Completion(text: "Score: 5", usage: TokenUsage(prompt: 9, completion: 3)), 5),
            (Completion(text: "Score: 5", finish: .length), nil), (Completion(text: "Score: 5", isRefusal: true), nil),
        ] as [(Completion, Int?)])
    func onlyWholeRepliesCount(completion: Completion, expected: Int?) async throws {
        let judge = TraceJudge(
            template: try PromptLibrary.template("judge"), endpoint: Endpoint(completion: completion))
        let opinion = try await judge.opinion(of: "2 + 2 = 4", problem: "Two and two?", seed: .max)
        #expect(opinion.score == expected && opinion.usage == completion.usage)
    }
}
