import KeyedPRF
import TextWatermarking
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
    private let triggers: WorkerPool<TriggerMarker>?
    private let scorers: WorkerPool<SelectionScorer>?
    private let triggerScheme = TriggerScheme()

    /// Marks with the subkeys of one tenant and epoch; only the ordered ones need a key.
    public init(
        order: Order, lexicalScheme: LexicalScheme, triggerShare: Double,
        subkey: (KeyPurpose) throws(KeyedPRFError) -> Subkey
    ) throws(KeyedPRFError) {
        self.order = order
        lexical = order.contains(.lexical) ? try LexicalRewriter(scheme: lexicalScheme, key: subkey(.lexical)) : nil
        if order.contains(.trigger) {
            let key = try subkey(.trigger)
            let scheme = triggerScheme
            triggers = try WorkerPool { () throws(KeyedPRFError) in
                try TriggerMarker(scheme: scheme, key: key, share: triggerShare)
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

    /// Whether the keyed share falls on this turn. Depends on the original text only.
    package func isTriggerPlanned(_ turn: AnalysedTurn) -> Bool {
        triggers?.withWorker { $0.isPlanned(problem: turn.problem, trace: turn.text) } ?? false
    }

    /// The statement planned for this turn, for rewriters that place it themselves.
    package func statement(for turn: AnalysedTurn) -> String? {
        guard isTriggerPlanned(turn) else { return nil }
        return triggers?.withWorker { $0.statement(problem: turn.problem, trace: turn.text) }
    }

    /// Whether a pair of this key stands in the reasoning.
    package func carriesTrigger(_ turn: AnalysedTurn) -> Bool {
        triggers?.withWorker { marker in
            turn.fields.contains { marker.containsPair($0.text, reasoning: $0.reasoning) }
        } ?? false
    }

    /// Adds the ordered marks. `original` decides the plan; `rewriter` says what the candidate already carries.
    /// - Returns: the marked turn, and false when a planned trigger found no safe place.
    package func apply(
        to candidate: AnalysedTurn, original: AnalysedTurn, carriesLexical: Bool
    ) -> (turn: AnalysedTurn, triggerPlaced: Bool) {
        var turn = candidate
        if let lexical, !carriesLexical {
            turn = turn.replacing(texts: lexical.apply(to: turn).texts)
        }
        guard isTriggerPlanned(original), let triggers else { return (turn, true) }
        if carriesTrigger(turn) { return (turn, true) }
        let planText = original.text
        for (index, field) in turn.fields.enumerated() where !field.reasoning.isEmpty {
            let marked = triggers.withWorker {
                $0.mark(
                    field.text, reasoning: field.reasoning, protected: field.protected, problem: original.problem,
                    originalTrace: planText)
            }
            guard let marked else { continue }
            var texts = turn.fields.map(\.text)
            texts[index] = marked.text
            return (turn.replacing(texts: texts), true)
        }
        return (turn, false)
    }

    /// The keyed selection score of a turn: (hits − n/2)/√n.
    package func selectionScore(_ turn: AnalysedTurn) -> Double {
        scorers?.withWorker { scorer in
            turn.fields.reduce(0) { $0 + scorer.score($1.text, reasoning: $1.reasoning) }
        } ?? 0
    }
}

extension AnalysedTurn {
    /// The turn with new texts; fields that did not change keep their analysis.
    package func replacing(texts: [String]) -> AnalysedTurn {
        AnalysedTurn(
            problem: problem,
            fields: zip(fields, texts).map { field, text in field.text == text ? field : field.with(text: text) })
    }
}
