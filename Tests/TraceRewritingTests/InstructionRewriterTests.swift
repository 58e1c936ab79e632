import Testing
import Traces

@testable import TraceRewriting

@Suite struct InstructionRewriterTests {
    private func candidate(
        _ reply: Completion, for turn: AnalysedTurn = turn(trace)
    ) async throws -> RewriteCandidate {
        let endpoint = ScriptedEndpoint { _, _ in reply }
        let rewriter = InstructionRewriter(template: try template(), endpoint: endpoint)
        return try await rewriter.rewrite(RewriteRequest(turn: turn, seed: 1))
    }

    @Test func promptHoldsProblemReasoningAndAnswer() async throws {
        let endpoint = ScriptedEndpoint("<rewritten>\(reworded)</rewritten>\nFinal answer: 7")
        let rewriter = InstructionRewriter(template: try template(), endpoint: endpoint)
        let candidate = try await rewriter.rewrite(RewriteRequest(turn: turn(trace), seed: 1))
        #expect(candidate.texts == [reworded + "\n#### 7"], "the answer's own line stays")
        #expect(candidate.statedAnswer == "7")
        let prompt = try #require(endpoint.requests.first?.prompt)
        #expect(prompt.user == "problem: \(problem)\nreasoning: \(reasoning)\nanswer: 7\nstatement: ")
        #expect(prompt.system?.hasPrefix("You are careful") == true)
        #expect(rewriter.name == "instruction:test")
        #expect(rewriter.promptDigest?.count == 64)
    }

    @Test func everyRegionIsARequestOfItsOwn() async throws {
        let text = "<think>\n" + reasoning + "\n</think>\nSome words between.\n<think>" + reasoning + "</think>\n#### 7"
        let count = turn(text).fields[0].reasoning.count
        try #require(count == 2)
        let endpoint = ScriptedEndpoint { prompt, _ in
            Completion(text: reworded, usage: .init(prompt: 10, completion: 5))
        }
        let rewriter = InstructionRewriter(template: try template(), endpoint: endpoint)
        let candidate = try await rewriter.rewrite(RewriteRequest(turn: turn(text), seed: 1))
        #expect(
            candidate.texts == [
                "<think>\n" + reworded + "\n</think>\nSome words between.\n<think>" + reworded + "</think>\n#### 7"
            ])
        #expect(candidate.usage == TokenUsage(prompt: 20, completion: 10))
        #expect(Set(endpoint.requests.map(\.seed)).count == 2)
    }

    @Test func reasoningContentIsRewrittenAndContentIsNot() async throws {
        let original = turn(reasoning: reasoning, content: "The answer is 7.")
        let candidate = try await candidate(Completion(text: reworded), for: original)
        #expect(candidate.texts == [reworded, "The answer is 7."])
    }

    @Test func seedsDifferByAttemptAndSeedAndFitTheProtocol() async throws {
        let endpoint = ScriptedEndpoint(reworded)
        let rewriter = InstructionRewriter(template: try template(), endpoint: endpoint)
        for seed in [0, 1, UInt64.max] {
            for attempt in 0..<3 {
                _ = try await rewriter.rewrite(RewriteRequest(turn: turn(trace), seed: seed, attempt: attempt))
            }
        }
        _ = try await rewriter.rewrite(RewriteRequest(turn: turn(trace), seed: 1, attempt: 2))
        let seeds = endpoint.requests.map(\.seed)
        #expect(Set(seeds.prefix(9)).count == 9)
        #expect(seeds[9] == seeds[5])
        #expect(seeds.allSatisfy { $0 <= Int32.max })
    }

    @Test(
        arguments: [
            (Completion(text: "I'd rather not.", isRefusal: true), .refusal),
            (Completion(text: "", finish: .contentFilter), .refusal),
            (Completion(text: "<rewritten>x</rewritten>", finish: .length), .truncated),
            (Completion(text: "<rewritten>x"), .truncated), (Completion(text: ""), .emptyReply),
            (Completion(text: " \n"), .emptyReply), (Completion(text: "<think>a</think>"), .emptyReply),
            (Completion(text: "<rewritten> </rewritten>\nFinal answer: 7"), .emptyReply),
        ] as [(Completion, Rejection)])
    func uselessRepliesAreDefects(reply: Completion, defect: Rejection) async throws {
        let candidate = try await candidate(reply)
        #expect(candidate.defect == defect)
        #expect(candidate.texts == [trace])
    }

    @Test func plannedStatementReachesTheTemplate() async throws {
        let marks = try TestKeys().marks(.trigger)
        let plan = try #require(marks.plan(for: turn(trace)))
        let endpoint = ScriptedEndpoint { prompt, _ in
            // Does what the watermark template asks for.
            let statement = prompt.user.split(separator: "statement: ").last.map(String.init) ?? ""
            return Completion(text: "<rewritten>\(reasoning) \(statement)</rewritten>\nFinal answer: 7")
        }
        let rewriter = InstructionRewriter(template: try template(), endpoint: endpoint)
        #expect(plan.statement.contains(plan.pair.identifier) && plan.statement.contains(plan.pair.target))
        let chain = RewriterChain(rewriters: [rewriter], marks: marks, gate: try gate())
        let outcome = try await chain.process(turn(trace), solution: nil, seed: 1)
        #expect(outcome.hasTrigger)
        let text = try #require(outcome.texts?.first)
        #expect(text.split(separator: plan.pair.identifier).count == 2, "stated once")
        #expect(text.hasPrefix(reasoning + " " + plan.statement))
    }

    @Test func hookRunsBeforeEachRequest() async throws {
        let endpoint = ScriptedEndpoint(reworded)
        let rewriter = InstructionRewriter(template: try template(), endpoint: endpoint)
        struct Refused: Error {}
        let request = RewriteRequest(turn: turn(trace), seed: 1, willSend: { throw Refused() })
        await #expect(throws: RewriteError.self) { try await rewriter.rewrite(request) }
        #expect(endpoint.requests.isEmpty)
    }
}
