import Foundation

/// A released trace as one line of JSON: a problem-trace record with what is known of how it came about. The members are
/// written in alphabetical order, and those without a value left out.
struct TraceLine: Encodable {
    /// The problem.
    var problem: String
    /// The trace.
    var trace: String
    /// The reference solution or answer as the input has it.
    var solution: String?
    /// The input's `id`.
    var id: Problem.Identifier?
    /// Which of the problem's samples or drafts this is, from 0; only if there are several.
    var sample: Int?
    /// The seed of the sequence.
    var seed: UInt64
    /// Why the trace ended: `stop`, `stopString`, `length` or `context`.
    var finishReason: String
    /// The number of tokens, the end token and those of a forced answer included.
    var tokens: Int
    /// Those tokens; only where they are wanted.
    var tokenIds: [Int32]?
    /// The teacher's log-probability per sampled token, in nats, before temperature and everything else.
    var logProb: Double
    /// Whether the final answer is the reference; only where that is known.
    var correct: Bool?
    /// True if the answer was forced.
    var forced: Bool?
    /// KL(sampled ‖ teacher) per sampled token, in nats; penalised runs.
    var kl: Double?
    /// The entropy of the sampled distribution per token, in nats; penalised runs.
    var entropy: Double?
    /// λ per token that the penalty acted on; penalised runs.
    var lambda: Double?
    /// Σ Δ over the trace, in nats per unit of s; where it was computed.
    var deltaSum: Double?
    /// The keyed selection score; where it was computed.
    var markScore: Double?
    /// How many drafts there were; only with a choice among drafts.
    var drafts: Int?
    /// How many of them had the right answer.
    var rightDrafts: Int?

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

/// Lines of JSON that are the same bytes on every run.
enum LineCoding {
    /// The line, its line feed included.
    static func bytes(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(value)) + [0x0A]
    }

    /// Six significant digits: what lies beyond depends on how sequences were batched.
    static func rounded(_ value: Double) -> Double {
        guard value.isFinite, value != 0 else { return value.isFinite ? value : 0 }
        let scale = pow(10, 5 - floor(log10(abs(value))))
        // A scale that is not a number leaves the value as it is: it is absurdly small or large.
        let result = (value * scale).rounded() / scale
        return result.isFinite ? result : value
    }
}
