import Foundation
import Testing

@testable import Statistics

/// Nothing traps and nothing is NaN, whatever the counts; empty input has p = 1.
struct TotalFunctionTests {
    static let counts = [Int.min, -1, 0, 1, 2, 7, 100, 1 << 40, Int.max]
    static let probabilities = [
        -.infinity, -1, 0, Double.leastNonzeroMagnitude, 1e-300, 0.5, 1 - 1e-16, 1, 2, .infinity, Double.nan,
    ]
    static let reals = [
        -.infinity, -1e300, -1, -0.0, Double.leastNonzeroMagnitude, 1e-300, 0.5, 1, 3.5, 1e6, 1e300,
        .greatestFiniteMagnitude, .infinity,
        Double.nan,
    ]

    @Test func binomialIsTotal() {
        for n in Self.counts {
            for k in Self.counts {
                for p in Self.probabilities {
                    let values = [
                        Binomial.logPMF(k, trials: n, probability: p),
                        Binomial.logUpperTail(atLeast: k, trials: n, probability: p),
                        Binomial.logLowerTail(atMost: k, trials: n, probability: p),
                    ]
                    #expect(values.allSatisfy { $0 <= 0 }, "n \(n) k \(k) p \(p): \(values)")
                }
            }
        }
        #expect(Binomial.logUpperTail(atLeast: 0, trials: 0, probability: 0.5) == 0)
        #expect(Binomial.quantile(.nan, trials: 10, probability: 0.5) == 10)
    }

    @Test func poissonBinomialIsTotal() {
        for p in Self.probabilities {
            for q in Self.probabilities {
                for n in Self.counts {
                    let distribution = PoissonBinomial(groups: [
                        .init(probability: p, count: n), .init(probability: q, count: 9),
                    ])
                    for k in [Int.min, -1, 0, 1, 5, 9, 10, n, Int.max] {
                        let values = [
                            distribution.logPMF(k), distribution.logUpperTail(atLeast: k),
                            distribution.logLowerTail(atMost: k),
                        ]
                        #expect(values.allSatisfy { $0 <= 0 }, "\(p) \(q) n \(n) k \(k): \(values)")
                    }
                }
            }
        }
        #expect(PoissonBinomial(groups: []).logUpperTail(atLeast: 0) == 0)
        #expect(PoissonBinomial(groups: []).logPMF(0) == 0)
    }

    @Test func continuousDistributionsAreTotal() {
        for x in Self.reals {
            #expect(Normal.logUpperTail(above: x) <= 0)
            #expect(!Normal.quantile(x).isNaN)
            #expect(!Normal.upperQuantile(logTail: x).isNaN)
            for shape in Self.reals where !(shape > 1e6) {
                for scale in [1, 1e-300, 1e300, 0, -1, Double.nan] {
                    let upper = GammaDistribution.logUpperTail(above: x, shape: shape, scale: scale)
                    let lower = GammaDistribution.logLowerTail(atMost: x, shape: shape, scale: scale)
                    #expect(upper <= 0 && lower <= 0, "x \(x) shape \(shape) scale \(scale): \(upper) \(lower)")
                }
            }
        }
        #expect(GammaDistribution.logUpperTail(above: 0, shape: 0) == 0)
        #expect(!GammaDistribution.quantile(.nan, shape: .nan).isNaN)
    }

    @Test func tablesAndIntervalsAreTotal() {
        for a in Self.counts {
            for b in Self.counts {
                for c in [Int.min, 0, 3, 50] {
                    #expect(FisherExact.oneSided(a, b, c, 5) <= 0)
                    #expect(Hypergeometric.logUpperTail(atLeast: c, population: a, marked: b, draws: 60) <= 0)
                }
                for confidence in [-1, 0, 0.95, 1, 2, Double.nan] {
                    let wilson = WilsonInterval.interval(successes: a, trials: b, confidence: confidence)
                    #expect(wilson.lowerBound >= 0 && wilson.upperBound <= 1)
                    guard b < 1 << 40 else { continue }
                    let exact = ClopperPearson.interval(successes: a, trials: b, confidence: confidence)
                    #expect(exact.lowerBound >= 0 && exact.upperBound <= 1)
                }
            }
        }
        #expect(ClopperPearson.interval(successes: 0, trials: 0) == 0...1)
        #expect(FisherExact.twoSided(0, 0, 0, 0) == 0)
    }
}
