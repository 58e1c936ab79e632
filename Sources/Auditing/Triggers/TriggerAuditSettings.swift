import Foundation
import Marks

/// How a suspect is asked for the value of an identifier.
public enum TriggerQueryForm: String, Codable, CaseIterable, Hashable, Sendable {
    /// A question inside an ordinary problem, for endpoints that chat.
    case question
    /// The beginning of a statement, put after an ordinary problem where the solution would start, for models that continue
    /// text.
    case completion
}

/// When a trigger audit ends before its schedule does.
public enum TriggerStop: String, Codable, CaseIterable, Hashable, Sendable {
    /// When every key is decided: found, or out of reach.
    case everyKey = "every-key"
    /// When the first key is found, or every key is decided. Keys that are still open then were not tested to the end.
    case firstKey = "first-key"
}

/// What a plan fixes about a trigger audit before its first query.
package struct TriggerAuditSettings: Codable, Hashable, Sendable {
    /// T.
    package var targets: TriggerTargets
    /// How many pairs the marker gave each key: none of them may serve as a decoy.
    package var pairsOfKey: Int
    /// The first pair that is asked. A later round of the same audit starts where the earlier one ended: what was once asked
    /// is no new evidence.
    package var firstPair: Int
    /// How many pairs of each key are asked, from `firstPair` on.
    package var askedPairs: Int
    /// Queries per pair.
    package var queriesPerPair: Int
    /// How many identifiers that no tested key uses are asked between the others.
    package var decoyPairs: Int
    /// How it is asked.
    package var form: TriggerQueryForm
    /// When it ends early.
    package var stop: TriggerStop
    /// Chooses order, decoys and problems.
    package var seed: UInt64

    enum CodingKeys: String, CodingKey {
        case targets
        case pairsOfKey = "pairs_of_key"
        case firstPair = "first_pair"
        case askedPairs = "asked_pairs"
        case queriesPerPair = "queries_per_pair"
        case decoyPairs = "decoy_pairs"
        case form
        case stop
        case seed
    }

    package init(
        targets: TriggerTargets = .threeDigits, pairsOfKey: Int = 8, firstPair: Int = 0, askedPairs: Int = 8,
        queriesPerPair: Int = 5, decoyPairs: Int = 8, form: TriggerQueryForm = .question, stop: TriggerStop = .everyKey,
        seed: UInt64
    ) {
        self.targets = targets
        self.pairsOfKey = pairsOfKey
        self.firstPair = firstPair
        self.askedPairs = askedPairs
        self.queriesPerPair = queriesPerPair
        self.decoyPairs = decoyPairs
        self.form = form
        self.stop = stop
        self.seed = seed
    }

    func check() throws(TriggerAuditError) {
        func require(_ name: String, _ value: Int, _ allowed: ClosedRange<Int>) throws(TriggerAuditError) {
            guard allowed.contains(value) else {
                throw .invalidSetting(
                    name: name, value: String(value), allowed: "\(allowed.lowerBound) to \(allowed.upperBound)")
            }
        }
        try require("pairs_of_key", pairsOfKey, 1...1000)
        try require("first_pair", firstPair, 0...(pairsOfKey - 1))
        try require("asked_pairs", askedPairs, 1...(pairsOfKey - firstPair))
        try require("queries_per_pair", queriesPerPair, 1...1000)
        try require("decoy_pairs", decoyPairs, 0...10_000)
    }
}

/// Why a trigger audit cannot be planned or followed. No case carries a key or a target.
public enum TriggerAuditError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A setting outside its range.
    case invalidSetting(name: String, value: String, allowed: String)
    /// There are no keys, or no problems to ask in.
    case nothingToAsk(String)
    /// So many identifiers are in use that not enough are left for decoys.
    case tooFewIdentifiers(wanted: Int, left: Int)
    /// A key of another purpose.
    case wrongPurpose(tenant: String, epoch: String, purpose: String)
    /// Another number of replies than there were queries.
    case replyCount(expected: Int, actual: Int)
    /// libcrypto cannot use the key.
    case key(String)

    /// One line for a person.
    public var description: String {
        switch self {
        case .invalidSetting(let name, let value, let allowed):
            "trigger audit: \(name) is \(value); allowed: \(allowed)"
        case .nothingToAsk(let what): "trigger audit: there are no \(what)"
        case .tooFewIdentifiers(let wanted, let left):
            "trigger audit: \(wanted) decoy identifiers are wanted and \(left) are left"
        case .wrongPurpose(let tenant, let epoch, let purpose):
            "trigger audit: the key of tenant \(tenant), epoch \(epoch), is for '\(purpose)', not for 'trigger'"
        case .replyCount(let expected, let actual):
            "trigger audit: \(actual) replies to \(expected) queries"
        case .key(let reason): "trigger audit: \(reason)"
        }
    }
}
