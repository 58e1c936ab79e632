import Marks
import Traces

/// What a rewriter is asked to do with one turn.
public struct RewriteRequest: Sendable {
    /// The turn as it came in.
    public var turn: AnalysedTurn
    /// The record's known answer, if it carries one.
    public var solution: String?
    /// Derived from the job's seed and the record's bytes, so that a run can be repeated.
    public var seed: UInt64
    /// 0 for the first candidate; each retry after a rejected candidate counts up and draws differently.
    public var attempt: Int
    /// The trigger planned for this turn; a rewriter may place its statement at a natural spot, otherwise it is
    /// inserted afterwards.
    public var trigger: TriggerPlan?
    /// Called before every request that leaves the machine, so that a ledger can record it first.
    public var willSend: (@Sendable () async throws -> Void)?

    /// Creates a request.
    public init(
        turn: AnalysedTurn, solution: String? = nil, seed: UInt64, attempt: Int = 0, trigger: TriggerPlan? = nil,
        willSend: (@Sendable () async throws -> Void)? = nil
    ) {
        self.turn = turn
        self.solution = solution
        self.seed = seed
        self.attempt = attempt
        self.trigger = trigger
        self.willSend = willSend
    }
}

/// Tokens an endpoint says it used.
public struct TokenUsage: Hashable, Sendable {
    /// Tokens read.
    public var prompt = 0
    /// Tokens written.
    public var completion = 0

    /// No tokens.
    public init(prompt: Int = 0, completion: Int = 0) {
        self.prompt = prompt
        self.completion = completion
    }

    package static func += (left: inout TokenUsage, right: TokenUsage) {
        left.prompt += right.prompt
        left.completion += right.completion
    }
}

/// What a rewriter proposes for one turn, before any gate has seen it.
public struct RewriteCandidate: Sendable {
    /// The new text of each field, in the turn's order.
    public var texts: [String]
    /// The final answer the rewriter itself stated, where it states one (checked against the original's).
    public var statedAnswer: String?
    /// Set when the writer stopped early or declined; the gate rejects such a candidate with this reason.
    public var defect: Rejection?
    /// Places where a choice could be made, for rewriters that count them.
    public var opportunities: Int?
    /// Tokens used.
    public var usage = TokenUsage()
    /// What was exchanged, for rewriters that exchange tokens by a measure.
    public var swaps: SwapMeasures?

    /// Creates a candidate.
    public init(texts: [String], statedAnswer: String? = nil, defect: Rejection? = nil, opportunities: Int? = nil) {
        self.texts = texts
        self.statedAnswer = statedAnswer
        self.defect = defect
        self.opportunities = opportunities
    }
}

/// Why no candidate could be made.
public enum RewriteError: Error, Sendable, CustomStringConvertible {
    /// This request failed for good; the next rewriter in the chain may still succeed.
    case failed(String)
    /// Nothing later can succeed either (dead endpoint, refused credentials): the job stops and can be resumed.
    case unavailable(String)
    /// The task was cancelled.
    case cancelled

    /// A sentence without secrets.
    public var description: String {
        switch self {
        case .failed(let why): why
        case .unavailable(let why): why
        case .cancelled: "cancelled"
        }
    }
}

/// How a rewriter treats the words it leaves: decides which checks the gate adds.
public enum RewriteScope: Sendable {
    /// Leaves every byte as it is.
    case nothing
    /// Exchanges words for words; numerals, formulas and names must come out as they went in.
    case words
    /// Exchanges tokens for tokens; numerals and formulas must come out as they went in.
    case tokens
    /// Writes freely; only the answer and the shape are held.
    case free
}

/// Proposes a new wording of a trace's reasoning. Rewriters are composed in a `RewriterChain`.
public protocol TraceRewriter: Sendable {
    /// The name in the command line, the ledger and reports.
    var name: String { get }
    /// How freely it writes.
    var scope: RewriteScope { get }
    /// Whether it never waits for anything outside this process.
    var isLocal: Bool { get }
    /// Whether a trace takes so long that progress and resumption count single traces.
    var isCostly: Bool { get }
    /// Whether the lexical mark is already in what it returns.
    var carriesLexicalMark: Bool { get }
    /// Whether another attempt can give another candidate.
    var variesByAttempt: Bool { get }
    /// SHA-256 (hex) of the prompt it uses, if any.
    var promptDigest: String? { get }
    /// Proposes one candidate.
    ///
    /// - Throws: ``RewriteError``: `failed` for this trace alone, `unavailable` if no later one can succeed.
    func rewrite(_ request: RewriteRequest) async throws(RewriteError) -> RewriteCandidate
}

extension TraceRewriter {
    /// No prompt by default.
    public var promptDigest: String? { nil }
    /// Cheap by default.
    public var isCostly: Bool { false }
}

/// Leaves the trace as it is, for jobs that only add a trigger.
public struct IdentityRewriter: TraceRewriter {
    /// `none`.
    public let name = "none"
    /// Nothing is touched.
    public let scope = RewriteScope.nothing
    /// Runs in this process.
    public let isLocal = true
    /// No mark.
    public let carriesLexicalMark = false
    /// Every attempt is the same.
    public let variesByAttempt = false

    /// The one identity.
    public init() {}

    /// Returns the texts unchanged.
    ///
    /// - Throws: ``RewriteError``: `failed` for this trace alone, `unavailable` if no later one can succeed.
    public func rewrite(_ request: RewriteRequest) async throws(RewriteError) -> RewriteCandidate {
        RewriteCandidate(texts: request.turn.fields.map(\.text))
    }
}
