import Answers
import Antidistillation
import Generation

/// One sampled trace with what is known of it.
struct SampledSequence {
    /// The number of its problem in the input.
    var problem: Int
    /// Its number among the problem's samples.
    var sample: Int
    var seed: UInt64
    /// The sampled tokens, and after them, if an answer was forced, those of the forcing string and of the answer.
    var tokens: [Int32]
    /// The trace, without what ended it.
    var text: String
    var finishReason: FinishReason
    /// How many tokens were sampled before an answer was forced.
    var sampledCount: Int
    /// The sum over those of the teacher's log-probability, in nats.
    var logProbability: Double
    /// How many tokens were drawn or decoded: those sampled and those of a forced answer.
    var drawnCount: Int
    var isForced = false
    var penalty: PenaltyReport?
    var derivativeSum: Double?
    var markScore: Double?

    /// The final answer, however it is marked.
    var answer: String? { AnswerExtractor.extract(from: text)?.text }

    /// Whether the trace says which answer is the final one.
    var marksAnswer: Bool { AnswerExtractor.extract(from: text).map(FinalAnswer.isMarked) ?? false }

    var draft: Draft {
        Draft(answer: answer, length: tokens.count, derivativeSum: derivativeSum, markScore: markScore)
    }
}
