import Antidistillation
import Generation
import Statistics

/// What is counted over the problems of a sampling run.
public struct SampleTally: Codable, Hashable, Sendable {
    /// Problems that are finished.
    public var problems = 0
    /// Traces that were released.
    public var traces = 0
    /// Sequences that were sampled: with drafts more than traces.
    public var sequences = 0
    /// Tokens that were sampled, those of drafts that were not released and of forced answers included.
    public var sampledTokens = 0
    /// Tokens of the released traces.
    public var traceTokens = 0
    /// Released traces of problems whose answer is known.
    public var graded = 0
    /// Those among them with the right answer.
    public var right = 0
    /// Sampled sequences of problems whose answer is known, before any choice or filter.
    public var gradedSequences = 0
    /// Those among them with the right answer.
    public var rightSequences = 0
    /// Traces that ended without an answer and were made to give one.
    public var forced = 0
    /// Problems none of whose drafts had the right answer.
    public var withoutRightDraft = 0
    /// Traces that `--filter correct` held back.
    public var filtered = 0
    /// How many released traces ended for which reason.
    public var finishReasons: [FinishReason: Int] = [:]
    /// The sum over the released traces' sampled tokens of the teacher's log-probability, in nats.
    public var logProbability = 0.0
    /// The tokens that ``logProbability`` is a sum over.
    public var logProbabilityTokens = 0
    /// The sum over the released traces of Σ Δ, in nats per unit of s.
    public var derivativeSum = 0.0
    /// The traces that ``derivativeSum`` is a sum over.
    public var derivativeTraces = 0
    /// What the penalty did, over all sampled sequences.
    public var penalty = PenaltyReport()

    /// Nothing yet.
    public init() {}

    /// The share of released traces with the right answer, nil where no answer is known.
    public var accuracy: Double? { graded > 0 ? Double(right) / Double(graded) : nil }

    /// The Wilson 95 % interval of ``accuracy``.
    public var accuracyInterval: ClosedRange<Double>? {
        graded > 0 ? WilsonInterval.interval(successes: right, trials: graded) : nil
    }

    /// The share of all sampled sequences with the right answer.
    public var sequenceAccuracy: Double? {
        gradedSequences > 0 ? Double(rightSequences) / Double(gradedSequences) : nil
    }

    /// The teacher's log-probability per sampled token of the released traces, in nats.
    public var meanLogProbability: Double? {
        logProbabilityTokens > 0 ? logProbability / Double(logProbabilityTokens) : nil
    }

    /// Σ Δ per released trace.
    public var meanDerivativeSum: Double? {
        derivativeTraces > 0 ? derivativeSum / Double(derivativeTraces) : nil
    }
}
