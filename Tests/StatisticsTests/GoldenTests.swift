import Testing

@testable import Statistics

/// Every function against values that mpmath or scipy computed (scripts/golden/golden_statistics.py).
struct GoldenTests {
    struct BinomialCase: Decodable {
        let n: Int
        let p: Double
        let k: Int
        let pmf: Golden.Number
        let upper: Golden.Number
        let lower: Golden.Number
    }

    @Test func binomial() throws {
        var meter = ErrorMeter()
        for c in try Golden.load("binomial", of: BinomialCase.self) {
            let label = "n \(c.n) p \(c.p) k \(c.k)"
            meter.compare(Binomial.logPMF(c.k, trials: c.n, probability: c.p), c.pmf.value, "pmf " + label)
            meter.compare(
                Binomial.logUpperTail(atLeast: c.k, trials: c.n, probability: c.p), c.upper.value, "upper " + label)
            meter.compare(
                Binomial.logLowerTail(atMost: c.k, trials: c.n, probability: c.p), c.lower.value, "lower " + label)
        }
        print("binomial: largest relative error \(meter.largest) (\(meter.worst))")
        #expect(meter.largest < 1e-12, "\(meter.worst)")
    }

    struct PoissonBinomialCase: Decodable {
        let groups: [[Double]]
        let k: Int
        let pmf: Golden.Number?
        let upper: Golden.Number
        let lower: Golden.Number?
    }

    @Test func poissonBinomial() throws {
        var meter = ErrorMeter()
        for c in try Golden.load("poisson-binomial", of: PoissonBinomialCase.self) {
            let distribution = PoissonBinomial(
                groups: c.groups.map { PoissonBinomial.Group(probability: $0[0], count: Int($0[1])) })
            let label = "\(c.groups) k \(c.k)"
            meter.compare(distribution.logUpperTail(atLeast: c.k), c.upper.value, "upper " + label)
            if let pmf = c.pmf { meter.compare(distribution.logPMF(c.k), pmf.value, "pmf " + label) }
            if let lower = c.lower {
                meter.compare(distribution.logLowerTail(atMost: c.k), lower.value, "lower " + label)
            }
        }
        print("Poisson-binomial: largest relative error \(meter.largest) (\(meter.worst))")
        #expect(meter.largest < 1e-12, "\(meter.worst)")
    }

    struct GammaCase: Decodable {
        let shape: Double
        let x: Double
        let upper: Golden.Number
        let lower: Golden.Number
    }

    @Test func gamma() throws {
        var meter = ErrorMeter()
        for c in try Golden.load("gamma", of: GammaCase.self) {
            let label = "shape \(c.shape) x \(c.x)"
            meter.compare(GammaDistribution.logUpperTail(above: c.x, shape: c.shape), c.upper.value, "upper " + label)
            meter.compare(GammaDistribution.logLowerTail(atMost: c.x, shape: c.shape), c.lower.value, "lower " + label)
        }
        print("Gamma: largest relative error \(meter.largest) (\(meter.worst))")
        #expect(meter.largest < 1e-11, "\(meter.worst)")
    }

    struct NormalCase: Decodable {
        let z: Double
        let upper: Golden.Number
    }

    @Test func normal() throws {
        var meter = ErrorMeter()
        var quantiles = ErrorMeter()
        for c in try Golden.load("normal", of: NormalCase.self) {
            meter.compare(Normal.logUpperTail(above: c.z), c.upper.value, "z \(c.z)")
            // Far below 0 a double's ln P has no digits left of z.
            if c.z > -8, c.z != 0, abs(c.z) > 1e-10 {
                quantiles.compare(Normal.upperQuantile(logTail: c.upper.value), c.z, "quantile \(c.z)")
            }
        }
        print("normal: largest relative error \(meter.largest) (\(meter.worst)), of quantiles \(quantiles.largest)")
        #expect(meter.largest < 1e-12, "\(meter.worst)")
        #expect(quantiles.largest < 1e-12, "\(quantiles.worst)")
    }

    struct FisherCase: Decodable {
        let table: [Int]
        let pmf: Golden.Number
        let greater: Golden.Number
        let less: Golden.Number
        let twoSided: Golden.Number
    }

    @Test func fisherAndHypergeometric() throws {
        var meter = ErrorMeter()
        for c in try Golden.load("fisher", of: FisherCase.self) {
            let (a, b, d, e) = (c.table[0], c.table[1], c.table[2], c.table[3])
            meter.compare(
                Hypergeometric.logPMF(a, population: a + b + d + e, marked: a + b, draws: a + d), c.pmf.value,
                "pmf \(c.table)")
            meter.compare(FisherExact.oneSided(a, b, d, e), c.greater.value, "greater \(c.table)")
            meter.compare(FisherExact.oneSided(a, b, d, e, alternative: .less), c.less.value, "less \(c.table)")
            meter.compare(FisherExact.twoSided(a, b, d, e), c.twoSided.value, "two-sided \(c.table)")
        }
        print("Fisher: largest relative error \(meter.largest) (\(meter.worst))")
        #expect(meter.largest < 1e-12, "\(meter.worst)")
    }

    struct KolmogorovSmirnovCase: Decodable {
        let n: Int
        let d: Double
        let logP: Golden.Number
        let exact: Bool
    }

    @Test func kolmogorovSmirnov() throws {
        var exact = ErrorMeter()
        var other = ErrorMeter()
        // The matrix of a sample near the limit is for the release build.
        for c in try Golden.load("kolmogorov-smirnov", of: KolmogorovSmirnovCase.self) where c.n != 19_999 || c.exact {
            let value = KolmogorovSmirnov.logUpperTail(atLeast: c.d, count: c.n)
            // ln p near 0 holds 1 − p: compare p itself there.
            let floor = max(1, abs(c.logP.value))
            if c.exact {
                exact.compare(value / floor, c.logP.value / floor, "n \(c.n) d \(c.d)")
            } else {
                other.compare(value / floor, c.logP.value / floor, "n \(c.n) d \(c.d)")
            }
        }
        print("KS: largest relative error \(exact.largest) (\(exact.worst)), against scipy \(other.largest)")
        #expect(exact.largest < 1e-9, "\(exact.worst)")
        #expect(other.largest < 1e-7, "\(other.worst)")
    }

    struct IntervalCase: Decodable {
        let k: Int
        let n: Int
        let confidence: Double
        let lower: Double
        let upper: Double
    }

    @Test func clopperPearson() throws {
        var meter = ErrorMeter()
        for c in try Golden.load("clopper-pearson", of: IntervalCase.self) {
            let interval = ClopperPearson.interval(successes: c.k, trials: c.n, confidence: c.confidence)
            meter.compare(interval.lowerBound, c.lower, "lower \(c.k)/\(c.n)")
            meter.compare(interval.upperBound, c.upper, "upper \(c.k)/\(c.n)")
        }
        print("Clopper-Pearson: largest relative error \(meter.largest) (\(meter.worst))")
        #expect(meter.largest < 1e-12, "\(meter.worst)")
    }
}
