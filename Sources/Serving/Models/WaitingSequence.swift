import Generation
import Statistics
import TraceGeneration

/// One choice of an order, ready to be decoded.
struct WaitingSequence: Sendable {
    var request: GenerationRequest
    var decoding: DecodingOptions
    var presencePenalty: Double
    var frequencyPenalty: Double
    var alternatives: Int?
    var choice: Int
    var feed: CompletionFeed

    /// The choices of an order.
    ///
    /// - Parameters:
    ///   - order: What was asked for.
    ///   - prompts: The tokens of its prompts.
    ///   - seed: Decides the draws of the first choice; the others' seeds follow from it.
    ///   - limit: The most tokens of a completion.
    ///   - stopTokens: What ends a sequence.
    ///   - feed: Where the events go.
    static func all(
        of order: CompletionOrder, prompts: [[Int32]], seed: UInt64, limit: Int, stopTokens: Set<Int32>,
        feed: CompletionFeed
    ) -> [WaitingSequence] {
        var decoding = DecodingOptions()
        decoding.temperature = order.temperature
        decoding.topK = order.topK
        decoding.topP = order.topP
        decoding.minP = order.minP
        decoding.repetitionPenalty = order.repetitionPenalty
        return (0..<order.choices).map { choice in
            WaitingSequence(
                request: GenerationRequest(
                    prompt: prompts[choice / order.samples],
                    seed: choice == 0 ? seed : SeededGenerator.mix(seed &+ UInt64(choice)),
                    maxNewTokens: min(order.maxNewTokens ?? limit, limit), stopTokens: stopTokens,
                    stopStrings: order.stop),
                decoding: decoding, presencePenalty: order.presencePenalty, frequencyPenalty: order.frequencyPenalty,
                alternatives: order.alternatives, choice: choice, feed: feed)
        }
    }

    /// The steps from logits to the sampled distribution.
    func processors() throws -> [any LogitsProcessor] {
        var steps: [any LogitsProcessor] = []
        if presencePenalty != 0 || frequencyPenalty != 0 {
            steps.append(
                OccurrencePenaltyLogitsProcessor(presence: presencePenalty, frequency: frequencyPenalty))
        }
        return steps + (try decoding.processors())
    }
}

/// Lowers the scores of tokens that this sequence has generated before: by a fixed amount, and by an amount for each time, as
/// the OpenAI API defines it. For one sequence, in front of all truncation.
final class OccurrencePenaltyLogitsProcessor: RowLogitsProcessor {
    private let presence: Double
    private let frequency: Double
    private var counts: [Int32: Int] = [:]
    private var counted = 0

    /// - Parameters:
    ///   - presence: Nats, once.
    ///   - frequency: Nats, for each time.
    init(presence: Double, frequency: Double) {
        self.presence = presence
        self.frequency = frequency
    }

    func process(_ row: inout CandidateScores, sequence: SequenceContext) throws {
        for token in sequence.generated.dropFirst(counted) { counts[token, default: 0] += 1 }
        counted = sequence.generated.count
        // Every token once: the order has no effect.
        for (token, count) in counts {
            guard let index = row.index(of: token) else { continue }
            row.scores[index] -= Float(presence + frequency * Double(count))
        }
        row.restoreOrder()
    }
}
