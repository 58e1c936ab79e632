#if Torch
    import Antidistillation
    import Denature
    import Foundation
    import Generation
    import KeyedPRF
    import Marks
    import TorchAntidistillation
    import TraceGeneration

    /// The summary of a sampling run.
    public struct SampleReport: Encodable, Sendable {
        /// Where the traces went.
        public var output: String
        /// Problems that are finished.
        public var problems: Int
        /// Those that an earlier run had finished.
        public var problemsResumed: Int
        /// Traces that were released.
        public var traces: Int
        /// The share of them with the right answer; nil where no answer is known.
        public var accuracy: Double?
        /// Wilson's interval of it at 95 %.
        public var interval: [Double]?
        /// Released traces whose right answer is known.
        public var graded: Int
        /// Those of them that have it.
        public var correct: Int
        /// Sequences that were sampled, before any choice or filter.
        public var sequences: Int
        /// The share of them with the right answer.
        public var sequenceAccuracy: Double?
        /// Traces whose answer was forced.
        public var forced: Int
        /// Traces held back because their answer is wrong.
        public var filtered: Int
        /// Problems none of whose drafts has the right answer; nil without a choice among drafts.
        public var withoutRightDraft: Int?
        /// Why released traces ended, with counts.
        public var finishReasons: [FinishReason: Int]
        /// Tokens per released trace.
        public var meanTokens: Double
        /// The teacher's log-probability per token of the released traces, in nats.
        public var meanLogProb: Double?
        /// Σ Δ per released trace.
        public var meanDeltaSum: Double?
        /// What the penalty did.
        public var penalty: Penalty?
        /// Which mark the tokens have.
        public var watermark: MarkLabel?
        /// How long sampling took.
        public var seconds: Double
        /// Tokens sampled by this run.
        public var sampledTokens: Int
        /// Of this run and those that it goes on from.
        public var totalSampledTokens: Int
        /// Sampled tokens per second.
        public var tokensPerSecond: Double

        init(
            _ tally: SampleTally, before: SampleTally, settings: SampleSettings, companions: SampleCompanions,
            seconds: Double
        ) {
            output = settings.output
            problems = tally.problems
            problemsResumed = before.problems
            traces = tally.traces
            accuracy = tally.accuracy
            interval = tally.accuracyInterval.map { [$0.lowerBound, $0.upperBound] }
            graded = tally.graded
            correct = tally.right
            sequences = tally.sequences
            sequenceAccuracy = tally.sequenceAccuracy
            forced = tally.forced
            filtered = tally.filtered
            withoutRightDraft = settings.drafts.count != nil ? tally.withoutRightDraft : nil
            finishReasons = tally.finishReasons
            meanTokens = tally.traces > 0 ? Double(tally.traceTokens) / Double(tally.traces) : 0
            meanLogProb = tally.meanLogProbability
            meanDeltaSum = tally.meanDerivativeSum
            penalty = companions.penalty?.with(tally.penalty)
            watermark = companions.watermark
            let seconds = max(seconds, 1e-3)
            self.seconds = (seconds * 1e3).rounded() / 1e3
            sampledTokens = tally.sampledTokens - before.sampledTokens
            totalSampledTokens = tally.sampledTokens
            tokensPerSecond = (Double(sampledTokens) / seconds * 10).rounded() / 10
        }
    }

    extension SampleReport {
        /// What the penalty did, per sampled token.
        public struct Penalty: Encodable, Sendable {
            /// λ times the gradient's norm.
            public var strength: Double
            /// The gradient's norm.
            public var gradientNorm: Double
            /// λ as it stands before Δ.
            public var lambda: Double
            /// How Δ was computed.
            public var derivative: PenaltySettings.Derivative
            /// What the gradient points to.
            public var direction: GradientInfo.Direction
            /// KL(sampled ‖ teacher), in nats.
            public var meanKl = 0.0
            /// The largest KL of a step.
            public var largestKl = 0.0
            /// The entropy of what was sampled from, in nats.
            public var meanEntropy = 0.0
            /// The entropy of the teacher's distribution, in nats.
            public var meanTeacherEntropy = 0.0
            /// λ over the tokens that the penalty acted on.
            public var meanLambda = 0.0
            /// Sampled tokens.
            public var steps = 0
            /// Those that the penalty acted on.
            public var penalizedSteps = 0
            /// Those whose λ the budget lowered.
            public var limitedSteps = 0
            /// Those that the proxies ran for.
            public var proxySteps = 0

            init(
                strength: Double, gradientNorm: Double, lambda: Double, derivative: PenaltySettings.Derivative,
                direction: GradientInfo.Direction
            ) {
                self.strength = strength
                self.gradientNorm = gradientNorm
                self.lambda = lambda
                self.derivative = derivative
                self.direction = direction
            }

            /// The same with what it did.
            func with(_ report: PenaltyReport) -> Penalty {
                var penalty = self
                penalty.meanKl = report.meanDivergence
                penalty.largestKl = report.largestDivergence
                penalty.meanEntropy = report.meanEntropy
                penalty.meanTeacherEntropy = report.meanTeacherEntropy
                penalty.meanLambda = report.meanLambda
                penalty.steps = report.steps
                penalty.penalizedSteps = report.penalizedSteps
                penalty.limitedSteps = report.limitedSteps
                penalty.proxySteps = report.proxySteps
                return penalty
            }
        }
    }
#endif
