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
        /// KL(sampled ‖ teacher) in nats.
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

    /// Replaces scores by the logarithms of the sampled probabilities. Scores are left bit by bit as they are where the
    /// penalty cannot act or may not.
    ///
    /// - Parameters:
    ///   - scores: The teacher's scores after temperature and truncation, logarithms up to a constant.
    ///   - derivatives: Δ for each score, in any unit that λ fits, up to a constant; NaN fixes the token.
    public func apply(to scores: inout [Float], derivatives: [Float]) -> Outcome {
        let teacher = TeacherRow(scores)
        guard lambda > 0 else { return .untouched(entropy: teacher.entropy) }
        // Not left to the search: near 0 a divergence is lost in rounding.
        if budget == 0 { return .untouched(entropy: teacher.entropy, isLimited: true) }
        // Constant Δ acts no more than none.
        guard let family = TiltedFamily(teacher, derivatives: derivatives) else {
            return .untouched(entropy: teacher.entropy)
        }
        guard let budget else {
            let point = family.point(at: lambda)
            return Outcome(
                lambda: lambda, divergence: point.divergence, teacherEntropy: teacher.entropy,
                entropy: write(family, point, teacher, to: &scores), isLimited: false)
        }
        var chosen = family.largestLambda(upTo: lambda, budget: budget)
        var isLimited = chosen < lambda
        // The scores are single precision: their rounding must not carry the divergence over the budget either.
        var result = scores
        var shrink = 0.0
        while chosen > 0 {
            let point = family.point(at: chosen)
            let entropy = write(family, point, teacher, to: &result)
            let divergence = teacher.divergence(of: result)
            if divergence <= budget {
                scores = result
                return Outcome(
                    lambda: chosen, divergence: divergence, teacherEntropy: teacher.entropy, entropy: entropy,
                    isLimited: isLimited)
            }
            isLimited = true
            shrink = max(1e-9, 4 * shrink, (divergence - budget) / budget)
            chosen = shrink < 1 ? chosen * (1 - shrink) : 0
        }
        return .untouched(entropy: teacher.entropy, isLimited: true)
    }

    /// Writes ln q of every token and returns the entropy of q.
    private func write(
        _ family: TiltedFamily, _ point: TiltedFamily.Point, _ teacher: TeacherRow, to scores: inout [Float]
    ) -> Double {
        for index in scores.indices { scores[index] = Float(teacher.logProbabilities[index]) }
        var entropy = teacher.entropy
        let share = family.mass / point.normaliser
        let shift = log(share)
        for (place, index) in family.indexes.enumerated() {
            let before = teacher.logProbabilities[index]
            let value = before + point.lambda * family.exponents[place] + shift
            scores[index] = Float(value)
            let q = point.weights[place] * share
            // Of a weight of 0 the logarithm may be −∞.
            entropy += family.probabilities[place] * before - (q > 0 ? q * value : 0)
        }
        return max(0, entropy)
    }

    /// The log-softmax of scores. +∞ takes all the mass; without any score above −∞ all are −∞.
    package static func logProbabilities(_ scores: [Float]) -> [Double] {
        TeacherRow(scores).logProbabilities
    }
}

/// A row of scores as a distribution.
struct TeacherRow {
    /// ln p.
    private(set) var logProbabilities: [Double]
    /// p.
    private(set) var probabilities: [Double]
    /// −Σ p ln p in nats.
    private(set) var entropy = 0.0

    init(_ scores: [Float]) {
        logProbabilities = [Double](repeating: -.infinity, count: scores.count)
        probabilities = [Double](repeating: 0, count: scores.count)
        guard let normaliser = Self.normaliser(scores, weights: &probabilities) else { return }
        let scale = 1 / normaliser.sum
        let offset = normaliser.shift + log(normaliser.sum)
        for index in scores.indices where scores[index] > -.infinity {
            let value = scores[index] < .infinity ? Double(scores[index]) - offset : log(scale)
            logProbabilities[index] = normaliser.shift < .infinity || scores[index] == .infinity ? value : -.infinity
            probabilities[index] *= scale
            entropy -= probabilities[index] * value
        }
        entropy = max(0, entropy)
    }

    /// The largest score and Σ exp(score − largest), nil without a score above −∞. +∞ counts 1, and what is beside it 0.
    private static func normaliser(_ scores: [Float], weights: inout [Double]) -> (shift: Double, sum: Double)? {
        var largest = -Float.infinity
        for score in scores where score > largest { largest = score }
        guard largest > -.infinity else { return nil }
        var sum = 0.0
        for index in scores.indices {
            let score = scores[index]
            if largest == .infinity {
                weights[index] = score == .infinity ? 1 : 0
            } else if score > -.infinity {
                weights[index] = exp(Double(score) - Double(largest))
            }
            sum += weights[index]
        }
        return (Double(largest), sum)
    }

    /// KL(q ‖ p) in nats of the distribution that some scores are.
    func divergence(of scores: [Float]) -> Double {
        let q = TeacherRow(scores)
        var sum = 0.0
        for index in q.probabilities.indices where q.probabilities[index] > 0 {
            sum += q.probabilities[index] * (q.logProbabilities[index] - logProbabilities[index])
        }
        return max(0, sum)
    }
}
