import Foundation
import TestSupport
import Testing

@testable import Statistics

struct InferenceTests {
    @Test func holmMatchesAWorkedExample() {
        // p = 0.01, 0.04, 0.03, 0.005: adjusted 0.03, 0.06, 0.06, 0.02.
        let adjusted = Holm.adjust(log10P: [0.01, 0.04, 0.03, 0.005].map { log10($0) })
        for (actual, expected) in zip(adjusted, [0.03, 0.06, 0.06, 0.02]) {
            #expect(abs(actual - log10(expected)) < 1e-14)
        }
    }

    @Test func holmKeepsFarTailsAndReadsNonsenseAsOne() {
        #expect(Holm.adjust(log10P: []) == [])
        #expect(Holm.adjust(log10P: [-3]) == [-3])
        #expect(Holm.adjust(log10P: [.nan, 2]) == [0, 0])
        let far = Holm.adjust(log10P: [-5000, 0, -.infinity])
        #expect(far == [-5000 + log10(2), 0, -.infinity])
    }

    @Test func rankPValueCountsTies() {
        #expect(RankPValue.upper(real: 3, decoys: [1, 2, 3, 4]) == 3.0 / 5)
        #expect(RankPValue.upper(real: 9, decoys: [1, 2, 3, 4]) == 1.0 / 5)
        #expect(RankPValue.upper(real: 9, decoys: []) == 1)
        #expect(RankPValue.upper(real: .nan, decoys: [1]) == 1)
        #expect(RankPValue.upper(real: 9, decoys: [.nan]) == 1)
    }

    @Test func bettingProcessStopsAtOneOverAlpha() {
        var process = BettingEProcess(alpha: 0.001)
        process.addPair(hit: false, targets: 900)
        #expect(abs(process.logWealth - log(0.1)) < 1e-15)
        #expect(!process.isRejected)
        process.addPair(hit: true, targets: 900)
        #expect(abs(process.logWealth - log(0.1 * 810.1)) < 1e-14)
        #expect(!process.isRejected)
        process.addPair(hit: true, targets: 900)
        #expect(process.isRejected)
        #expect(abs(process.logPValue + log(0.1 * 810.1 * 810.1)) < 1e-12)
        // Later losses do not take the rejection back.
        for _ in 0..<40 { process.addPair(hit: false, targets: 900) }
        #expect(process.isRejected)
        #expect(process.logWealth < 0)
        #expect(process.steps == 43)
    }

    @Test func bettingProcessReadsNonsenseAsALoss() {
        for factor in [-1, 0, Double.nan] {
            var process = BettingEProcess(alpha: 0.05)
            process.multiply(e: factor)
            process.multiply(e: .infinity)
            #expect(process.logWealth == -.infinity)
            #expect(!process.isRejected)
            #expect(process.logPValue == 0)
        }
        var never = BettingEProcess(alpha: .nan)
        never.multiply(e: .infinity)
        #expect(!never.isRejected)
        #expect(BettingEProcess(alpha: 0.01, continuingFrom: log(100)).isRejected)
    }

    /// Under the null the pair factor has expectation 1, and the wealth reaches 1/α no more often than α.
    @Test func bettingProcessKeepsItsLevel() {
        let targets = 900
        let expectation =
            BettingEProcess.pairEValue(hit: true, targets: targets) / Double(targets)
            + BettingEProcess.pairEValue(hit: false, targets: targets) * (1 - 1 / Double(targets))
        #expect(abs(expectation - 1) < 1e-12)
        let seed: UInt64 = 77
        var generator = SplitMix64(seed: seed)
        var rejections = 0
        for _ in 0..<4000 {
            var process = BettingEProcess(alpha: 0.05)
            for _ in 0..<20 where !process.isRejected {
                process.addPair(hit: Int.random(in: 0..<10, using: &generator) == 0, targets: 10)
            }
            if process.isRejected { rejections += 1 }
        }
        let p = Binomial.logUpperTail(atLeast: rejections, trials: 4000, probability: 0.05)
        #expect(p > log(1e-6), "seed \(seed): \(rejections) rejections")
        #expect(rejections > 0)
    }

    /// Randomised p-values of the null are uniform, and the reported ones not below them.
    @Test(arguments: [5, 6] as [UInt64])
    func randomizedPValuesAreUniform(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let groups = [
            PoissonBinomial.Group(probability: 0.5, count: 6), PoissonBinomial.Group(probability: 0.25, count: 5),
        ]
        let distribution = PoissonBinomial(groups: groups)
        var randomized: [Double] = []
        for _ in 0..<1500 {
            var hits = 0
            for group in groups {
                for _ in 0..<group.count where Double.random(in: 0..<1, using: &generator) < group.probability {
                    hits += 1
                }
            }
            let uniform = Double.random(in: 0..<1, using: &generator)
            let p = RandomizedPValue.upper(hits, in: distribution, uniform: uniform)
            #expect(p <= exp(distribution.logUpperTail(atLeast: hits)) + 1e-12)
            randomized.append(p)
        }
        let test = KolmogorovSmirnov.oneSample(randomized)
        #expect(test.pValue > 1e-4, "seed \(seed): D \(test.statistic)")
        // The same values moved by a little are found out.
        #expect(KolmogorovSmirnov.oneSample(randomized.map { $0 * 0.9 }).pValue < 1e-4)
    }

    @Test func randomizedPValueOfNothingIsItsUniform() {
        #expect(RandomizedPValue.upper(0, in: PoissonBinomial(groups: []), uniform: 0.3) == 0.3)
        #expect(RandomizedPValue.upper(0, trials: 0, probability: 0.5, uniform: 0.3) == 0.3)
    }

    @Test func kolmogorovSmirnovStatistic() {
        let test = KolmogorovSmirnov.oneSample([0.6, 0.2, .nan])
        #expect(abs(test.statistic - 0.4) < 1e-15)
        // P(D_2 ≥ d) = 2(1 − d)² + ... at d = 0.4 < ½: 1 − 2(2d − ½)² with n = 2 (Birnbaum 1952).
        #expect(abs(test.pValue - (1 - 2 * 0.3 * 0.3)) < 1e-12)
        let empty = KolmogorovSmirnov.oneSample([])
        #expect(empty.statistic == 0 && empty.pValue == 1)
        #expect(KolmogorovSmirnov.oneSample([0, 0, 0]).pValue == 0)
    }

    /// The three ways to P(D_n ≥ d) meet where one hands over to the next.
    @Test func kolmogorovSmirnovMethodsMeet() {
        let d = (4 / 400.0).squareRoot() - 1e-12
        let matrix = 1 - KolmogorovSmirnov.matrixCDF(d, 400)
        let doubled = 2 * exp(KolmogorovSmirnov.logOneSidedTail(atLeast: d, count: 400))
        #expect(abs(matrix / doubled - 1) < 1e-9)
        for z in [0.6, 1.0, 1.6] {
            let d = z / 1500.0.squareRoot()
            let exact = KolmogorovSmirnov.matrixCDF(d, 1500)
            #expect(abs(KolmogorovSmirnov.pelzGoodCDF(d, 1500) - exact) < 5e-8, "z \(z)")
        }
    }

    @Test func wilsonIntervalMatchesItsFormula() {
        let interval = WilsonInterval.interval(successes: 8, trials: 10, confidence: 0.95)
        #expect(abs(interval.lowerBound - 0.490_162_471_536_642) < 1e-14)
        #expect(abs(interval.upperBound - 0.943_317_848_545_625) < 1e-14)
        #expect(WilsonInterval.interval(successes: 0, trials: 10).lowerBound == 0)
    }
}
