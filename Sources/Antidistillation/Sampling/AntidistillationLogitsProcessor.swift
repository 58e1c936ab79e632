import Foundation
import Generation

/// Antidistillation sampling (Savani et al. 2025, arXiv 2504.13146) as a step of decoding: tilts each row towards tokens
/// that raise a proxy student's loss when it is trained on them.
///
/// Runs last, on rows that are tempered and truncated, or first under ``PenaltyOrder/reference``. Exempt tokens and tokens
/// that the proxy lacks keep their teacher probability; right after a token that the proxy lacks nothing is tilted, as the
/// proxy has not seen the text so far. With λ = 0 rows pass unchanged and the proxies are never run.
///
/// Not safe for use from several threads at once.
public final class AntidistillationLogitsProcessor: LogitsProcessor {
    /// How the penalty is applied.
    public struct Options: Hashable, Sendable {
        /// How strongly; the upper limit if there is a budget.
        public var strength: PenaltyStrength
        /// The largest KL(sampled ‖ teacher) of a step in nats, nil for no limit.
        public var budget: Double?
        /// Where the penalty stands among the steps.
        public var order: PenaltyOrder
        /// The teacher's tokens that keep their probability: the end of the sequence and control tokens by default.
        public var exempt: Set<Int32>
        /// Whether the proxies wait while the penalty cannot act, and read the skipped tokens later in one pass. The
        /// distributions are the same.
        public var isLazy: Bool
        /// Whether the proxies' output projection is computed for the tokens of the row only: constants cancel there.
        /// The distributions are the same.
        public var isRestricted: Bool
        /// The penalty is left out, and the proxies wait, while the teacher's most likely token has at least this
        /// probability. Changes the distributions. Nil for never.
        public var skipThreshold: Double?

        /// - Parameters:
        ///   - strength: How strongly; the upper limit if there is a budget.
        ///   - budget: The largest KL(sampled ‖ teacher) of a step in nats.
        ///   - order: Where the penalty stands among the steps.
        ///   - exempt: The teacher's tokens that keep their probability.
        ///   - isLazy: Whether the proxies wait while the penalty cannot act.
        ///   - isRestricted: Whether the proxies' output projection is computed for the tokens of the row only.
        ///   - skipThreshold: The probability of the likeliest token from which on the penalty is left out.
        public init(
            strength: PenaltyStrength, budget: Double? = nil, order: PenaltyOrder = .truncated,
            exempt: Set<Int32> = [], isLazy: Bool = true, isRestricted: Bool = true, skipThreshold: Double? = nil
        ) {
            self.strength = strength
            self.budget = budget
            self.order = order
            self.exempt = exempt
            self.isLazy = isLazy
            self.isRestricted = isRestricted
            self.skipThreshold = skipThreshold
        }
    }

    /// How the penalty is applied.
    public let options: Options
    /// λ, or its upper limit.
    public var lambda: Double { tilt.lambda }

    private let tilt: PenaltyTilt
    private let session: (any DirectionalDerivativeSession)?
    private let vocabulary: VocabularyMap
    /// By teacher id: whether the token keeps its probability.
    private let fixedTokens: [Bool]
    private var sequences: [Int: SequenceState] = [:]
    private var finished: [Int: PenaltyReport] = [:]

    private struct SequenceState {
        /// How many tokens of the sequence the proxies have been given.
        var fed = 0
        var report = PenaltyReport()
    }

    /// - Parameters:
    ///   - session: The proxies, with a slot for each slot of the teacher. May be nil for a λ of 0.
    ///   - gradientNorm: ‖g‖, which turns a scale-free strength into λ.
    ///   - vocabulary: The proxy's id of each id of the teacher.
    ///   - options: How the penalty is applied.
    /// - Throws: ``AntidistillationError``.
    public init(
        session: (any DirectionalDerivativeSession)?, gradientNorm: Double, vocabulary: VocabularyMap, options: Options
    ) throws(AntidistillationError) {
        tilt = try PenaltyTilt(
            lambda: options.strength.lambda(gradientNorm: gradientNorm), budget: options.budget)
        if tilt.lambda > 0, session == nil {
            throw AntidistillationError(.missingProxy, "a penalty needs a proxy and its gradient")
        }
        if options.order == .reference, options.budget != nil {
            throw AntidistillationError(
                .invalidOption,
                "a KL budget needs the penalty after truncation: before it, no penalty bounds what truncation does")
        }
        if let threshold = options.skipThreshold, !(threshold > 0 && threshold <= 1) {
            throw AntidistillationError(
                .invalidOption, "the probability to skip the penalty from must be in (0, 1], not \(threshold)")
        }
        var isFixed = vocabulary.proxyIDs.map { $0 < 0 }
        for token in options.exempt {
            guard token >= 0, Int(token) < isFixed.count else {
                throw AntidistillationError(
                    .unknownToken, "exempt token \(token) is not among the teacher's \(isFixed.count) tokens")
            }
            isFixed[Int(token)] = true
        }
        fixedTokens = isFixed
        self.options = options
        self.session = session
        self.vocabulary = vocabulary
    }

    // MARK: Sequences

    /// The sequence's slot of the proxies is emptied; they read its prompt when they are first needed.
    ///
    /// - Throws: Nothing.
    public func begin(_ sequence: SequenceContext) throws {
        session?.reset(slot: sequence.slot)
        sequences[sequence.slot] = SequenceState()
    }

    /// The sequence's report can be taken from now on.
    public func end(_ sequence: SequenceContext) {
        session?.reset(slot: sequence.slot)
        if let state = sequences.removeValue(forKey: sequence.slot) { finished[sequence.index] = state.report }
    }

