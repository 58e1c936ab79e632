import Marks
import Testing

@testable import TraceRewriting

@Suite struct ChainMarkTests {
    private static let variants = [
        reworded, "There are 3 apples in the basket that Tom carries. Buying 4 more of them makes 3 + 4 = 7 apples.",
        "Tom owns 3 apples to begin with. A further 4 apples come from the market. Adding these gives 3 + 4 = 7.",
        "Count what the basket holds, which is 3 apples. Add the 4 that were bought, and 3 + 4 = 7 is found.",
        "The market sells Tom 4 apples, and another 3 are already his. All of them together are 3 + 4 = 7 apples.",
        "Because 3 apples were there and 4 apples were added to them, the total comes out as 3 + 4 = 7 apples.",
    ]

    private func chain(_ rewriter: any TraceRewriter, _ marks: TraceMarks, _ configuration: RewriterChain.Configuration)
        throws -> RewriterChain
    {
        RewriterChain(rewriters: [rewriter], marks: marks, gate: try gate(), configuration: configuration)
    }

    @Test func selectionReleasesTheCandidateWithTheHighestScore() async throws {
        var chosen: Set<String> = []
        for number in 0..<12 as Range<UInt8> {
            let keys = try TestKeys(number)
            let marks = try keys.marks(.selection)
            let rewriter = ScriptedRewriter { request in
                RewriteCandidate(texts: [Self.variants[request.attempt] + "\n#### 7"])
            }
            let outcome = try await chain(
                rewriter, marks, .init(candidates: Self.variants.count, keepCandidates: true)
            ).process(turn(trace), solution: nil, seed: 1)
            let scores = Self.variants.map { marks.selectionScore(turn($0 + "\n#### 7")) }
            let best = try #require(scores.max())
            let winner = try #require(outcome.texts?.first)
            #expect(marks.selectionScore(turn(winner)) == best)
            #expect(winner == Self.variants[try #require(scores.firstIndex(of: best))] + "\n#### 7")
            #expect(outcome.accepted.map(\.score) == scores)
            #expect(outcome.accepted.filter(\.isChosen).map(\.texts) == [[winner]])
            // The score is the scheme's own.
            let field = turn(winner).fields[0]
            #expect(
                best
                    == (try SelectionScorer(key: keys.subkey(.selection))).score(field.text, reasoning: field.reasoning)
            )
            chosen.insert(winner)
        }
        #expect(chosen.count > 1, "another key chooses another candidate")
    }

    @Test func selectionTakesTheCandidatesThatPass() async throws {
        let marks = try TestKeys().marks(.selection)
        let rewriter = ScriptedRewriter { request in
            RewriteCandidate(texts: [
                Self.variants[request.attempt % 6] + (request.attempt < 4 ? "\n#### 8" : "\n#### 7")
            ])
        }
        let outcome = try await chain(rewriter, marks, .init(candidates: 3, attempts: 2, keepCandidates: true)).process(
            turn(trace), solution: nil, seed: 1)
        #expect(outcome.state == .rewritten)
        #expect(rewriter.attempts == Array(0..<6))
        #expect(outcome.accepted.count == 2)
    }

    @Test func plannedTriggerIsInsertedAfterTheRewriting() async throws {
        let marks = try TestKeys().marks(.trigger)
        let plan = try #require(marks.plan(for: turn(trace)))
        for rewriter in [IdentityRewriter() as any TraceRewriter, ScriptedRewriter.constant(reworded)] {
            let outcome = try await chain(rewriter, marks, .init()).process(turn(trace), solution: nil, seed: 1)
            let text = try #require(outcome.texts?.first)
            #expect(outcome.state == .rewritten)
            #expect(outcome.hasTrigger)
            #expect(text.contains(plan.pair.identifier) && text.contains(plan.pair.target))
            #expect(text.hasSuffix("\n#### 7"))
            #expect(marks.carriesTrigger(turn(text)))
            #expect(!marks.carriesTrigger(turn(trace)))
        }
    }

    @Test func statementTheRewriterPlacedItselfIsNotPlacedAgain() async throws {
        let marks = try TestKeys().marks(.trigger)
        let plan = try #require(marks.plan(for: turn(trace)))
        let own = reworded + " " + plan.pair.statement(template: 2) + "\n#### 7"
        let rewriter = ScriptedRewriter { _ in RewriteCandidate(texts: [own]) }
        let outcome = try await chain(rewriter, marks, .init()).process(turn(trace), solution: nil, seed: 1)
        #expect(outcome.texts == [own])
        #expect(outcome.hasTrigger)
    }

    @Test func unplannedTracesGainNothing() async throws {
        let marks = try TestKeys().marks(.trigger, triggerShare: 0)
        let outcome = try await chain(ScriptedRewriter.constant(reworded), marks, .init()).process(
            turn(trace), solution: nil, seed: 1)
        #expect(outcome.texts == [reworded + "\n#### 7"])
        #expect(!outcome.hasTrigger)
    }

    @Test func triggerWithoutASafePlaceRejectsARemoteCandidateOnly() async throws {
        let marks = try TestKeys().marks(.trigger)
        // Neither a sentence end nor a line break inside, so no place.
        let old = "so first we take 3 apples and add 4 apples which gives us 3 + 4 = 7 apples #### 7"
        try #require(turn(old).textClass == .englishProse)
        try #require(!marks.applyTrigger(to: turn(old), plan: marks.plan(for: turn(old))).triggerPlaced)
        let same = "so when we have 3 apples and put 4 apples with them we find 3 + 4 = 7 apples #### 7"
        let remote = ScriptedRewriter { _ in RewriteCandidate(texts: [same]) }
        let outcome = try await chain(remote, marks, .init(attempts: 2)).process(turn(old), solution: nil, seed: 1)
        #expect(outcome.state == .passedOriginal)
        #expect(outcome.rejections == [.watermarkMissing, .watermarkMissing])
        let local = ScriptedRewriter(isLocal: true, variesByAttempt: false) { _ in RewriteCandidate(texts: [same]) }
        let kept = try await chain(local, marks, .init()).process(turn(old), solution: nil, seed: 1)
        #expect(kept.state == .rewritten)
        #expect(kept.reason == "no_safe_place")
        #expect(!kept.hasTrigger)
    }

    /// Whatever changed the words, rewriter or mark: a local candidate keeps its numerals.
    @Test(arguments: [RewriteScope.nothing, .words])
    func localCandidatesKeepTheirNumerals(scope: RewriteScope) async throws {
        let changed = ScriptedRewriter(scope: scope, isLocal: true, variesByAttempt: false) { request in
            RewriteCandidate(texts: request.turn.fields.map { $0.text.replacing("3 + 4", with: "2 + 5") })
        }
        let text = "First he has 3 apples. Then we add the 4 apples, so he has 3 + 4 = 7 apples.\n#### 7"
        let outcome = try await chain(changed, TestKeys().marks(.lexical), .init()).process(
            turn(text), solution: nil, seed: 1)
        #expect(outcome.rejections == [.invariantsChanged])
        #expect(outcome.texts == [text])
    }

    @Test func lexicalMarkIsAddedToFreeRewritings() async throws {
        let keys = try TestKeys()
        let marks = try keys.marks(.lexical)
        // Different words around the expressions, so that the key chooses anew each time.
        let long = ["big", "small", "red", "new", "strong", "cheap"].map {
            "Therefore, he needs to buy a \($0) bag to keep the \($0) fruit. "
        }.joined()
        let rewriter = ScriptedRewriter.constant(long + reworded)
        let outcome = try await chain(rewriter, marks, .init()).process(
            turn(long + trace), solution: nil, seed: 1)
        let text = try #require(outcome.texts?.first)
        let marker = try LexicalRewriter(scheme: LexicalScheme(lexicon: .bundled()), key: keys.subkey(.lexical))
        #expect(text == marker.apply(to: turn(long + reworded + "\n#### 7")).texts[0])
        #expect(text != long + reworded + "\n#### 7")
    }
}
