import Marks

/// Collects what a suspect wrote, or would write, into weights of (context, token) tuples (<doc:AuditTests>).
///
/// With n_c positions of context c that count, o the indicator of the token that was written or the suspect's
/// probability, and p_ref the reference's probability:
///
/// | rule | weight of (c, v) |
/// |---|---|
/// | `observedMinusReference` | Σ [o(v) − p_ref(v)]/√n_c |
/// | `mass` | Σ o(v) |
/// | `massMinusReference` | Σ [o(v) − p_ref(v)]/√n_c |
///
/// Nothing here knows a key, so that every key is tested with the same weights. That makes tests exact for texts no key
/// had a part in; on documents that a tested key has marked they are approximate.
///
/// Distributions count with their `cut` likeliest tokens; any other token has probability 0. Not `Sendable`.
package final class TupleWeights {
    /// What is weighed, and which positions count.
    package enum Rule: Hashable, Sendable, CaseIterable {
        /// What the suspect wrote, against the reference. Contexts that occur in the document's prompt do not count.
        case observedMinusReference
        /// The suspect's probabilities. A position counts if its context has not occurred before in what was read:
        /// prompt, then completion.
        case mass
        /// The suspect's probabilities against the reference; positions as for `mass`.
        case massMinusReference

        fileprivate var takesReference: Bool { self != .mass }
    }

    private struct Row {
        let context: [Int32]
        var positions = 0
        var sums: [Int32: Double] = [:]
    }

    /// How many tokens of a distribution count.
    package static let cut = 64

    /// Positions that have counted.
    package private(set) var positions = 0

    private let width: Int
    private let padsContexts: Bool
    private let rule: Rule
    private var rows: [Row] = []
    /// The row of a context.
    private var places: [[Int32]: Int] = [:]

    /// - Parameters:
    ///   - configuration: Says how long contexts are, and whether those at a text's beginning are filled up with −1.
    ///   - rule: What is weighed.
    package init(_ configuration: TokenTestConfiguration, rule: Rule) {
        width = configuration.width
        padsContexts = configuration.mark.counting.padsContexts
        self.rule = rule
    }

    /// Adds a document. Contexts lie within what was written; for native schemes positions with fewer than `width` tokens
    /// before them do not count, and neither does a position for which a row that the rule needs is missing or empty.
    ///
    /// - Parameters:
    ///   - document: What was written and, as the prompt, what was asked.
    ///   - observed: The suspect's distribution for every token of the document; nil for what was written itself.
    ///   - reference: The reference's distributions likewise; unused by the rule `mass`.
    package func add(_ document: TokenDocument, observed: [TopTokens]? = nil, reference: [TopTokens]? = nil) {
        let offset = padsContexts ? width : 0
        let text = Array(repeating: Int32(-1), count: offset) + document.tokens
        var excluded = Self.contexts(of: document.prompt, width: width)
        // The last tokens before the previous position, across the border between prompt and completion.
        var window = Array(document.prompt.suffix(width))
        for position in document.tokens.indices {
            if rule != .observedMinusReference, position > 0 {
                if window.count == width { excluded.insert(window) }
                window.append(document.tokens[position - 1])
                if window.count > width { window.removeFirst() }
            }
            let end = position + offset
            guard end >= width else { continue }
            let context = Array(text[end - width..<end])
            guard !excluded.contains(context) else { continue }
            guard let seen = observed == nil ? TopTokens() : Self.row(observed, position) else { continue }
            guard let known = rule.takesReference ? Self.row(reference, position) : TopTokens() else { continue }
            count(context, token: document.tokens[position], observed: seen, reference: known)
        }
    }

    /// The row of a position, nil where there is none or an empty one.
    private static func row(_ rows: [TopTokens]?, _ position: Int) -> TopTokens? {
        guard let rows, position < rows.count, !rows[position].tokens.isEmpty else { return nil }
        return rows[position]
    }

    private static func contexts(of tokens: [Int32], width: Int) -> Set<[Int32]> {
        guard tokens.count >= width else { return [] }
        return Set((0...tokens.count - width).map { Array(tokens[$0..<$0 + width]) })
    }

    private func count(_ context: [Int32], token: Int32, observed: TopTokens, reference: TopTokens) {
        let place = places[context] ?? rows.count
        if place == rows.count {
            places[context] = place
            rows.append(Row(context: context))
        }
        positions += 1
        rows[place].positions += 1
        if observed.tokens.isEmpty {
            rows[place].sums[token, default: 0] += 1
        } else {
            Self.add(observed, factor: 1, to: &rows[place].sums)
        }
        if rule.takesReference { Self.add(reference, factor: -1, to: &rows[place].sums) }
    }

    private static func add(_ row: TopTokens, factor: Double, to sums: inout [Int32: Double]) {
        for (token, probability) in zip(row.tokens, row.probabilities).prefix(cut)
        where probability > 0 && probability.isFinite {
            sums[token, default: 0] += factor * Double(probability)
        }
    }

    /// The weights of everything added so far, in the order of contexts and tokens: equal for equal documents in any run.
    package func tuples() -> WeightedTuples {
        var result = WeightedTuples(width: width, positions: positions, distinctContexts: rows.count)
        for row in rows.sorted(by: { $0.context.lexicographicallyPrecedes($1.context) }) {
            let scale = rule.takesReference ? 1 / Double(row.positions).squareRoot() : 1
            for (token, sum) in row.sums.sorted(by: { $0.key < $1.key }) where sum != 0 {
                result.contexts.append(contentsOf: row.context)
                result.tokens.append(token)
                result.weights.append(sum * scale)
            }
        }
        return result
    }
}
