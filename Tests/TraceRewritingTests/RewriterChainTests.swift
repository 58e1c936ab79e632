import Marks
import Testing
import Traces

@testable import TraceRewriting

@Suite struct RewriterChainTests {
    private func chain(
        _ rewriters: [any TraceRewriter], marks: TraceMarks? = nil,
        _ configuration: RewriterChain.Configuration = .init(),
        forcing: AnswerForcing? = nil
    ) throws -> RewriterChain {
        RewriterChain(
            rewriters: rewriters, marks: try marks ?? unmarked(), gate: try gate(), configuration: configuration,
            forcing: forcing)
    }

    @Test func firstPassingCandidateIsReleased() async throws {
        let rewriter = ScriptedRewriter.constant(reworded)
        let outcome = try await chain([rewriter]).process(turn(trace), solution: nil, seed: 1)
        #expect(outcome.state == .rewritten)
        #expect(outcome.texts == [reworded + "\n#### 7"])
        #expect(outcome.rewriter == "scripted")
        #expect(outcome.reason == nil)
        #expect(outcome.candidates == 1)
        #expect(rewriter.attempts == [0])
    }

    @Test func rejectedCandidatesAreTriedAgainWithAnotherAttempt() async throws {
        let rewriter = ScriptedRewriter { request in
            RewriteCandidate(texts: [reworded + (request.attempt < 2 ? "\n#### 8" : "\n#### 7")])
        }
        let outcome = try await chain([rewriter], .init(attempts: 3)).process(turn(trace), solution: nil, seed: 1)
        #expect(outcome.state == .rewritten)
        #expect(rewriter.attempts == [0, 1, 2])
        #expect(outcome.rejections == [.answerChanged, .answerChanged])
        #expect(outcome.candidates == 3)
    }

    @Test func theNextRewriterTakesOver() async throws {
        let bad = ScriptedRewriter("bad") { _ in RewriteCandidate(texts: ["#### 7"], defect: .refusal) }
        let broken = ScriptedRewriter("broken") { _ throws(RewriteError) in throw .failed("no") }
        let good = ScriptedRewriter.constant(reworded, "good")
        let outcome = try await chain([bad, broken, good], .init(attempts: 2)).process(
            turn(trace), solution: nil, seed: 1)
        #expect(outcome.rewriter == "good")
        #expect(outcome.rejections == [.refusal, .refusal])
        #expect(bad.attempts == [0, 1])
        #expect(broken.attempts == [0])
        #expect(good.attempts == [0], "each rewriter counts its own attempts")
    }

    @Test func rewritersThatCannotVaryAreAskedOnce() async throws {
        let bad = ScriptedRewriter(variesByAttempt: false) { _ in RewriteCandidate(texts: ["#### 7"]) }
        _ = try await chain([bad], .init(attempts: 5)).process(turn(trace), solution: nil, seed: 1)
        #expect(bad.attempts == [0])
    }

    @Test(arguments: [
        (FailurePolicy.passOriginal, TraceState.passedOriginal), (.withhold, .withheld), (.fail, .failed),
    ])
    func policyDecidesWhenNothingPasses(policy: FailurePolicy, state: TraceState) async throws {
        let bad = ScriptedRewriter { _ in RewriteCandidate(texts: [reworded + "\n#### 8"]) }
        let outcome = try await chain([bad], .init(attempts: 2, policy: policy)).process(
            turn(trace), solution: nil, seed: 1)
        #expect(outcome.state == state)
        #expect(outcome.texts == (policy == .passOriginal ? [trace] : nil))
        #expect(outcome.reason == "answer_changed")
        let broken = ScriptedRewriter { _ throws(RewriteError) in throw .failed("no") }
        let failed = try await chain([broken], .init(policy: policy)).process(turn(trace), solution: nil, seed: 1)
        #expect(failed.state == state)
        #expect(failed.reason == "endpoint_failed")
    }

    @Test func unavailableAndCancelledEndTheJob() async throws {
        for error in [RewriteError.unavailable("gone"), .cancelled] {
            let rewriter = ScriptedRewriter { _ throws(RewriteError) in throw error }
            let chain = try chain([rewriter, ScriptedRewriter.constant(reworded)])
            await #expect(throws: RewriteError.self) { try await chain.process(turn(trace), solution: nil, seed: 1) }
        }
    }

