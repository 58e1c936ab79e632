import Statistics
import Testing

@testable import Lab

@Suite struct EstimateTests {
    /// By hand: mean .4, s .1, t(2) 4.3027, so .2484 for seeds; Wilson at 160 of 400 from .3531 to .4487.
    @Test func accuracyCombinesSeedsAndProblems() throws {
        let estimate = try #require(MeanEstimate.accuracy([0.3, 0.4, 0.5], problems: 400))
        #expect(abs(estimate.mean - 0.4) < 1e-12)
        #expect(abs(estimate.low - (0.4 - (0.248_414 * 0.248_414 + 0.046_89 * 0.046_89).squareRoot())) < 2e-4)
        #expect(abs(estimate.high - (0.4 + (0.248_414 * 0.248_414 + 0.048_73 * 0.048_73).squareRoot())) < 2e-4)
    }

    @Test func oneSeedHasWilsonAlone() throws {
        let estimate = try #require(MeanEstimate.accuracy([0.25], problems: 400))
        let wilson = WilsonInterval.interval(successes: 100, trials: 400)
        #expect(abs(estimate.low - wilson.lowerBound) < 1e-12 && abs(estimate.high - wilson.upperBound) < 1e-12)
        #expect(MeanEstimate.accuracy([], problems: 400) == nil)
        #expect(try #require(MeanEstimate.accuracy([0, 0], problems: 10)).low == 0)
    }

    @Test func curvesAreStraightBetweenPointsAndEndAtTheirEnds() throws {
        let curve = try #require(
            TradeoffCurve([(teacher: 0.8, student: 0.6), (teacher: 0.4, student: 0.2), (teacher: 0.6, student: 0.3)]))
        #expect(abs(curve.student(at: 0.5).student - 0.25) < 1e-12)
        #expect(abs(curve.student(at: 0.7).student - 0.45) < 1e-12)
        #expect(curve.student(at: 0.9).teacher == 0.8 && curve.student(at: 0.9).student == 0.6)
        #expect(curve.student(at: 0.1).teacher == 0.4 && curve.student(at: 0.1).student == 0.2)
        #expect(TradeoffCurve([]) == nil)
    }

    @Test(arguments: [
        ("", "", 1.0), ("a b c", "a b c", 1), ("a b c d", "a x c d", 0.75), ("a b", "c d", 0), ("a", "", 0),
        ("a b c d", "b c d", 0.75), ("kitten sat", "sat kitten", 0),
    ])
    func similarityCountsWords(a: String, b: String, expected: Double) {
        #expect(abs(TextSimilarity.words(a, b) - expected) < 1e-12)
        #expect(abs(TextSimilarity.words(b, a) - expected) < 1e-12)
    }
}
