import Answers
import Generation
import Statistics
import Tokenizers
import TrainingExamples

/// What an evaluation does besides drawing tokens.
public struct EvaluateOptions: Hashable, Sendable {
    /// Decides every draw.
    public var seed: UInt64 = 0
    /// Traces per problem.
    public var samplesPerProblem = 1
    /// The most tokens of a trace.
    public var maxNewTokens = 512
    /// How many sequences are decoded together. Changes no token.
    public var slots = 32
    /// Texts that end a trace; they are cut off.
    public var stopStrings: [String] = []
    /// What is appended to a trace that marks no answer, for the model to go on greedily; nil for nothing.
    public var answerForcing: String?
    /// Whether it is appended to every trace, also to one that marks an answer.
    public var forcesEveryAnswer = false
    /// The most tokens of a forced answer.
    public var forcedAnswerTokens = 32

    /// The defaults.
    public init() {}
}

/// What became of the problems.
public struct EvaluationResult: Hashable, Sendable {
    /// One trace.
    public struct Outcome: Hashable, Sendable {
        /// The number of the problem in the input, from 0.
        public var problem: Int
        /// Which of the problem's traces, from 0.
        public var sample: Int
        /// The trace.
        public var trace: String
        /// Its final answer.
        public var answer: String?
        /// The right answer.
        public var reference: String
        /// Whether they are the same; what cannot be told counts as no.
        public var isRight: Bool
        /// The number of tokens.
        public var tokens: Int
        /// Why the trace ended.
        public var finishReason: FinishReason
        /// Whether the answer was forced.
        public var isForced: Bool
    }

    /// By problem and sample.
    public var outcomes: [Outcome]
    /// Problems.
    public var problems: Int
    /// Tokens sampled, those of forced answers included.
    public var sampledTokens: Int

    /// Traces with the right answer.
    public var right: Int { outcomes.count(where: \.isRight) }
    /// Traces without any answer.
    public var unanswered: Int { outcomes.count { $0.answer == nil } }
    /// The share of right traces.
    public var accuracy: Double { outcomes.isEmpty ? 0 : Double(right) / Double(outcomes.count) }
    /// The Wilson 95 % interval of ``accuracy``, as if traces were independent: with several traces per problem it is
    /// too narrow as a statement about problems.
    public var interval: ClosedRange<Double> { WilsonInterval.interval(successes: right, trials: outcomes.count) }
    /// Tokens per trace.
    public var meanTokens: Double {
        outcomes.isEmpty ? 0 : Double(outcomes.reduce(0) { $0 + $1.tokens }) / Double(outcomes.count)
    }
    /// How many traces ended for which reason.
    public var finishReasons: [FinishReason: Int] {
        outcomes.reduce(into: [:]) { $0[$1.finishReason, default: 0] += 1 }
    }
}

/// Asks a model problems whose answers are known, and compares.
public struct EvaluateJob {
    private let sampling: SampleJob
    private let references: [String]

    /// - Parameters:
    ///   - model: The model.
    ///   - tokenizer: Its tokenizer.
    ///   - format: How it is asked.
    ///   - problems: What it is asked; each with an answer.
    ///   - decoding: How tokens are drawn.
    ///   - options: Everything else.
    /// - Throws: ``TraceGenerationError``, naming file and line of a problem without an answer, or `GenerationError`.
    public init(
        model: any CausalLanguageModel, tokenizer: Tokenizer, format: PromptFormat, problems: TokenizedProblems,
        decoding: DecodingOptions = .greedy, options: EvaluateOptions = EvaluateOptions()
    ) throws {
        references = try problems.problems.map { problem throws(TraceGenerationError) in
            guard let answer = problem.answer else {
                throw TraceGenerationError(
                    .input, at: problem.location, "the record has no \"solution\" or \"answer\" to compare with")
            }
            return answer
        }
        var own = SampleOptions()
        own.seed = options.seed
        own.samplesPerProblem = options.samplesPerProblem
        own.maxNewTokens = options.maxNewTokens
        own.slots = options.slots
        own.stopStrings = options.stopStrings
        own.answerForcing = options.answerForcing
        own.forcesEveryAnswer = options.forcesEveryAnswer
        own.forcedAnswerTokens = options.forcedAnswerTokens
        sampling = try SampleJob(
            model: model, tokenizer: tokenizer, format: format, problems: problems, decoding: decoding, options: own)
    }

    /// Runs to the end.
    ///
    /// - Parameters:
    ///   - shouldStop: Asked before every token; whether to stop.
    ///   - progress: Told now and then.
    /// - Throws: ``TraceGenerationError`` with code `interrupted` when told to stop, and what the model throws.
    public func run(
        shouldStop: @escaping () -> Bool = { false }, progress: (SampleJob.Progress) -> Void = { _ in }
    ) throws -> EvaluationResult {
        let sampler = SequenceSampler(
            model: sampling.model, tokenizer: sampling.tokenizer, slots: sampling.options.slots,
            shouldStop: shouldStop)
        let all = sampling.problems.problems.indices
        var report = SampleJob.Progress(
            sequences: 0, total: all.count * sampling.options.samplesPerProblem, sampledTokens: 0)
        let sequences = try sampling.sequences(of: all, sampler) { result in
            report.sequences += 1
            report.sampledTokens += result.tokens.count
            progress(report)
        }
        let outcomes = sequences.joined().map { sequence in
            let reference = references[sequence.problem]
            let answer = sequence.answer
            return EvaluationResult.Outcome(
                problem: sequence.problem, sample: sequence.sample, trace: sequence.text, answer: answer,
                reference: reference, isRight: FinalAnswer.isRight(answer, reference: reference),
                tokens: sequence.tokens.count, finishReason: sequence.finishReason, isForced: sequence.isForced)
        }
        return EvaluationResult(
            outcomes: outcomes, problems: all.count,
            sampledTokens: sequences.joined().reduce(0) { $0 + $1.drawnCount })
    }
}
