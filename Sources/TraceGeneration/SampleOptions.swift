import Answers
import Antidistillation

/// What a sampling run does besides drawing tokens.
public struct SampleOptions: Hashable, Sendable {
    /// Decides every draw.
    public var seed: UInt64 = 0
    /// Traces per problem; with drafts one of them is released.
    public var samplesPerProblem = 1
    /// The most tokens of a trace.
    public var maxNewTokens = 512
    /// How many sequences are decoded together. Changes no token.
    public var slots = 16
    /// Texts that end a trace; they are cut off.
    public var stopStrings: [String] = []
    /// What is appended to a trace that marks no answer, for the unpenalised teacher to go on greedily; nil for nothing.
    public var answerForcing: String?
    /// Whether it is appended to every trace, also to one that marks an answer.
    public var forcesEveryAnswer = false
    /// The most tokens of a forced answer.
    public var forcedAnswerTokens = 32
    /// How one of several drafts is chosen; nil to release every trace.
    public var drafts: DraftOptions?
    /// Whether traces without the right answer are held back.
    public var keepsOnlyRight = false
    /// Whether Σ Δ of released traces is computed where the choice among drafts does not need it.
    public var scoresTraces = false
    /// Whether released traces come with their token ids.
    public var keepsTokenIDs = false
    /// Whether every draft with the right answer is kept beside the released traces; with ``drafts`` only.
    public var keepsCandidates = false

    /// The defaults.
    public init() {}

    /// - Throws: ``TraceGenerationError`` with code `options`.
    func validate(hasScorer: Bool, hasMarkScore: Bool) throws(TraceGenerationError) {
        func require(_ condition: Bool, _ message: String) throws(TraceGenerationError) {
            if !condition { throw TraceGenerationError(.options, message) }
        }
        try require(samplesPerProblem > 0, "the number of samples or drafts per problem must be positive")
        try require(maxNewTokens > 0, "the number of new tokens must be positive")
        try require(forcedAnswerTokens > 0, "the number of tokens of a forced answer must be positive")
        try require(slots > 0, "the batch size must be positive")
        try require(!stopStrings.contains(""), "a stop string must not be empty")
        try require(answerForcing != "", "the answer-forcing string must not be empty")
        try require(hasScorer || !scoresTraces, "derivatives of traces need a proxy and its gradient")
        try require(
            drafts != nil || !keepsCandidates, "candidates are kept only where one of several drafts is released")
        guard let drafts else { return }
        try require(hasScorer || !drafts.rule.needsDerivatives, "this selection needs a proxy and its gradient")
        try require(hasMarkScore || !drafts.rule.needsMarkScore, "this selection needs a key")
        try require(
            drafts.poisonWeight.isFinite && drafts.markWeight.isFinite && drafts.poisonWeight >= 0
                && drafts.markWeight >= 0,
            "the weights of a selection must be numbers from 0 on")
    }
}

/// How one of several drafts of a trace is chosen.
public struct DraftOptions: Hashable, Sendable {
    /// What is maximised; see `DraftSelection`.
    public enum Rule: String, Codable, Hashable, Sendable, CaseIterable {
        /// Σ Δ.
        case poison
        /// Nothing: any draft.
        case random
        /// Fewness of tokens.
        case shortest
        /// The keyed selection score.
        case marked
        /// A weighted sum of Σ Δ and the keyed score.
        case both

        /// Whether it needs a proxy and its gradient.
        public var needsDerivatives: Bool { self == .poison || self == .both }
        /// Whether it needs a key.
        public var needsMarkScore: Bool { self == .marked || self == .both }
    }

    /// What stands for the right answer where the problem comes without one.
    public enum Reference: String, Codable, Hashable, Sendable, CaseIterable {
        /// The most frequent answer of the drafts.
        case majority
        /// The answer of the unpenalised teacher's greedy trace.
        case greedy
    }

    /// What becomes of a problem none of whose drafts has the right answer.
    public enum EmptyPolicy: String, Codable, Hashable, Sendable, CaseIterable {
        /// No trace is released.
        case drop
        /// The rule chooses among all drafts.
        case keepBest = "keep-best"
    }

    /// What is maximised.
    public var rule: Rule
    /// What stands for the right answer where the problem comes without one.
    public var reference = Reference.majority
    /// What becomes of a problem without a right draft.
    public var onEmpty = EmptyPolicy.drop
    /// The weight of Σ Δ in `both`.
    public var poisonWeight = 1.0
    /// The weight of the keyed score in `both`.
    public var markWeight = 1.0

    /// - Parameter rule: What is maximised.
    public init(_ rule: Rule) {
        self.rule = rule
    }

    func selection(seed: UInt64) -> DraftSelection {
        switch rule {
        case .poison: .poison
        case .random: .random(seed: seed)
        case .shortest: .shortest
        case .marked: .marked
        case .both: .both(poisonWeight: poisonWeight, markWeight: markWeight)
        }
    }
}
