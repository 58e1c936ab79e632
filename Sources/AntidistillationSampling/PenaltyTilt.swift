import Foundation

/// The sampled distribution from the teacher's and Δ (Savani et al. 2025, arXiv 2504.13146, equation 6).
///
/// With p the softmax of the teacher's scores and F the fixed tokens, q(v) = p(v) for v in F and
/// q(v) = (1 − p(F)) · p(v)·exp(λΔ(v)) / Σ p(u)·exp(λΔ(u)), the sum over u outside F. So a constant added to every Δ
/// changes nothing. Fixed are tokens without a finite Δ: those that are exempt, or that the proxy's vocabulary lacks.
///
/// Arithmetic in double precision. A score of −∞ or NaN is a probability of 0 and stays one.
public struct PenaltyTilt: Sendable {
    /// What a step did.
    public struct Outcome: Hashable, Sendable {
        /// The λ in effect: 0 where the penalty could not act.
        public var lambda: Double
        /// KL(sampled ‖ teacher) in nats, of the scores as they were left (single precision).
        public var divergence: Double
        /// The entropy of the teacher's distribution in nats.
        public var teacherEntropy: Double
        /// The entropy of the sampled distribution in nats.
        public var entropy: Double
        /// Whether the budget kept λ below its limit.
        public var isLimited: Bool

        static func untouched(entropy: Double, isLimited: Bool = false) -> Outcome {
            Outcome(
                lambda: 0, divergence: 0, teacherEntropy: entropy, entropy: entropy, isLimited: isLimited)
        }
    }

    /// λ, or its upper limit if there is a budget.
    public let lambda: Double
    /// The largest KL(sampled ‖ teacher) of a step in nats, nil for no limit.
    public let budget: Double?

    /// - Parameters:
    ///   - lambda: λ, or its upper limit if there is a budget.
    ///   - budget: The largest KL(sampled ‖ teacher) of a step in nats, nil for no limit.
    /// - Throws: ``AntidistillationError`` with code `invalidOption` for a value that is negative or not finite.
    public init(lambda: Double, budget: Double? = nil) throws(AntidistillationError) {
        guard lambda.isFinite, lambda >= 0 else {
            throw AntidistillationError(.invalidOption, "lambda must be a number from 0 on, not \(lambda)")
        }
        if let budget, !(budget >= 0) {
            throw AntidistillationError(.invalidOption, "the KL budget must be a number from 0 on, not \(budget)")
        }
        self.lambda = lambda
        self.budget = budget
    }

    /// How many tokens can be tilted against each other: fewer than two, and the penalty cannot act.
    ///
    /// - Parameters:
    ///   - scores: The teacher's scores.
    ///   - isFixed: Whether the token at an index keeps its probability.
    static func movableCount(_ scores: [Float], isFixed: (Int) -> Bool) -> Int {
        var count = 0
        for index in scores.indices where scores[index] > -.infinity && !isFixed(index) { count += 1 }
        return count
    }

    /// Replaces scores by the logarithms of the sampled probabilities. Scores are left bit by bit as they are where the
    /// penalty cannot act or may not.
    ///
    /// - Parameters:
    ///   - scores: The teacher's scores after temperature and truncation, logarithms up to a constant.
    ///   - derivatives: Δ for each score, in any unit that λ fits, up to a constant; NaN fixes the token.
    public func apply(to scores: inout [Float], derivatives: [Float]) -> Outcome {
        let teacher = Self.logProbabilities(scores)
        let entropy = Self.entropy(teacher)
        guard lambda > 0 else { return .untouched(entropy: entropy) }
        // Not left to the search: near 0 a divergence is lost in rounding.
        if budget == 0 { return .untouched(entropy: entropy, isLimited: true) }
        var movable: [Int] = []
        for index in teacher.indices.prefix(derivatives.count)
        where teacher[index] > -.infinity && derivatives[index].isFinite {
            movable.append(index)
        }
        let deltas = movable.map { Double(derivatives[$0]) }
        // Constant Δ acts no more than none.
        guard let largest = deltas.max(), let smallest = deltas.min(), largest > smallest else {
            return .untouched(entropy: entropy)
        }
        let family = TiltedFamily(
            logProbabilities: movable.map { teacher[$0] }, exponents: deltas.map { $0 - largest })

        var chosen = lambda
        var isLimited = false
        if let budget, family.divergence(at: lambda) > budget {
            isLimited = true
            chosen = family.largestLambda(below: lambda, budget: budget)
        }
        // The scores are single precision: their rounding must not carry the divergence over the budget either.
        var shrink = 1e-9
        while chosen > 0 {
            var result = teacher.map { Float($0) }
            for (index, value) in zip(movable, family.tilted(by: chosen)) { result[index] = Float(value) }
            let sampled = Self.logProbabilities(result)
            let divergence = Self.divergence(of: sampled, from: teacher)
            if let budget, divergence > budget {
                isLimited = true
                chosen = shrink < 1 ? chosen * (1 - shrink) : 0
                shrink *= 4
                continue
            }
            scores = result
            return Outcome(
                lambda: chosen, divergence: divergence, teacherEntropy: entropy, entropy: Self.entropy(sampled),
                isLimited: isLimited)
        }
        return .untouched(entropy: entropy, isLimited: true)
    }

