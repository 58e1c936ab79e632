import Answers
import KeyedPRF
import Marks
import Traces

/// The marks a job orders, applied to every candidate before the gate sees it.
public struct TraceMarks: Sendable {
    /// Which marks are ordered.
    public struct Order: OptionSet, Sendable {
        /// The bit set.
        public let rawValue: Int

        /// Creates an order from its bits.
        public init(rawValue: Int) {
            self.rawValue = rawValue
        }

        /// The keyed lexicon.
        public static let lexical = Order(rawValue: 1)
        /// Trigger/target pairs in a keyed share of traces.
        public static let trigger = Order(rawValue: 2)
        /// The keyed choice among candidates.
        public static let selection = Order(rawValue: 4)
    }

    /// What was ordered.
    public let order: Order
    private let lexical: LexicalRewriter?
    private let triggers: WorkerPool<TriggerWorker>?
    private let scorers: WorkerPool<SelectionScorer>?
    private let triggerScheme: TriggerScheme

    /// Marks with the subkeys of one tenant and epoch; only the ordered ones need a key.
    ///
    /// - Parameters:
    ///   - order: Which marks.
    ///   - lexicalScheme: How the lexical one is placed.
    ///   - triggerShare: The share of traces that carry a trigger, 0 to 1.
    ///   - triggerPairs: How many pairs of the key these traces share, 1 to 1,000: the fewer, the oftener each is told.
    ///   - subkey: Gives the key of a purpose.
    /// - Throws: `KeyedPRFError`; what `subkey` throws.
    public init(
        order: Order, lexicalScheme: LexicalScheme, triggerShare: Double, triggerPairs: Int = 8,
        subkey: (KeyPurpose) throws(KeyedPRFError) -> Subkey
    ) throws(KeyedPRFError) {
        self.order = order
        triggerScheme = TriggerScheme(pairCount: triggerPairs)
        lexical = order.contains(.lexical) ? try LexicalRewriter(scheme: lexicalScheme, key: subkey(.lexical)) : nil
        if order.contains(.trigger) {
            let key = try subkey(.trigger)
            let scheme = triggerScheme
            triggers = try WorkerPool { () throws(KeyedPRFError) in
                try TriggerWorker(scheme: scheme, key: key, share: triggerShare)
            }
        } else {
            triggers = nil
        }
        if order.contains(.selection) {
            let key = try subkey(.selection)
            scorers = try WorkerPool { () throws(KeyedPRFError) in
                try SelectionScorer(scheme: SelectionScheme(), key: key)
            }
        } else {
            scorers = nil
        }
    }

    /// What the key planned for this turn. Depends on the original text only.
    package func plan(for turn: AnalysedTurn) -> TriggerPlan? {
        triggers?.withWorker { $0.marker.plan(problem: turn.problem, trace: turn.text) }
    }

    /// Whether a pair of this key stands in the reasoning, by the detector's own test.
    package func carriesTrigger(_ turn: AnalysedTurn) -> Bool {
        triggers?.withWorker { worker in turn.fields.contains { worker.hasHit(in: $0, scheme: triggerScheme) } }
            ?? false
    }

    /// The turn with the lexical mark, if it is ordered and the rewriter has not placed it already.
    package func applyLexical(to turn: AnalysedTurn, unlessCarried carried: Bool) -> AnalysedTurn {
        guard let lexical, !carried else { return turn }
        return turn.replacing(texts: lexical.apply(to: turn).texts)
    }

    /// Adds the planned trigger unless one stands in the turn already.
    /// - Parameter plan: what `plan(for:)` said about the original.
    /// - Returns: the turn, and false when a planned trigger found no safe place.
    package func applyTrigger(
        to turn: AnalysedTurn, plan: TriggerPlan?
    ) -> (turn: AnalysedTurn, triggerPlaced: Bool) {
        guard let plan, let triggers else { return (turn, true) }
        if carriesTrigger(turn) { return (turn, true) }
        for (index, field) in turn.fields.enumerated() where !field.reasoning.isEmpty {
            let marked = triggers.withWorker {
                $0.marker.mark(
                    field.text, reasoning: field.reasoning, protected: field.protected,
                    answer: turn.answerRange(inField: index), plan: plan)
            }
            guard let marked else { continue }
            var texts = turn.fields.map(\.text)
            texts[index] = marked.text
            return (renewingLexicalMark(of: turn.replacing(texts: texts)), true)
        }
        return (turn, false)
    }

    /// A new sentence changes the contexts of the words after it, and has words of its own to choose.
    private func renewingLexicalMark(of turn: AnalysedTurn) -> AnalysedTurn {
        let renewed = applyLexical(to: turn, unlessCarried: false)
        return carriesTrigger(renewed) ? renewed : turn
    }

    /// The keyed selection score of a turn: (hits − n/2)/√n.
    package func selectionScore(_ turn: AnalysedTurn) -> Double {
        scorers?.withWorker { scorer in
            turn.fields.reduce(0) { $0 + scorer.score($1.text, reasoning: $1.reasoning) }
        } ?? 0
    }
}

/// The trigger channel's objects that serve one worker at a time.
private struct TriggerWorker {
    let marker: TriggerMarker
    let authenticator: HMACSHA256

    init(scheme: TriggerScheme, key: Subkey, share: Double) throws(KeyedPRFError) {
        marker = try TriggerMarker(scheme: scheme, key: key, share: share)
        authenticator = try HMACSHA256(key: key.secret)
    }

    func hasHit(in field: AnalysedField, scheme: TriggerScheme) -> Bool {
        var found = false
        scheme.forEachObservation(in: field.text, reasoning: field.reasoning) { place in
            let digest = authenticator.authenticate(place.message)
            found = found || digest.uniform(below: UInt64(place.alternatives)) == UInt64(place.observed)
        }
        return found
    }
}

extension AnalysedTurn {
    /// Where the final answer stands in a field, marker included. For reasoning whose answer stands in a later field of
    /// the turn, the end of the field; nil when the turn has no answer.
    fileprivate func answerRange(inField index: Int) -> Range<Int>? {
        let field = fields[index]
        if case .reasoning = field.role,
            fields[(index + 1)...].contains(where: { AnswerExtractor.extract(from: $0.text) != nil })
        {
            return field.text.utf8.count..<field.text.utf8.count
        }
        return AnswerExtractor.extract(from: field.text)?.markerRange
    }

    /// The turn with new texts; fields that did not change keep their analysis.
    package func replacing(texts: [String]) -> AnalysedTurn {
        AnalysedTurn(
            problem: problem,
            fields: zip(fields, texts).map { field, text in field.text == text ? field : field.with(text: text) })
    }
}
