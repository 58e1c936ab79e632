/// What the penalty did to one sequence.
public struct PenaltyReport: Hashable, Sendable, Codable {
    /// The number of steps: tokens sampled.
    public var steps = 0
    /// Steps whose distribution the penalty changed.
    public var penalizedSteps = 0
    /// Steps at which the budget kept λ below its limit.
    public var limitedSteps = 0
    /// Steps at which the proxies were run.
    public var proxySteps = 0
    /// The sum of KL(sampled ‖ teacher) over the steps, in nats: the expected log-likelihood ratio of the whole trace.
    public var divergence = 0.0
    /// The largest KL(sampled ‖ teacher) of a step, in nats.
    public var largestDivergence = 0.0
    /// The sum over the steps of the entropy of the teacher's distribution, in nats.
    public var teacherEntropy = 0.0
    /// The sum over the steps of the entropy of the sampled distribution, in nats.
    public var entropy = 0.0
    /// The sum of λ over the penalised steps.
    public var lambda = 0.0

    /// Nothing yet.
    public init() {}

    /// KL(sampled ‖ teacher) per step, in nats.
    public var meanDivergence: Double { mean(divergence, over: steps) }
    /// The entropy of the teacher's distribution per step, in nats.
    public var meanTeacherEntropy: Double { mean(teacherEntropy, over: steps) }
    /// The entropy of the sampled distribution per step, in nats.
    public var meanEntropy: Double { mean(entropy, over: steps) }
    /// λ per penalised step.
    public var meanLambda: Double { mean(lambda, over: penalizedSteps) }

    private func mean(_ sum: Double, over count: Int) -> Double {
        count > 0 ? sum / Double(count) : 0
    }

    /// Counts a step.
    mutating func add(_ outcome: PenaltyTilt.Outcome) {
        steps += 1
        if outcome.lambda > 0 {
            penalizedSteps += 1
            lambda += outcome.lambda
        }
        if outcome.isLimited { limitedSteps += 1 }
        divergence += outcome.divergence
        largestDivergence = max(largestDivergence, outcome.divergence)
        teacherEntropy += outcome.teacherEntropy
        entropy += outcome.entropy
    }

    /// Counts another sequence's steps.
    public mutating func add(_ other: PenaltyReport) {
        steps += other.steps
        penalizedSteps += other.penalizedSteps
        limitedSteps += other.limitedSteps
        proxySteps += other.proxySteps
        divergence += other.divergence
        largestDivergence = max(largestDivergence, other.largestDivergence)
        teacherEntropy += other.teacherEntropy
        entropy += other.entropy
        lambda += other.lambda
    }
}
