import Foundation
import TestSupport
import Testing

@testable import Statistics

struct PoissonBinomialTests {
    private static func random(_ generator: inout SplitMix64, largest: Int) -> [PoissonBinomial.Group] {
        (0..<Int.random(in: 2...8, using: &generator)).map { _ in
            PoissonBinomial.Group(
                probability: Double.random(in: 0.001...0.999, using: &generator),
                count: Int.random(in: 0...largest, using: &generator))
        }
    }

    /// Two unrelated methods on the same distribution, at counts from one edge to the other.
    @Test(arguments: UInt64(1)...12)
    func convolutionAgreesWithInversion(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let distribution = PoissonBinomial(groups: Self.random(&generator, largest: 300))
        guard distribution.groups.count > 1 else { return }
        for _ in 0..<5 {
            let k = Int.random(in: 1..<distribution.uncertain, using: &generator)
            let side: PoissonBinomial.Side = distribution.excess(k) > 0 ? .upper : .lower
            for side in [side, .point] {
                let tilt = PoissonBinomial.Tilt(distribution, mean: k, side: side)
                let convolved = distribution.logConvolved(k, side, tilt)
                let inverted = distribution.logInverted(k, side, tilt)
                #expect(
                    abs(convolved - inverted) <= 2e-13 * max(1, abs(convolved)),
                    "seed \(seed) k \(k) \(side): \(convolved) and \(inverted)")
            }
        }
    }

    /// Groups of equal probability are one binomial, and a nearly equal pair must give nearly its tail.
    @Test func splitGroupsAreABinomial() {
        let split = PoissonBinomial(groups: [
            .init(probability: 0.3, count: 400), .init(probability: 0.3, count: 600),
        ])
        let near = PoissonBinomial(groups: [
            .init(probability: 0.3, count: 400), .init(probability: 0.3.nextUp, count: 600),
        ])
        #expect(split.groups.count == 1)
        #expect(near.groups.count == 2)
        for k in [0, 1, 250, 299, 300, 301, 400, 999, 1000] {
            let expected = Binomial.logUpperTail(atLeast: k, trials: 1000, probability: 0.3)
            #expect(split.logUpperTail(atLeast: k) == expected)
            #expect(abs(near.logUpperTail(atLeast: k) - expected) <= 1e-12 * abs(expected), "k \(k)")
        }
    }

    @Test(arguments: UInt64(20)...26)
    func tailsComplementAndMatchTheMirror(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        // Dyadic probabilities, whose complements are exact.
        let groups = (1...5).map { _ in
            PoissonBinomial.Group(
                probability: Double(Int.random(in: 1...63, using: &generator)) / 64,
                count: Int.random(in: 1...2000, using: &generator))
        }
        let distribution = PoissonBinomial(groups: groups)
        let mirror = PoissonBinomial(groups: groups.map { .init(probability: 1 - $0.probability, count: $0.count) })
        let n = distribution.trials
        for _ in 0..<10 {
            let k = Int.random(in: 0...n, using: &generator)
            let upper = distribution.logUpperTail(atLeast: k)
            let reflected = mirror.logLowerTail(atMost: n - k)
            #expect(abs(upper - reflected) <= 1e-12 * abs(upper), "seed \(seed) k \(k)")
            let whole = exp(upper) + exp(distribution.logLowerTail(atMost: k - 1))
            #expect(abs(whole - 1) < 1e-12, "seed \(seed) k \(k)")
        }
    }

    @Test func densitySumsToOneWithItsMoments() {
        let distribution = PoissonBinomial(groups: [
            .init(probability: 0.5, count: 40), .init(probability: 0.1, count: 70), .init(probability: 1, count: 3),
        ])
        var total = 0.0
        var mean = 0.0
        var square = 0.0
        for k in 0...distribution.trials {
            let p = exp(distribution.logPMF(k))
            total += p
            mean += p * Double(k)
            square += p * Double(k * k)
        }
        #expect(abs(total - 1) < 1e-13)
        #expect(abs(mean - distribution.mean) < 1e-11)
        #expect(abs(square - mean * mean - distribution.variance) < 1e-9)
    }

    @Test func farTailsAreNotClamped() {
        let distribution = PoissonBinomial(groups: [
            .init(probability: 0.5, count: 20_000_000), .init(probability: 0.25, count: 20_000_000),
        ])
        let log10P = LogSpace.log10(fromNatural: distribution.logUpperTail(atLeast: 15_450_000))
        #expect(log10P < -5000 && log10P > -5100)
        let step = distribution.logUpperTail(atLeast: 15_450_000) - distribution.logUpperTail(atLeast: 15_450_001)
        #expect(step > 0 && step < 1)
        #expect(distribution.logLowerTail(atMost: 15_450_000) == -0.0)
    }

    @Test func criticalValueIsTheFirstRareCount() {
        let distribution = PoissonBinomial(groups: [
            .init(probability: 0.5, count: 50), .init(probability: 0.25, count: 50),
        ])
        let level = log(0.001)
        let k = distribution.criticalValue(logLevel: level)
        #expect(distribution.logUpperTail(atLeast: k) <= level)
        #expect(distribution.logUpperTail(atLeast: k - 1) > level)
        #expect(PoissonBinomial(groups: [.init(probability: 0.5, count: 2)]).criticalValue(logLevel: level) == 3)
    }

    @Test func invalidGroupsAreReadAsDocumented() {
        let distribution = PoissonBinomial(groups: [
            .init(probability: .nan, count: 2), .init(probability: 7, count: 1), .init(probability: -1, count: 5),
            .init(probability: 0.5, count: -4), .init(probability: 0.5, count: 1),
        ])
        #expect(distribution.trials == 9)
        #expect(distribution.logUpperTail(atLeast: 3) == 0)
        #expect(distribution.logUpperTail(atLeast: 4) == log(0.5))
        #expect(distribution.logUpperTail(atLeast: 5) == -.infinity)
        #expect(distribution.logPMF(2) == -.infinity)
        let huge = PoissonBinomial(groups: [
            .init(probability: 0.5, count: .max), .init(probability: 0.25, count: .max),
        ])
        #expect(huge.trials == 1 << 53)
    }
}
