import Marks
import Testing
import Traces

@testable import TraceRewriting

/// Likes the longest text; fails where it is told to.
private struct LongestChoice: CandidateChoice {
    let name = "longest"
    var failure: RewriteError?
    var expectsKeyed = false

    func scores(of candidates: [AnalysedTurn], keyed: [Double]?) async throws(RewriteError) -> [Double] {
        if let failure { throw failure }
        #expect((keyed != nil) == expectsKeyed)
        return candidates.map { Double($0.text.utf8.count) }
    }
}

@Suite struct CandidateChoiceTests {
    private func outcome(_ choice: LongestChoice?, marks: TraceMarks? = nil) async throws -> TurnOutcome {
        let rewriter = ScriptedRewriter { request in
            var candidate = RewriteCandidate(texts: [
                reworded + String(repeating: " So 3 + 4 = 7.", count: [1, 3, 2][request.attempt % 3]) + "\n#### 7"
            ])
            candidate.swaps = SwapMeasures(tokens: 10, swaps: request.attempt, objectiveBefore: 1, objectiveAfter: 2)
            return candidate
        }
        let chain = RewriterChain(
            rewriters: [rewriter], marks: try marks ?? unmarked(), gate: try gate(),
            configuration: .init(candidates: 3, keepCandidates: true), choice: choice)
        return try await chain.process(turn(trace), solution: nil, seed: 1)
    }

    @Test func theLargestScoreIsReleasedWithItsMeasures() async throws {
        let chosen = try await outcome(LongestChoice())
        #expect(chosen.texts?.first?.contains("7. So 3 + 4 = 7. So 3 + 4 = 7.") == true)
        #expect(chosen.swaps?.swaps == 1)
        #expect(chosen.accepted.map(\.isChosen) == [false, true, false])
        #expect(try await outcome(nil).swaps?.swaps == 0, "without a choice the first of equals")
        var keyed = LongestChoice()
        keyed.expectsKeyed = true
        #expect(try await outcome(keyed, marks: TestKeys().marks(.selection)).swaps?.swaps == 1)
    }

    @Test func aChoiceThatFailsLeavesTheFirstAndOneThatCannotGoOnStops() async throws {
        #expect(try await outcome(LongestChoice(failure: .failed("too long"))).swaps?.swaps == 0)
        await #expect(throws: RewriteError.self) { try await outcome(LongestChoice(failure: .unavailable("gone"))) }
    }

    @Test func aLocalFailureIsNoEndpoints() async throws {
        let broken = ScriptedRewriter(isLocal: true) { _ throws(RewriteError) in throw .failed("no") }
        let chain = RewriterChain(rewriters: [broken], marks: try unmarked(), gate: try gate())
        #expect(try await chain.process(turn(trace), solution: nil, seed: 1).reason == "rewriter_failed")
    }

    @Test func measuresAddUp() throws {
        let a = SwapMeasures(tokens: 3, swaps: 1, objectiveBefore: 1, objectiveAfter: 2, logProbabilityDrop: 0.5)
        let b = SwapMeasures(tokens: 4, swaps: 2, objectiveBefore: 1, objectiveAfter: 5)
        #expect(SwapMeasures.sum(nil, nil) == nil && SwapMeasures.sum(a, nil) == a && SwapMeasures.sum(nil, b) == b)
        let both = try #require(SwapMeasures.sum(a, b))
        #expect(
            both == SwapMeasures(tokens: 7, swaps: 3, objectiveBefore: 2, objectiveAfter: 7, logProbabilityDrop: 0.5))
    }
}
