import Foundation
import Marks
import Statistics
import TestSupport
import Testing

@testable import Auditing

@Suite struct ChernoffBoundTests {
    /// Never below the exact tail, and not far above it.
    @Test(arguments: [1, 5, 60, 1000], [1.0 / 1024, 0.25, 0.5, 0.9]) func equalWeightsAgainstTheBinomial(
        n: Int, probability: Double
    ) {
        let bound = ChernoffBound(
            weights: Array(repeating: 0.3, count: n), law: .count(trials: 1, probability: probability))
        var above = 0
        for hits in Set([0, n / 10, n / 4, n / 2, 9 * n / 10, n - 1, n]).sorted() {
            let exact = Binomial.logUpperTail(atLeast: hits, trials: n, probability: probability)
            let sum = 0.3 * (Double(hits) - Double(n) * probability)
            let logBound = bound.logUpperTail(atLeast: sum)
            #expect(logBound >= exact - 1e-9 * abs(exact), "\(hits)")
            // Chernoff's bound exceeds a lattice's tail by a factor of order √n.
            let factor: Double = 8 * Double(n).squareRoot() + 8
            #expect(logBound <= exact + log(factor) || sum <= 0, "\(hits)")
            if sum <= 0 { #expect(logBound == 0) } else { above += 1 }
        }
        #expect(above > 0)
        // All of them: the bound is the probability itself.
        let most: Double = 0.3 * Double(n) * (1 - probability)
        let certain: Double = Double(n) * log(probability)
        #expect(abs(bound.logUpperTail(atLeast: most) - certain) < 1e-6 * Double(n))
    }

    @Test(arguments: [1, 10, 400], [0.2, 1, 5, 300]) func equalWeightsAgainstTheGamma(n: Int, excess: Double) {
        let weights = Array(repeating: 2.0, count: n)
        let value = Double(n) * (1 + excess)
        let exact = GammaDistribution.logUpperTail(above: value, shape: Double(n))
        let logBound = ChernoffBound(weights: weights, law: .exponential(1, 0))
            .logUpperTail(atLeast: 2 * (value - Double(n)))
        #expect(logBound >= exact)
        // n·(excess − ln(1 + excess)), exactly.
        let expected: Double = Double(n) * (log1p(excess) - excess)
        #expect(abs(logBound - expected) < 1e-9 * abs(logBound))
    }

    /// Mixed signs, every law: above what 20,000 decoys show, and of the right order.
    @Test(arguments: allTokenSchemes) func aboveTheShareOfDecoys(scheme: TokenMark) throws {
        let configuration = try TokenTestConfiguration(scheme, width: 2)
        let test = WeightedKeyTest(randomTuples(50, seed: 2), configuration: configuration)
        let decoys = test.decoyScores(count: 20_000, seed: 77, threads: 2)
        for z in [0.5, 1, 2, 3] {
            let score = WeightedScore(
                sum: z * test.deviation, z: z, tuples: 50, positions: 50, effect: 0, excess: 0)
            let bound = test.log10Chernoff(score)
            let share = Double(decoys.count { $0 >= z }) / 20_000
            #expect(bound < 0)
            #expect(pow(10, bound) >= share, "\(z)")
            let normal: Double = -z * z / 2 / log(10)
            #expect(bound < 0.4 * normal, "\(z)")
            #expect(!KeyRandomisation.contradicts(log10P: bound, isBound: true, real: z, decoys: decoys))
        }
    }

    @Test func weightsOfOneSign() {
        // −(E − 1) is at most 1: the bound goes to −∞ there and stays finite before.
        let negative = ChernoffBound(weights: [-1, -2], law: .exponential(1, 0))
        let near = negative.logUpperTail(atLeast: 2.999)
        #expect(near < -10 && near > -40)
        #expect(negative.logUpperTail(atLeast: 1) < 0)
        let bits = ChernoffBound(weights: [-1, -1], law: .count(trials: 1, probability: 0.25))
        let both: Double = 2 * log(0.75)
        #expect(abs(bits.logUpperTail(atLeast: 0.5) - both) < 1e-6)
    }

    @Test(arguments: [TokenScoreLaw.count(trials: 1, probability: 0.25), .exponential(1, 0), .exponential(0.9, 0.1)])
    func whatIsNoEvidence(law: TokenScoreLaw) {
        for weights in [[], [0, 0], [1.0, -1]] {
            let bound = ChernoffBound(weights: weights, law: law)
            for s in [0.0, -1, -Double.infinity, .infinity, .nan] { #expect(bound.logUpperTail(atLeast: s) == 0) }
        }
        #expect(ChernoffBound(weights: [], law: law).logUpperTail(atLeast: 1) == 0)
    }

    /// There is no floor: evidence far beyond the smallest Double.
    @Test func atAnyDepth() {
        let bound = ChernoffBound(
            weights: Array(repeating: 0.5, count: 100_000), law: .count(trials: 1, probability: 0.25))
        let logBound = bound.logUpperTail(atLeast: 0.5 * 50_000)
        // n·KL(0.75 ‖ 0.25).
        let expected: Double = -50_000 * log(3.0)
        #expect(abs(logBound - expected) < 1e-3)
        let exponential = ChernoffBound(weights: Array(repeating: 1, count: 10_000), law: .exponential(1, 0))
        #expect(exponential.logUpperTail(atLeast: 100_000) < -70_000)
    }
}
