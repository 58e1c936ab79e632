import TestSupport
import Testing
import TraceRewriting

@testable import Antidistillation

@Suite struct SwapSearchTests {
    private func vocabulary() throws -> SwapVocabulary {
        let tokenizer = try Lab.tokenizer()
        return SwapVocabulary(tokenizer, size: tokenizer.idBound)
    }

    private func changed(_ text: SwapText, _ result: SwapSearch.Result) -> [Int] {
        text.completion.indices.filter { text.completion[$0] != result.completion[$0] }
    }

    @Test(arguments: SwapGain.allCases, [0, 0.05, 0.1, 0.2, 1])
    func theBudgetIsKeptAndWhatIsReportedIsTrue(gain: SwapGain, budget: Double) throws {
        let search = SwapSearch(.init(gain: gain, tokenBudget: budget, candidates: 2))
        let scorer = ArithmeticScorer(try vocabulary())
        for (index, text) in try Lab.texts(3).enumerated() {
            let result = try search.run(text, scorer: scorer, seed: UInt64(index))
            let places = changed(text, result)
            let allowed = search.settings.budget(ofLength: text.completion.count, seed: UInt64(index))
            #expect(places.count <= allowed)
            // Among so many words there is always one that helps.
            if budget <= 0.1 { #expect(places.count == min(allowed, text.sites.count), "\(gain)") }
            #expect(result.measures.swaps == places.count && result.measures.tokens == text.completion.count - 1)
            #expect(places.allSatisfy { place in text.sites.contains { $0.index == place } })
            #expect(result.texts == text.texts(of: result.completion))
            #expect(result.measures.objectiveBefore == scorer.sum(text.completion, 1))
            #expect(abs(result.measures.objectiveAfter - scorer.sum(result.completion, 1)) < 1e-9)
            #expect(result.measures.logProbabilityDrop == nil)
            if gain != .random, !places.isEmpty {
                #expect(result.measures.objectiveAfter > result.measures.objectiveBefore)
            }
            #expect(try search.run(text, scorer: scorer, seed: UInt64(index)) == result)
        }
    }

    /// Whole tokens where the share is whole; else one more by chance, and on the average the share.
    @Test(arguments: [0.05, 0.1, 0.2, 1.0 / 3, 1.0])
    func theBudgetIsTheShareOnTheAverage(share: Double) {
        let settings = SwapSearch.Settings(gain: .ds, tokenBudget: share)
        for length in [1, 2, 21, 31, 61, 300] {
            let expected = share * Double(length - 1)
            var sum = 0
            for seed in 0..<2000 as Range<UInt64> {
                let budget = settings.budget(ofLength: length, seed: seed)
                #expect(abs(Double(budget) - expected) < 1)
                if abs(expected - expected.rounded()) < 1e-9 { #expect(budget == Int(expected.rounded())) }
                sum += budget
            }
            // Five standard errors of a coin.
            #expect(abs(Double(sum) / 2000 - expected) < 5 * 0.5 / 2000.0.squareRoot())
        }
    }

    @Test func aSingleSwapIsTheBestOfAllThatAreEvaluated() throws {
        let vocabulary = try vocabulary()
        let scorer = ArithmeticScorer(vocabulary)
        let text = try #require(try Lab.texts(1).first)
        let share = 1 / Double(text.completion.count - 1)
        let result = try SwapSearch(.init(gain: .hb, tokenBudget: share, candidates: 10_000))
            .run(text, scorer: scorer, seed: 0)
        var best = -Double.infinity
        for site in text.sites {
            for token in text.replacements(at: site) {
                let completion = TokenSwap(index: site.index, token: token).applied(to: text.completion)
                if text.texts(of: completion) != nil { best = max(best, scorer.sum(completion, 1)) }
            }
        }
        #expect(result.measures.swaps == 1)
        #expect(abs(result.measures.objectiveAfter - best) < 1e-9)
    }

    /// No swap is looked at by J, and a single one is the best by gain, whatever it does to J.
    @Test(arguments: [SwapGain.ds, .hb, .rhb], [nil, 6.0])
    func withoutCandidatesTheGainDecides(gain: SwapGain, bound: Double?) throws {
        for text in try Lab.texts(6) {
            let scorer = ArithmeticScorer(try vocabulary(), hasTeacher: bound != nil)
            var settings = SwapSearch.Settings(
                gain: gain, tokenBudget: 1 / Double(text.completion.count - 1), candidates: 0, maximumDrop: bound)
            let one = try SwapSearch(settings).run(text, scorer: scorer, seed: 1)
            // Of the trace as it was and as it is.
            #expect(scorer.evaluations <= 2)
            if bound == nil {
                let proposals = try scorer.proposals(
                    for: text, completion: text.completion, sites: text.sites, count: 1_000)
                let best = zip(text.sites, proposals).flatMap { site, proposals in
                    proposals.filter {
                        text.texts(of: TokenSwap(index: site.index, token: $0.token).applied(to: text.completion))
                            != nil
                    }.prefix(1).map { (site.index, $0) }
                }.max { $0.1.gain < $1.1.gain }
                let (index, proposal) = try #require(best)
                #expect(changed(text, one) == [index] && one.completion[index] == proposal.token)
            }
            settings.tokenBudget = 0.3
            let several = try SwapSearch(settings).run(text, scorer: scorer, seed: 1)
            #expect(several.measures.swaps == changed(text, several).count)
            #expect(several.measures.swaps <= settings.budget(ofLength: text.completion.count, seed: 1))
            #expect(abs(several.measures.objectiveAfter - scorer.sum(several.completion, 1)) < 1e-9)
            if let bound {
                let drop = try #require(several.measures.logProbabilityDrop)
                #expect(drop <= bound * Double(several.measures.swaps) + 1e-9)
            } else {
                #expect(several.measures.swaps > 1)
            }
        }
    }

    /// Whoever decides, the report is of the trace that comes out.
    @Test(arguments: SwapGain.allCases, [0, 2])
    func theTeachersOpinionThatIsReportedIsTrue(gain: SwapGain, candidates: Int) throws {
        let scorer = ArithmeticScorer(try vocabulary(), hasTeacher: true)
        let settings = SwapSearch.Settings(
            gain: gain, tokenBudget: 0.2, candidates: candidates, logProbabilityWeight: 0.1)
        for text in try Lab.texts(3) {
            let result = try SwapSearch(settings).run(text, scorer: scorer, seed: 2)
            let values = try scorer.logProbabilities(of: text, completions: [text.completion, result.completion])
            let drop = try #require(result.measures.logProbabilityDrop)
            #expect(result.measures.swaps > 0 && abs(drop - (values[0] - values[1])) < 1e-9)
            #expect(abs(result.measures.objectiveAfter - scorer.sum(result.completion, 1)) < 1e-9)
        }
    }

    @Test(arguments: [1, 2, 4])
    func fewPositionsAreEvaluatedAndTheBestByGain(positions: Int) throws {
        let (scorer, all) = (ArithmeticScorer(try vocabulary()), ArithmeticScorer(try vocabulary()))
        var sums = (before: 0.0, few: 0.0, all: 0.0)
        for text in try Lab.texts(8) {
            let share = 2 / Double(text.completion.count - 1)
            var settings = SwapSearch.Settings(gain: .ds, tokenBudget: share, candidates: 1)
            sums.all += try SwapSearch(settings).run(text, scorer: all, seed: 1).measures.objectiveAfter
            settings.positionsPerSwap = positions
            let before = scorer.evaluations
            let measures = try SwapSearch(settings).run(text, scorer: scorer, seed: 1).measures
            sums.few += measures.objectiveAfter
            #expect(measures.swaps <= 2 && measures.objectiveAfter >= measures.objectiveBefore)
            sums.before += measures.objectiveBefore
            // Two rounds at most: the beginning, twice and once as many positions, and both swaps together.
            #expect(scorer.evaluations - before <= 1 + 2 * positions + 1 + positions + 1)
        }
        #expect(scorer.evaluations < all.evaluations)
        #expect(sums.few - sums.before > 0.5 * (sums.all - sums.before))
    }

    @Test func chosenSwapsBeatRandomOnes() throws {
        let scorer = ArithmeticScorer(try vocabulary())
        var sums = (chosen: 0.0, random: 0.0)
        for text in try Lab.texts(8) {
            let chosen = try SwapSearch(.init(gain: .ds, tokenBudget: 0.1)).run(text, scorer: scorer, seed: 1).measures
            let random = try SwapSearch(.init(gain: .random, tokenBudget: 0.1)).run(text, scorer: scorer, seed: 1)
                .measures
            #expect(chosen.swaps == random.swaps)
            sums.chosen += chosen.objectiveAfter - chosen.objectiveBefore
            sums.random += random.objectiveAfter - random.objectiveBefore
        }
        #expect(sums.chosen > 2 * abs(sums.random))
    }

    @Test(arguments: [SwapGain.hb, .rhb, .random], [0.5, 2.0])
    func theBoundOnTheTeachersOpinionHolds(gain: SwapGain, bound: Double) throws {
        let scorer = ArithmeticScorer(try vocabulary(), hasTeacher: true)
        var (swaps, allowed) = (0, 0)
        for text in try Lab.texts(6) {
            let settings = SwapSearch.Settings(
                gain: gain, tokenBudget: 0.2, logProbabilityWeight: 0.1, maximumDrop: bound)
            let measures = try SwapSearch(settings).run(text, scorer: scorer, seed: 3).measures
            let drop = try #require(measures.logProbabilityDrop)
            #expect(drop <= bound * Double(measures.swaps) + 1e-9)
            swaps += measures.swaps
            allowed += settings.budget(ofLength: text.completion.count, seed: 3)
        }
        #expect(swaps > 0 && swaps <= allowed)
    }

    @Test func theSeedDecidesWhatIsRandom() throws {
        let scorer = ArithmeticScorer(try vocabulary())
        let text = try #require(try Lab.texts(1).first)
        let search = SwapSearch(.init(gain: .random, tokenBudget: 0.2))
        let results = try Set((0..<8).map { try search.run(text, scorer: scorer, seed: $0).completion })
        #expect(results.count > 6)
    }

    @Test func aSearchStopsWhenItIsAsked() throws {
        let scorer = ArithmeticScorer(try vocabulary())
        let text = try #require(try Lab.texts(1).first)
        for gain in [SwapGain.ds, .random] {
            var asked = 0
            #expect(throws: CancellationError.self) {
                try SwapSearch(.init(gain: gain, tokenBudget: 0.5)).run(text, scorer: scorer, seed: 0) {
                    asked += 1
                    return asked > 2
                }
            }
        }
    }
}