    @Test(arguments: [
        (
            "Primero, Tomás tiene tres manzanas en la cesta, y luego compra cuatro más en el mercado.\n#### 7",
            "non_english"
        ),
        ("Сначала у Тома было три яблока, потом он купил ещё четыре на рынке.\n#### 7", "non_english"),
        ("首先，汤姆有三个苹果，然后他又买了四个。\n#### 7", "non_english"),
        ("```python\ndef apples():\n    total = 3 + 4\n    return total\n```\n#### 7", "code"),
        ("$$x = 3 + 4$$\n$$x = 7$$\n#### 7", "formula"), ("#### 7", "no_reasoning"), ("", "no_reasoning"),
    ])
    func whatIsNotEnglishProsePassesThrough(text: String, reason: String) async throws {
        let rewriter = ScriptedRewriter.constant(reworded)
        let marks = try TestKeys().marks([.lexical, .trigger])
        let outcome = try await chain([rewriter], marks: marks).process(turn(text), solution: nil, seed: 1)
        #expect(outcome.state == .passedThrough)
        #expect(outcome.reason == reason)
        #expect(outcome.texts == [text])
        #expect(rewriter.attempts.isEmpty)
    }

    @Test func everyFieldOfATurnIsRewrittenAndTheContentKeepsItsAnswer() async throws {
        let content = "He has **7** apples.\n#### 7"
        let original = turn(reasoning: reasoning, content: content)
        let rewriter = ScriptedRewriter { _ in RewriteCandidate(texts: [reworded, content]) }
        let outcome = try await chain([rewriter]).process(original, solution: nil, seed: 1)
        #expect(outcome.state == .rewritten)
        #expect(outcome.texts == [reworded, content])
        let wrong = ScriptedRewriter { _ in RewriteCandidate(texts: [reworded, "#### 8"]) }
        #expect(try await chain([wrong]).process(original, solution: nil, seed: 1).rejections.contains(.answerChanged))
    }

    @Test func lexicalRewriterMarksBothFieldsOfATurn() async throws {
        let keys = try TestKeys()
        let marks = try keys.marks(.lexical)
        let rewriter = try LexicalRewriter(scheme: LexicalScheme(lexicon: .bundled()), key: keys.subkey(.lexical))
        let long = ["big", "small", "red", "new", "strong", "cheap"].map {
            reasoning + " Therefore, he needs to buy a \($0) bag to keep the \($0) fruit. "
        }.joined()
        let original = turn(reasoning: long, content: "The answer is 7.")
        let outcome = try await chain([rewriter], marks: marks).process(original, solution: nil, seed: 1)
        #expect(outcome.state == .rewritten)
        let texts = try #require(outcome.texts)
        #expect(texts[0] != long)
        #expect(texts[1] == "The answer is 7.")
        let again = try await chain([rewriter], marks: marks).process(original, solution: nil, seed: 99)
        #expect(again.texts == texts, "the key decides, not the seed")
    }

    @Test func answerForcingIsTheLastWord() async throws {
        for (reply, state) in [
            ("#### 7", TraceState.rewritten), ("#### 8", .passedOriginal), ("No idea.", .passedOriginal),
        ] {
            let endpoint = ScriptedEndpoint(reply)
            let forcing = AnswerForcing(template: try template(variables: "problem, reasoning"), endpoint: endpoint)
            let outcome = try await chain(
                [ScriptedRewriter.constant(reworded)], .init(attempts: 1), forcing: forcing
            ).process(turn(trace), solution: nil, seed: 1)
            #expect(outcome.state == state)
            #expect(outcome.rejections == (state == .rewritten ? [] : [.forcedAnswerDiffers]))
            #expect(endpoint.requests.count == 1)
            #expect(endpoint.requests[0].prompt.user.contains(reworded))
            #expect(!endpoint.requests[0].prompt.user.contains("####"))
        }
    }

    @Test func identityAloneIsPassedThroughUnlessItCarriesATrigger() async throws {
        let outcome = try await chain([IdentityRewriter()], marks: TestKeys().marks(.trigger, triggerShare: 0)).process(
            turn(trace), solution: nil, seed: 1)
        #expect(outcome.state == .passedThrough)
        #expect(outcome.reason == "not_planned")
        #expect(outcome.texts == [trace])
    }
}
