import Generation

/// A released trace: a problem-trace record with what is known of how it came about. As a line of JSON the members stand in
/// alphabetical order, and those without a value are left out.
public struct SampledTrace: Encodable, Hashable, Sendable {
    /// The problem.
    public var problem: String
    /// The trace.
    public var trace: String
    /// The reference solution or answer as the input has it.
    public var solution: String?
    /// The input's `id`.
    public var id: Problem.Identifier?
    /// Which of the problem's samples or drafts this is, from 0; only if there are several.
    public var sample: Int?
    /// The seed of the sequence.
    public var seed: UInt64
    /// Why the trace ended.
    public var finishReason: FinishReason
    /// The number of tokens, the end token and those of a forced answer included.
    public var tokens: Int
    /// Those tokens; only where they are wanted.
    public var tokenIds: [Int32]?
    /// The teacher's log-probability per sampled token, in nats, before temperature and everything else.
    public var logProb: Double
    /// Whether the final answer is the reference; only where that is known.
    public var correct: Bool?
    /// True if the answer was forced.
    public var forced: Bool?
    /// KL(sampled ‖ teacher) per sampled token, in nats; penalised runs.
    public var kl: Double?
    /// The entropy of the sampled distribution per token, in nats; penalised runs.
    public var entropy: Double?
    /// λ per token that the penalty acted on; penalised runs.
    public var lambda: Double?
    /// Σ Δ over the trace, in nats per unit of s; where it was computed.
    public var deltaSum: Double?
    /// The keyed selection score; where it was computed.
    public var markScore: Double?
    /// How many drafts there were; only with a choice among drafts.
    public var drafts: Int?
    /// How many of them had the right answer.
    public var rightDrafts: Int?

    enum CodingKeys: String, CodingKey {
        case problem, trace, solution, id, sample, seed, tokens, correct, forced, kl, entropy, lambda, drafts
        case finishReason = "finish_reason"
        case tokenIds = "token_ids"
        case logProb = "log_prob"
        case deltaSum = "delta_sum"
        case markScore = "mark_score"
        case rightDrafts = "right_drafts"
    }
}
