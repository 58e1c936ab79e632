import Foundation
import KeyedPRF
import Marks
import Statistics
import TestSupport
import Testing

@testable import Auditing

@Suite struct ReleasedAgainstUnchosenTests {
    /// Candidates that share wordings, as rewritings of one trace do.
    private static func traces(_ count: Int, candidates: Int, seed: UInt64) -> [[AuditedCandidate]] {
        var generator = SplitMix64(seed: seed)
        let words = ["we", "then", "add", "take", "count", "so", "now", "apples", "left", "gives", "in", "total"]
        return (0..<count).map { _ in
            let base = (0..<12).map { _ in words.randomElement(using: &generator) ?? "" }
            return (0..<candidates).map { _ in
                let text = base.map { word in
                    Int.random(in: 0..<3, using: &generator) == 0
                        ? words.randomElement(using: &generator) ?? "" : word
                }
                let noise = (0..<6).reduce(0) { sum, _ in sum + Double.random(in: -0.1..<0.1, using: &generator) }
                return AuditedCandidate(
                    text: text.joined(separator: " "), logProbability: -1.5 + noise, isReleased: false)
            }
        }
    }

    /// Marks as released what the key chooses, by the scorer itself.
    private static func release(_ traces: [[AuditedCandidate]], key: Subkey, gain: Double) throws
        -> [[AuditedCandidate]]
    {
        let scorer = try SelectionScorer(key: key)
        return traces.map { trace in
            let scores = trace.map { candidate in
                candidate.fields.reduce(0) { $0 + scorer.score($1.text, reasoning: $1.reasoning) }
            }
            let best = scores.firstIndex(of: scores.max() ?? 0) ?? 0
            var trace = trace
            trace[best].isReleased = true
            trace[best].logProbability += gain
            return trace
        }
    }

    @Test func aSuspectThatLearnedTheChosenOnesIsFound() throws {
        let key = try auditKey(.selection, seed: 1)
        let other = try auditKey(.selection, seed: 2)
        let traces = try Self.release(Self.traces(60, candidates: 4, seed: 3), key: key, gain: 0.2)
        let test = try ReleasedAgainstUnchosen(traces: traces)
        let decoys = test.decoys(count: 999, seed: 4)
        let found = try test.outcome(key: key, decoys: decoys)
        #expect(found.traces == 60 && found.inconsistent == 0)
        #expect(abs(found.log10P + 3) < 1e-12)
        #expect(found.difference > 0.1 && (found.z ?? 0) > 3)
        let others = try test.outcome(key: other, decoys: decoys)
        #expect(others.inconsistent > 20)
        #expect(others.log10P > -2)
    }

    @Test func theChoiceIsTheKeysOwnWhateverTheLedgerSays() throws {
        let key = try auditKey(.selection, seed: 1)
        let honest = try Self.release(Self.traces(30, candidates: 3, seed: 5), key: key, gain: 0.1)
        let forged = honest.map { trace in
            trace.map { candidate in
                var candidate = candidate
                candidate.isReleased.toggle()
                return candidate
            }
        }
        let test = try ReleasedAgainstUnchosen(traces: honest)
        let decoys = test.decoys(count: 99, seed: 1)
        let expected = try test.outcome(key: key, decoys: decoys)
        let outcome = try ReleasedAgainstUnchosen(traces: forged).outcome(key: key, decoys: decoys)
        #expect(outcome.inconsistent == 30 && expected.inconsistent == 0)
        #expect(outcome.log10P == expected.log10P && outcome.difference == expected.difference)
    }

    @Test func tracesThatSayNothingAreLeftOutForEveryKey() throws {
        var traces = Self.traces(6, candidates: 3, seed: 6)
        traces[0] = Array(traces[0].prefix(1))
        traces[1] = []
        traces[2][1].logProbability = .nan
        traces[3][0].logProbability = -.infinity
        let test = try ReleasedAgainstUnchosen(traces: traces)
        #expect(test.traces == 2 && test.leftOut == 4)
        let empty = try ReleasedAgainstUnchosen(traces: [])
        let key = try auditKey(.selection, seed: 1)
        let outcome = try empty.outcome(key: key, decoys: empty.decoys(count: 9, seed: 1))
        #expect(outcome == .init(log10P: 0, difference: 0, traces: 0, inconsistent: 0))
        #expect(try test.outcome(key: key, decoys: []).log10P == 0)
    }

    @Test func textsTooShortToScoreGoToTheFirst() throws {
        let trace = (0..<3).map { AuditedCandidate(text: "a \($0)", logProbability: -Double($0), isReleased: $0 == 0) }
        let test = try ReleasedAgainstUnchosen(traces: [trace])
        let outcome = try test.outcome(key: auditKey(.selection, seed: 1), decoys: test.decoys(count: 9, seed: 1))
        #expect(outcome.inconsistent == 0 && outcome.difference == 1.5 && outcome.log10P == 0 && outcome.z == nil)
    }

    @Test func decoysRepeatAndHaveTheLawOfRandomKeys() throws {
        let traces = Self.traces(12, candidates: 3, seed: 8)
        let test = try ReleasedAgainstUnchosen(traces: traces)
        let decoys = test.decoys(count: 1000, seed: 9)
        #expect(decoys == test.decoys(count: 1000, seed: 9))
        #expect(decoys != test.decoys(count: 1000, seed: 10))
        // Ranks of real keys among decoys, randomised among equals, are uniform; the reported p is never too small.
        var generator = SplitMix64(seed: 11)
        var randomised: [Double] = []
        var reported: [Double] = []
        for seed in 0..<600 as Range<UInt64> {
            let sample = test.decoys(count: 39, seed: 20_000 + seed)
            let outcome = try test.outcome(key: auditKey(.selection, seed: 3000 + seed), decoys: sample)
            reported.append(outcome.log10P)
            let above = sample.count { $0 > outcome.difference }
            let equal = sample.count { $0 == outcome.difference }
            let uniform = Double.random(in: 0..<1, using: &generator)
            randomised.append((Double(above) + uniform * Double(equal + 1)) / 40)
        }
        let uniformity = KolmogorovSmirnov.oneSample(randomised)
        #expect(uniformity.pValue > 0.001, "D = \(uniformity.statistic)")
        for level in [0.05, 0.25, 0.5] {
            let alarms = reported.count { $0 <= log10(level) + 1e-12 }
            #expect(alarms <= Binomial.quantile(0.995, trials: 600, probability: level), "level \(level)")
        }
    }
}
