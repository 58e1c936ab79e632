/// What exchanging tokens did to traces, by the measure of the rewriter that did it.
public struct SwapMeasures: Hashable, Sendable {
    /// Tokens of the traces, final answers included.
    public var tokens: Int
    /// Tokens that were exchanged.
    public var swaps: Int
    /// J before: to first order the rise of the held-out loss when a student trains on the trace.
    public var objectiveBefore: Double
    /// J after.
    public var objectiveAfter: Double
    /// How much less probable the teacher finds the text, in nats over the whole trace; nil without a teacher.
    public var logProbabilityDrop: Double?

    /// Creates measures from their parts.
    public init(
        tokens: Int = 0, swaps: Int = 0, objectiveBefore: Double = 0, objectiveAfter: Double = 0,
        logProbabilityDrop: Double? = nil
    ) {
        self.tokens = tokens
        self.swaps = swaps
        self.objectiveBefore = objectiveBefore
        self.objectiveAfter = objectiveAfter
        self.logProbabilityDrop = logProbabilityDrop
    }

    /// The measures of both together.
    package static func + (left: SwapMeasures, right: SwapMeasures) -> SwapMeasures {
        var drop: Double?
        if left.logProbabilityDrop != nil || right.logProbabilityDrop != nil {
            drop = (left.logProbabilityDrop ?? 0) + (right.logProbabilityDrop ?? 0)
        }
        return SwapMeasures(
            tokens: left.tokens + right.tokens, swaps: left.swaps + right.swaps,
            objectiveBefore: left.objectiveBefore + right.objectiveBefore,
            objectiveAfter: left.objectiveAfter + right.objectiveAfter, logProbabilityDrop: drop)
    }

    /// The sum of measures that may be missing.
    package static func sum(_ left: SwapMeasures?, _ right: SwapMeasures?) -> SwapMeasures? {
        guard let left, let right else { return left ?? right }
        return left + right
    }
}
