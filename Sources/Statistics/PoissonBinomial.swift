import Foundation

/// The sum of independent binomial counts of different probabilities: the null distribution of the number of hits when
/// places offer different numbers of alternatives.
///
/// Probabilities are exact up to rounding, in log space: the distribution is tilted exponentially until its mean is the
/// observed count, so that even a tail of 1e-5000 is computed from the bulk of the tilted one. Narrow distributions are
/// convolved, wide ones inverted from their characteristic function; what either cuts off is below 1e-16 of the result.
/// The logarithm's relative error is about 1e-13. The cost does not grow with the number of trials beyond some
/// thousands.
///
/// Total functions: groups with no trials do not count, a probability outside 0...1 is clamped, one that is not a number
/// is read as 1, counts saturate at 2⁵³. Without trials P(X ≥ 0) = 1.
public struct PoissonBinomial: Sendable {
    /// A number of trials that share one probability.
    public struct Group: Sendable, Hashable {
        /// The probability of a hit in each trial.
        public var probability: Double
        /// The number of trials.
        public var count: Int

        /// A group of `count` trials of one probability.
        public init(probability: Double, count: Int) {
            self.probability = probability
            self.count = count
        }
    }

    /// The number of trials.
    public let trials: Int
    /// Groups of distinct probabilities strictly between 0 and 1, in rising order.
    let groups: [Group]
    /// Trials that always hit.
    let certain: Int

    /// The distribution of the number of hits in all trials of `groups`; groups of equal probability are merged.
    public init(groups: [Group]) {
        var trials = 0
        var certain = 0
        var distinct: [Group] = []
        let sorted = groups.map {
            Group(probability: sanitizedProbability($0.probability), count: sanitizedCount($0.count))
        }.sorted { $0.probability < $1.probability }
        for group in sorted {
            // Saturates: a sum of counts above 2⁵³ keeps the first groups.
            let count = min(group.count, largestCount - trials)
            guard count > 0 else { continue }
            trials += count
            if group.probability == 1 {
                certain += count
            } else if let last = distinct.last, last.probability == group.probability {
                distinct[distinct.count - 1].count += count
            } else if group.probability > 0 {
                distinct.append(Group(probability: group.probability, count: count))
            }
        }
        self.trials = trials
        self.groups = distinct
        self.certain = certain
    }

    /// The expected number of hits.
    public var mean: Double {
        groups.reduce(Double(certain)) { $0 + Double($1.count) * $1.probability }
    }

    /// The variance of the number of hits.
    public var variance: Double {
        groups.reduce(0) { $0 + Double($1.count) * $1.probability * (1 - $1.probability) }
    }

    /// ln P(X = k).
    public func logPMF(_ k: Int) -> Double {
        guard k >= 0, k <= trials else { return -.infinity }
        let k = k - certain
        let n = uncertain
        guard k >= 0, k <= n else { return -.infinity }
        guard let first = groups.first else { return 0 }
        if groups.count == 1 { return Binomial.logPMF(k, trials: n, probability: first.probability) }
        if k == 0 || k == n { return logExtreme(allHits: k == n) }
        return logSum(k, .point)
    }

    /// ln P(X ≥ k).
    public func logUpperTail(atLeast k: Int) -> Double {
        guard k > certain else { return 0 }
        guard k <= trials, let first = groups.first else { return -.infinity }
        let k = k - certain
        let n = uncertain
        guard k <= n else { return -.infinity }
        if groups.count == 1 { return Binomial.logUpperTail(atLeast: k, trials: n, probability: first.probability) }
        if excess(k) > 0 { return directUpperTail(k) }
        return LogSpace.logComplement(directLowerTail(k - 1))
    }

    /// ln P(X ≤ k).
    public func logLowerTail(atMost k: Int) -> Double {
        guard k >= certain else { return -.infinity }
        let n = uncertain
        guard k < trials, k - certain < n, let first = groups.first else { return 0 }
        let k = k - certain
        if groups.count == 1 { return Binomial.logLowerTail(atMost: k, trials: n, probability: first.probability) }
        if excess(k) < 0 { return directLowerTail(k) }
        return LogSpace.logComplement(directUpperTail(k + 1))
    }

    /// The smallest k whose upper tail P(X ≥ k) is at most e^`logLevel`: the critical value of a one-sided test. It is
    /// the number of trials plus one where no outcome is that rare.
    public func criticalValue(logLevel: Double) -> Int {
        Bisection.firstInteger(in: 0...(trials + 1)) { logUpperTail(atLeast: $0) <= logLevel }
    }

    /// Trials whose outcome is open.
    var uncertain: Int { groups.reduce(0) { $0 + $1.count } }

    /// k − Σ cᵢpᵢ over the open trials, with the products' rounding errors carried along.
    func excess(_ k: Int) -> Double {
        var high = Double(k)
        var low = 0.0
        for group in groups {
            let count = Double(group.count)
            let product = count * group.probability
            low -= fma(count, group.probability, -product)
            let next = high - product
            let subtracted = high - next
            low += (high - (next + subtracted)) + (subtracted - product)
            high = next
        }
        return high + low
    }

    private func directUpperTail(_ k: Int) -> Double {
        k >= uncertain ? logExtreme(allHits: true) : LogSpace.capped(logSum(k, .upper))
    }

    private func directLowerTail(_ k: Int) -> Double {
        k <= 0 ? logExtreme(allHits: false) : LogSpace.capped(logSum(k, .lower))
    }

    /// ln of the probability that every open trial hits, or that none does.
    private func logExtreme(allHits: Bool) -> Double {
        groups.reduce(0) { sum, group in
            sum + Double(group.count) * (allHits ? log(group.probability) : log1p(-group.probability))
        }
    }

    /// Which probabilities are summed from k on.
    enum Side {
        case upper
        case lower
        case point
    }

    /// ln of P(X ≥ k), P(X ≤ k) or P(X = k) for 0 < k < n, where k lies on the tail's own side of the mean.
    private func logSum(_ k: Int, _ side: Side) -> Double {
        let tilt = Tilt(self, mean: k, side: side)
        return tilt.variance < Self.convolutionVariance ? logConvolved(k, side, tilt) : logInverted(k, side, tilt)
    }

    /// Up to this tilted variance the windows are so short that convolution costs less than inversion.
    static let convolutionVariance = 64.0
}
