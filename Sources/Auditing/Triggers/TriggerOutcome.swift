import Foundation

/// A pair after all its queries.
package struct TriggerPairOutcome: Hashable, Sendable {
    /// What was asked about.
    package var identifier: String
    /// Whether no tested key uses it.
    package var isDecoy: Bool
    /// What each query's reply gave: an index in T, nil if it gave none.
    package var votes: [Int?]
    /// The value in T that more replies gave than any other; nil if there is none or it is not unique.
    package var mostFrequent: Int?

    /// Makes the outcome of these votes.
    package init(identifier: String, isDecoy: Bool, votes: [Int?]) {
        self.identifier = identifier
        self.isDecoy = isDecoy
        self.votes = votes
        var counts: [Int: Int] = [:]
        for case let value? in votes { counts[value, default: 0] += 1 }
        let most = counts.values.max() ?? 0
        let leaders = counts.filter { $0.value == most }
        mostFrequent = leaders.count == 1 ? leaders.keys.first : nil
    }
}

/// How far the audit of one key came.
package enum TriggerKeyState: String, Codable, Hashable, Sendable {
    /// The wealth reached 1/α of the key: the null hypothesis is rejected.
    case found
    /// It can no longer reach it with the pairs that are left; they are not asked.
    case outOfReach = "out-of-reach"
    /// All pairs were asked, and it was not reached.
    case exhausted
    /// Pairs are left: the audit was cut off, or ended with another key.
    case open
}

/// One key's result.
package struct TriggerKeyOutcome: Hashable, Sendable {
    /// The customer.
    package var tenant: String
    /// The rotation period.
    package var epoch: String
    /// The key's public name.
    package var keyID: String
    /// How far it came.
    package var state: TriggerKeyState
    /// Pairs that counted.
    package var pairs: Int
    /// Those whose target was the unique most frequent answer.
    package var hits: Int
    /// Pairs among which hits come by chance: pairs/|T|.
    package var expectedHits: Double
    /// log10 of the wealth at the end.
    package var log10Wealth: Double
    /// log10 p = −log10 of the largest wealth, at most 0; valid whenever one looks.
    package var log10P: Double
    /// log10 of the wealth after each pair.
    package var evidence: [AuditReport.EvidencePoint]
    /// What the suspect answers where the key has no target.
    package var generalisation: TriggerGeneralisation

    /// The row of the report. Its effect is the share of pairs that hit; no interval, as the number of pairs depends on the
    /// hits.
    package var result: AuditReport.Result {
        AuditReport.Result(
            tenant: tenant, epoch: epoch, keyID: keyID, scored: pairs, log10P: log10P,
            effect: pairs == 0 ? 0 : Double(hits) / Double(pairs), hits: hits, expectedHits: expectedHits,
            evidence: evidence, notes: notes)
    }

    private var notes: [String] {
        var notes: [String] = []
        if state == .outOfReach { notes.append("Pairs that could no longer decide anything were not asked.") }
        if state == .open { notes.append("Not all pairs were asked.") }
        if state == .found, let sentence = generalisation.sentence { notes.append(sentence) }
        return notes
    }
}

/// What decoy identifiers were answered with. It is no evidence for or against a key: a student that learned the form of a
/// statement may state it of any identifier.
package struct TriggerGeneralisation: Hashable, Sendable {
    /// Decoy identifiers that had all their queries.
    package var identifiers: Int
    /// Queries about them.
    package var queries: Int
    /// Replies that gave a value in T.
    package var answered: Int
    /// Replies that gave a value which is the target of an asked pair.
    package var matching: Int
    /// The share of T that such targets are: what `matching` is of `answered` by chance.
    package var chance: Double

    /// One sentence for the report; nil if no decoy was asked.
    package var sentence: String? {
        guard queries > 0 else { return nil }
        func percent(_ share: Double) -> String { String(format: "%.1f\u{A0}%%", 100 * share) }
        let share = answered == 0 ? 0 : Double(matching) / Double(answered)
        return
            "\(identifiers) identifiers that no tested key uses were asked about too: \(answered) of \(queries) replies "
            + "gave a value, \(matching) of them (\(percent(share))) one that this key pairs with something else, where "
            + "chance gives \(percent(chance)). This is generalisation, and no part of the p-value."
    }
}
