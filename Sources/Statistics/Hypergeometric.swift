import Foundation

/// The hypergeometric distribution: marked items among `draws` drawn without replacement from a population.
///
/// Total functions: negative counts count as 0, marked items and draws are cut to the population, counts saturate at 2⁵³.
public enum Hypergeometric {
    /// ln P(X = k) for `draws` of `population` items, of which `marked` are marked.
    public static func logPMF(_ k: Int, population: Int, marked: Int, draws: Int) -> Double {
        Urn(population, marked, draws).logPMF(k)
    }

    /// ln P(X ≥ k).
    public static func logUpperTail(atLeast k: Int, population: Int, marked: Int, draws: Int) -> Double {
        Urn(population, marked, draws).logUpperTail(k)
    }

    /// ln P(X ≤ k).
    public static func logLowerTail(atMost k: Int, population: Int, marked: Int, draws: Int) -> Double {
        Urn(population, marked, draws).logLowerTail(k)
    }

    /// The smallest k with P(X ≤ k) ≥ `level`.
    public static func quantile(_ level: Double, population: Int, marked: Int, draws: Int) -> Int {
        let urn = Urn(population, marked, draws)
        let logLevel = log(sanitizedProbability(level))
        return Bisection.firstInteger(in: urn.support) { urn.logLowerTail($0) >= logLevel }
    }

    /// Checked arguments.
    struct Urn {
        let population: Int
        let marked: Int
        let draws: Int

        init(_ population: Int, _ marked: Int, _ draws: Int) {
            self.population = sanitizedCount(population)
            self.marked = min(self.population, sanitizedCount(marked))
            self.draws = min(self.population, sanitizedCount(draws))
        }

        var support: ClosedRange<Int> { max(0, draws - (population - marked))...min(marked, draws) }
        var mean: Double { population == 0 ? 0 : Double(draws) * (Double(marked) / Double(population)) }

        /// P(k) as a ratio of three binomial probabilities of one arbitrary parameter; at draws/population none of
        /// them is far out unless the result is (Loader 2000).
        func logPMF(_ k: Int) -> Double {
            guard support.contains(k) else { return -.infinity }
            guard support.count > 1 else { return 0 }
            let p = Double(draws) / Double(population)
            return LogSpace.capped(
                Binomial.logPMF(k, trials: marked, probability: p)
                    + Binomial.logPMF(draws - k, trials: population - marked, probability: p)
                    - Binomial.logPMF(draws, trials: population, probability: p))
        }

        func logUpperTail(_ k: Int) -> Double {
            if k <= support.lowerBound { return 0 }
            if k > support.upperBound { return -.infinity }
            if Double(k) > mean { return direct(k, up: true) }
            return LogSpace.logComplement(direct(k - 1, up: false))
        }

        func logLowerTail(_ k: Int) -> Double {
            if k < support.lowerBound { return -.infinity }
            if k >= support.upperBound { return 0 }
            if Double(k) < mean { return direct(k, up: false) }
            return LogSpace.logComplement(direct(k + 1, up: true))
        }

        /// Sums outward from k, away from the mean, where the terms fall.
        private func direct(_ k: Int, up: Bool) -> Double {
            let rest = population - marked - draws
            var term = 1.0
            var sum = 1.0
            var j = k
            while up ? j < support.upperBound : j > support.lowerBound {
                let ratio =
                    up
                    ? Double(marked - j) / Double(j + 1) * (Double(draws - j) / Double(rest + j + 1))
                    : Double(j) / Double(marked - j + 1) * (Double(rest + j) / Double(draws - j + 1))
                term *= ratio
                sum += term
                if ratio < 1, term * ratio <= 1e-18 * (1 - ratio) * sum { break }
                j += up ? 1 : -1
            }
            return LogSpace.capped(logPMF(k) + log(sum))
        }
    }
}