    // MARK: Distributions as logarithms

    /// The log-softmax of scores. +∞ takes all the mass; without any score above −∞ all are −∞.
    package static func logProbabilities(_ scores: [Float]) -> [Double] {
        var largest = -Float.infinity
        for score in scores where score > largest { largest = score }
        guard largest > -.infinity else { return scores.map { _ in -.infinity } }
        guard largest < .infinity else {
            let share = -log(Double(scores.count { $0 == .infinity }))
            return scores.map { $0 == .infinity ? share : -.infinity }
        }
        let shift = Double(largest)
        var sum = 0.0
        for score in scores where score > -.infinity { sum += exp(Double(score) - shift) }
        let normaliser = shift + log(sum)
        return scores.map { $0 > -.infinity ? Double($0) - normaliser : -.infinity }
    }

    /// −Σ p ln p in nats.
    package static func entropy(_ logProbabilities: [Double]) -> Double {
        var sum = 0.0
        for value in logProbabilities where value > -.infinity { sum -= exp(value) * value }
        return max(0, sum)
    }

    /// Σ q ln(q/p) in nats: infinite where p lacks what q has.
    package static func divergence(of q: [Double], from p: [Double]) -> Double {
        var sum = 0.0
        for (a, b) in zip(q, p) where a > -.infinity { sum += exp(a) * (a - b) }
        return max(0, sum)
    }
}

/// The movable part of a row as a one-parameter exponential family in λ.
struct TiltedFamily {
    /// ln p of the movable tokens, all finite.
    let logProbabilities: [Double]
    /// Δ less the largest Δ, so that no product with λ overflows upwards.
    let exponents: [Double]

    /// ln of the movable tokens' mass.
    private let logMass: Double

    init(logProbabilities: [Double], exponents: [Double]) {
        self.logProbabilities = logProbabilities
        self.exponents = exponents
        logMass = Self.logSumExp(logProbabilities)
    }

    /// ln q of each token: the mass stays, its shares are tilted.
    func tilted(by lambda: Double) -> [Double] {
        let raw = zip(logProbabilities, exponents).map { $0 + Self.product(lambda, $1) }
        let shift = logMass - Self.logSumExp(raw)
        return raw.map { $0 + shift }
    }

    /// KL(q ‖ p) of the whole row: fixed tokens add nothing. Grows with λ.
    func divergence(at lambda: Double) -> Double {
        let q = tilted(by: lambda)
        var sum = 0.0
        for (a, b) in zip(q, logProbabilities) where a > -.infinity { sum += exp(a) * (a - b) }
        return max(0, sum)
    }

    /// The largest λ up to `limit` whose divergence is within the budget, to twelve digits, from below.
    func largestLambda(below limit: Double, budget: Double) -> Double {
        var low = 0.0
        var high = limit
        // First the magnitude: halving alone would spend its steps on a limit that is absurdly large.
        while high > .leastNormalMagnitude, divergence(at: high / 16) > budget { high /= 16 }
        for _ in 0..<100 where high - low > 1e-12 * high {
            let middle = low + (high - low) / 2
            if divergence(at: middle) <= budget { low = middle } else { high = middle }
        }
        return low
    }

    /// λ·x for x ≤ 0 with 0·(−∞) out of the way.
    private static func product(_ lambda: Double, _ x: Double) -> Double {
        x == 0 ? 0 : lambda * x
    }

    private static func logSumExp(_ values: [Double]) -> Double {
        guard let largest = values.max(), largest > -.infinity else { return -.infinity }
        var sum = 0.0
        for value in values { sum += exp(value - largest) }
        return largest + log(sum)
    }
}
