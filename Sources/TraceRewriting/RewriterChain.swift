import Answers
import Marks
import Traces

/// What to do with a trace for which no candidate passed the gate.
public enum FailurePolicy: String, CaseIterable, Sendable {
    /// Release the original, unmarked.
    case passOriginal = "pass-original"
    /// Leave the trace out of the output.
    case withhold
    /// Leave it out and count it as failed, so that `--retry-failed` takes it up again.
    case fail
}

/// A candidate that passed the gate, kept on request.
public struct AcceptedCandidate: Sendable {
    /// The texts of the turn's fields.
    public var texts: [String]
    /// What the choice went by: the keyed selection score unless another was given; 0 without either.
    public var score: Double
    /// Whether this one was released.
    public var isChosen: Bool
}

/// What became of one turn.
public struct TurnOutcome: Sendable {
    /// Where it ended.
    public var state: TraceState
    /// Why, in a word, for every state but a plain rewriting.
    public var reason: String?
    /// The texts to release; nil for withheld and failed.
    public var texts: [String]?
    /// The rewriter that succeeded.
    public var rewriter: String?
    /// Its prompt's digest.
    public var promptDigest: String?
    /// Whether a trigger was placed.
    public var hasTrigger = false
    /// Candidates made, rejected ones included.
    public var candidates = 0
    /// Rejections, in order.
    public var rejections: [Rejection] = []
    /// Tokens used, rejected candidates included.
    public var usage = TokenUsage()
    /// What was exchanged, for rewriters that exchange tokens by a measure.
    public var swaps: SwapMeasures?
    /// What the endpoint said when it failed for good for this trace.
    public var failure: String?
    /// The candidates that passed, when they are kept.
    public var accepted: [AcceptedCandidate] = []
}

/// Rewriters in order of preference, with marks, gate and failure policy: what happens to one turn.
public struct RewriterChain: Sendable {
    /// How the chain tries.
    public struct Configuration: Sendable {
        /// Candidates that must pass the gate before one is chosen, at least 1.
        public var candidates: Int
        /// Attempts per rewriter for each wanted candidate.
        public var attempts: Int
        /// What happens when nothing passes.
        public var policy: FailurePolicy
        /// Whether passing candidates are returned.
        public var keepCandidates: Bool

        /// Creates a configuration.
        public init(
            candidates: Int = 1, attempts: Int = 3, policy: FailurePolicy = .passOriginal, keepCandidates: Bool = false
        ) {
            self.candidates = min(max(candidates, 1), 1 << 20)
            self.attempts = min(max(attempts, 1), 1 << 20)
            self.policy = policy
            self.keepCandidates = keepCandidates
        }
    }

    /// The rewriters, best first.
    public let rewriters: [any TraceRewriter]
    private let marks: TraceMarks
    private let gate: AcceptanceGate
    private let configuration: Configuration
    /// What happens when nothing passes.
    public var policy: FailurePolicy { configuration.policy }
    private let forcing: AnswerForcing?
    private let choice: (any CandidateChoice)?

    /// A chain; `forcing` adds the endpoint's own check of free rewritings, `choice` decides among passing candidates
    /// in place of the keyed selection score.
    public init(
        rewriters: [any TraceRewriter], marks: TraceMarks, gate: AcceptanceGate,
        configuration: Configuration = Configuration(), forcing: AnswerForcing? = nil,
        choice: (any CandidateChoice)? = nil
    ) {
        self.rewriters = rewriters
        self.marks = marks
        self.gate = gate
        self.configuration = configuration
        self.forcing = forcing
        self.choice = choice
    }

    /// Rewrites one turn. Throws only when the job cannot go on.
    ///
    /// - Throws: ``RewriteError`` when the job cannot go on; a candidate that fails is no error.
    public func process(
        _ turn: AnalysedTurn, solution: String?, seed: UInt64, willSend: (@Sendable () async throws -> Void)? = nil
    ) async throws(RewriteError) -> TurnOutcome {
        guard turn.hasReasoning else { return passThrough(turn, "no_reasoning") }
        let kind = turn.textClass
        guard kind == .englishProse else { return passThrough(turn, kind.reason) }
        var outcome = TurnOutcome(state: .rewritten)
        let plan = marks.plan(for: turn)
        var request = RewriteRequest(
            turn: turn, solution: solution, seed: seed, trigger: plan, willSend: willSend)
        var lastFailure: (any TraceRewriter)?
        for rewriter in rewriters {
            var passed: [Passed] = []
            let wanted = rewriter.variesByAttempt ? configuration.candidates : 1
            let limit = rewriter.variesByAttempt ? configuration.attempts * wanted : 1
            request.attempt = 0
            while passed.count < wanted, request.attempt < limit {
                do {
                    let result = try await attempt(rewriter, request, &outcome)
                    if let result { passed.append(result) }
                } catch .failed(let why) {
                    if !rewriter.isLocal { outcome.failure = why }
                    lastFailure = rewriter
                    break
                }
                request.attempt += 1
            }
            if !passed.isEmpty {
                return choose(passed, try await scores(passed), rewriter, plan, outcome)
            }
        }
        return giveUp(turn, outcome, lastFailure)
    }

    private struct Passed {
        var turn: AnalysedTurn
        var hasTrigger: Bool
        var opportunities: Int?
        var swaps: SwapMeasures?
    }