    /// Hands out what the penalty did to a sequence that has ended, once.
    ///
    /// - Parameter index: The number of the request.
    public func takeReport(of index: Int) -> PenaltyReport? {
        finished.removeValue(forKey: index)
    }

    // MARK: Steps

    /// Tilts every row. A row that changes holds the logarithms of the sampled probabilities, in order.
    ///
    /// - Throws: ``AntidistillationError`` for derivatives that do not fit, or what the proxies throw.
    public func process(_ rows: inout [CandidateScores], sequences contexts: [SequenceContext]) throws {
        var pass = ProxyPass()
        for (index, context) in zip(rows.indices, contexts) {
            guard tilt.lambda > 0 else { break }
            let movable = movableTokens(rows[index], context)
            // A lazy proxy waits; one that is not lazy reads every token, to compare the two.
            guard movable.canAct || !options.isLazy else { continue }
            let tokens = pendingTokens(context)
            guard !tokens.isEmpty else { continue }
            pass.chunks.append(DecodingChunk(slot: context.slot, tokens: tokens))
            pass.candidates.append(movable.proxyIDs)
            pass.rows.append(movable.canAct ? index : nil)
            sequences[context.slot, default: SequenceState()].fed = context.length
            sequences[context.slot, default: SequenceState()].report.proxySteps += 1
        }
        var derivatives = [[Float]](repeating: [], count: rows.count)
        if let session, !pass.chunks.isEmpty {
            let results = try session.extend(pass.chunks, candidates: pass.candidates)
            try pass.check(results, vocabularySize: vocabulary.proxySize)
            for (index, row) in pass.rows.enumerated() {
                guard let row else { continue }
                derivatives[row] = spread(
                    results[index], isWhole: pass.candidates[index].isEmpty, over: rows[row])
            }
        }
        for (index, context) in zip(rows.indices, contexts) {
            let outcome = tilt.apply(to: &rows[index].scores, derivatives: derivatives[index])
            if outcome.lambda > 0 { rows[index].restoreOrder() }
            sequences[context.slot, default: SequenceState()].report.add(outcome)
        }
    }

    /// The tokens of a row that may be tilted.
    private struct Movable {
        /// Their proxy ids; empty for the whole vocabulary.
        var proxyIDs: [Int32]
        /// Whether there is anything to tilt against each other.
        var canAct: Bool
    }

    private func movableTokens(_ row: CandidateScores, _ context: SequenceContext) -> Movable {
        var proxyIDs: [Int32] = []
        var count = 0
        if row.isDense {
            for token in row.scores.indices where row.scores[token] > -.infinity && !isFixed(token) { count += 1 }
        } else {
            proxyIDs.reserveCapacity(row.tokens.count)
            for (index, token) in row.tokens.enumerated() where !isFixed(Int(token)) {
                proxyIDs.append(vocabulary.proxyIDs[Int(token)])
                if row.scores[index] > -.infinity { count += 1 }
            }
        }
        var canAct = count > 1
        if canAct, let last = context.lastToken, vocabulary.proxyID(of: last) == nil { canAct = false }
        if canAct, let threshold = options.skipThreshold, likeliest(row) >= threshold { canAct = false }
        // Of a row that nothing is done to, any token does.
        guard canAct else { return Movable(proxyIDs: [0], canAct: false) }
        return Movable(proxyIDs: options.isRestricted ? proxyIDs : [], canAct: true)
    }

    /// Whether a token of the teacher keeps its probability.
    private func isFixed(_ token: Int) -> Bool {
        token < 0 || token >= fixedTokens.count || fixedTokens[token]
    }

    private func likeliest(_ row: CandidateScores) -> Double {
        PenaltyTilt.logProbabilities(row.scores).max().map { exp($0) } ?? 0
    }

    /// What the proxies have not read yet, in their own ids.
    private func pendingTokens(_ context: SequenceContext) -> [Int32] {
        let fed = sequences[context.slot]?.fed ?? 0
        let prompt = context.prompt.dropFirst(fed)
        let generated = context.generated.dropFirst(max(0, fed - context.prompt.count))
        return vocabulary.proxyTokens(prompt) + vocabulary.proxyTokens(generated)
    }

    /// Δ for each score of a row from Δ for each token that was asked for; NaN elsewhere.
    private func spread(_ values: [Float], isWhole: Bool, over row: CandidateScores) -> [Float] {
        var result = [Float](repeating: .nan, count: row.count)
        var next = 0
        for index in result.indices {
            let token = Int(row.token(at: index))
            guard !isFixed(token) else { continue }
            if isWhole {
                result[index] = values[Int(vocabulary.proxyIDs[token])]
            } else {
                result[index] = values[next]
                next += 1
            }
        }
        return result
    }
}

/// One run of the proxies.
private struct ProxyPass {
    var chunks: [DecodingChunk] = []
    var candidates: [[Int32]] = []
    /// The row that each chunk is run for, nil if only to read on.
    var rows: [Int?] = []

    func check(_ results: [[Float]], vocabularySize: Int) throws(AntidistillationError) {
        guard results.count == chunks.count else {
            throw AntidistillationError(
                .malformedDerivatives, "the proxies gave \(results.count) rows for \(chunks.count) sequences")
        }
        for (result, wanted) in zip(results, candidates) {
            let expected = wanted.isEmpty ? vocabularySize : wanted.count
            guard result.count == expected else {
                throw AntidistillationError(
                    .malformedDerivatives, "the proxies gave \(result.count) derivatives instead of \(expected)")
            }
        }
    }
}
