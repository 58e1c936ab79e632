import Foundation
import Testing

@testable import Statistics

struct QuantileTests {
    @Test(arguments: [(10, 0.5), (1000, 0.01), (50_000, 0.9)])
    func binomialQuantileIsTheFirstCountThatCovers(n: Int, p: Double) {
        for level in [1e-12, 0.01, 0.5, 0.99, 1 - 1e-12] {
            let k = Binomial.quantile(level, trials: n, probability: p)
            #expect(Binomial.logLowerTail(atMost: k, trials: n, probability: p) >= log(level))
            if k > 0 { #expect(Binomial.logLowerTail(atMost: k - 1, trials: n, probability: p) < log(level)) }
        }
        let critical = Binomial.criticalValue(logLevel: -50, trials: n, probability: p)
        #expect(Binomial.logUpperTail(atLeast: critical, trials: n, probability: p) <= -50)
        #expect(Binomial.logUpperTail(atLeast: critical - 1, trials: n, probability: p) > -50)
    }

    @Test(arguments: [0.3, 1, 25, 10_000])
    func gammaQuantileInvertsItsTails(shape: Double) {
        for level in [1e-9, 0.2, 0.5, 0.8] {
            let x = GammaDistribution.quantile(level, shape: shape, scale: 2)
            let back = exp(GammaDistribution.logLowerTail(atMost: x, shape: shape, scale: 2))
            #expect(abs(back / level - 1) < 1e-10, "level \(level)")
        }
        for logTail in [-1e-3, -1, -40, -2000] {
            let x = GammaDistribution.upperQuantile(logTail: logTail, shape: shape, scale: 2)
            let back = GammaDistribution.logUpperTail(above: x, shape: shape, scale: 2)
            #expect(abs(back / logTail - 1) < 1e-10, "tail \(logTail)")
        }
        #expect(GammaDistribution.quantile(0, shape: shape) == 0)
        #expect(GammaDistribution.quantile(1, shape: shape) == .infinity)
    }

    @Test func normalQuantiles() {
        #expect(abs(Normal.quantile(0.975) - 1.959_963_984_540_054) < 1e-14)
        #expect(Normal.quantile(0.5) == 0)
        #expect(Normal.quantile(0) == -.infinity)
        #expect(Normal.quantile(1) == .infinity)
        #expect(Normal.quantile(0.025) == -Normal.upperQuantile(logTail: log(0.025)))
        let far = Normal.upperQuantile(logTail: LogSpace.natural(fromLog10: -5000))
        #expect(abs(LogSpace.log10(fromNatural: Normal.logUpperTail(above: far)) + 5000) < 1e-9)
    }

    @Test func hypergeometricQuantile() {
        let k = Hypergeometric.quantile(0.5, population: 50, marked: 20, draws: 10)
        #expect(k == 4)
        #expect(Hypergeometric.quantile(1, population: 50, marked: 20, draws: 10) == 10)
    }

    @Test func clopperPearsonCoversAtItsBounds() {
        let interval = ClopperPearson.interval(successes: 20, trials: 2000, confidence: 0.99)
        let upper = Binomial.logUpperTail(atLeast: 20, trials: 2000, probability: interval.lowerBound)
        let lower = Binomial.logLowerTail(atMost: 20, trials: 2000, probability: interval.upperBound)
        #expect(abs(exp(upper) - 0.005) < 1e-14)
        #expect(abs(exp(lower) - 0.005) < 1e-14)
    }
}