    private func attempt(
        _ rewriter: any TraceRewriter, _ request: RewriteRequest, _ outcome: inout TurnOutcome
    ) async throws(RewriteError) -> Passed? {
        let candidate = try await rewriter.rewrite(request)
        outcome.candidates += 1
        outcome.usage += candidate.usage
        if let defect = candidate.defect {
            outcome.rejections.append(defect)
            return nil
        }
        let worded = marks.applyLexical(
            to: request.turn.replacing(texts: candidate.texts), unlessCarried: rewriter.carriesLexicalMark)
        let isFree = if case .free = rewriter.scope { true } else { false }
        // Numbers of a trigger are no change of the trace's own numbers: words are compared before it is added.
        if !isFree,
            let rejection = gate.wordsRejection(
                of: worded, original: request.turn, scope: rewriter.scope)
        {
            outcome.rejections.append(rejection)
            return nil
        }
        let (marked, placed) = marks.applyTrigger(to: worded, plan: request.trigger)
        let hasTrigger = request.trigger != nil && placed
        if let rejection = gate.rejection(
            of: marked, original: request.turn, scope: isFree ? .free : .nothing, statedAnswer: candidate.statedAnswer)
        {
            outcome.rejections.append(rejection)
            return nil
        }
        if isFree,
            let rejection = gate.numbersRejection(
                of: request.turn.replacing(texts: candidate.texts), original: request.turn, solution: request.solution,
                statement: request.trigger?.statement)
        {
            outcome.rejections.append(rejection)
            return nil
        }
        // A local rewriter cannot do better next time: a trace without a safe place just goes without its trigger.
        if request.trigger != nil, !placed, !rewriter.isLocal {
            outcome.rejections.append(.watermarkMissing)
            return nil
        }
        if isFree, let forcing {
            let forced = try await forcing.check(marked, original: request.turn, request: request, &outcome.usage)
            if !forced {
                outcome.rejections.append(.forcedAnswerDiffers)
                return nil
            }
        }
        return Passed(
            turn: marked, hasTrigger: hasTrigger, opportunities: candidate.opportunities, swaps: candidate.swaps)
    }

    /// What the choice among candidates goes by.
    private func scores(_ passed: [Passed]) async throws(RewriteError) -> [Double] {
        let keyed = passed.map { marks.selectionScore($0.turn) }
        guard let choice, passed.count > 1 else { return keyed }
        do {
            return try await choice.scores(
                of: passed.map(\.turn), keyed: marks.order.contains(.selection) ? keyed : nil)
        } catch .failed {
            return keyed
        }
    }

    private func choose(
        _ passed: [Passed], _ scores: [Double], _ rewriter: any TraceRewriter, _ plan: TriggerPlan?,
        _ outcome: TurnOutcome
    ) -> TurnOutcome {
        var outcome = outcome
        // The first of equals, so that the choice does not depend on anything but the candidates.
        let best = scores.indices.max { scores[$0] < scores[$1] || (scores[$0] == scores[$1] && $0 > $1) } ?? 0
        let chosen = passed[best]
        outcome.texts = chosen.turn.fields.map(\.text)
        outcome.rewriter = rewriter.name
        outcome.promptDigest = rewriter.promptDigest
        outcome.hasTrigger = chosen.hasTrigger
        outcome.swaps = chosen.swaps
        if chosen.opportunities == 0, !chosen.hasTrigger { outcome.reason = "no_opportunity" }
        if marks.order == .trigger, rewriter.scope.isNothing, !chosen.hasTrigger {
            outcome.state = .passedThrough
            outcome.reason = plan == nil ? "not_planned" : "no_safe_place"
        } else if outcome.reason == "no_opportunity" {
            outcome.state = .passedThrough
        } else if plan != nil, !chosen.hasTrigger {
            outcome.reason = "no_safe_place"
        }
        if configuration.keepCandidates {
            outcome.accepted = passed.enumerated().map { index, item in
                AcceptedCandidate(
                    texts: item.turn.fields.map(\.text), score: scores[index], isChosen: index == best)
            }
        }
        return outcome
    }

    private func passThrough(_ turn: AnalysedTurn, _ reason: String) -> TurnOutcome {
        TurnOutcome(state: .passedThrough, reason: reason, texts: turn.fields.map(\.text))
    }

    private func giveUp(
        _ turn: AnalysedTurn, _ outcome: TurnOutcome, _ failed: (any TraceRewriter)?
    ) -> TurnOutcome {
        var outcome = outcome
        let failure = failed.map { $0.isLocal ? "rewriter_failed" : "endpoint_failed" }
        outcome.reason = outcome.rejections.last?.rawValue ?? failure ?? "no_candidate"
        switch configuration.policy {
        case .passOriginal:
            outcome.state = .passedOriginal
            outcome.texts = turn.fields.map(\.text)
        case .withhold: outcome.state = .withheld
        case .fail: outcome.state = .failed
        }
        return outcome
    }
}

extension RewriteScope {
    fileprivate var isNothing: Bool {
        if case .nothing = self { true } else { false }
    }
}

extension TextClass {
    /// The word that stands in ledgers and reports.
    fileprivate var reason: String {
        switch self {
        case .englishProse: "english_prose"
        case .nonEnglish: "non_english"
        case .code: "code"
        case .formula: "formula"
        case .empty: "no_reasoning"
        }
    }
}
