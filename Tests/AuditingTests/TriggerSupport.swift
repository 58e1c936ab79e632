import KeyedPRF
import Marks
import TestSupport

@testable import Auditing

/// A subkey from a seed, for tests only.
func auditKey(_ purpose: KeyPurpose, seed: UInt64, tenant: String = "acme") throws -> Subkey {
    var generator = SplitMix64(seed: seed)
    let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return try Subkey(
        identity: KeyIdentity(purpose: purpose, tenant: tenant, epoch: "1"), secret: SecretBytes(copying: bytes))
}

/// Problems with three-digit numbers of their own, for suspects that copy.
let auditProblems = (0..<12).map {
    "A farm has \(110 + 37 * $0) hens and buys \(120 + 53 * $0) more. How many are there?"
}

/// A suspect that replies to trigger queries.
struct TriggerSuspect {
    enum Habit: CaseIterable {
        /// The same value whatever is asked.
        case always
        /// One of three favourite values.
        case favourites
        /// The first number of the prompt.
        case copies
        /// A value of its own for every identifier.
        case perIdentifier
        /// A random value for every query.
        case random
        /// No value.
        case silent
    }

    var habit: Habit
    /// Pairs it has learned, the share of replies that give them, and what it says of identifiers it does not know.
    var learned: [String: String] = [:]
    var recall = 1.0
    var generator: SplitMix64
    private let salt: UInt64

    init(habit: Habit, learned: [TriggerPair] = [], recall: Double = 1, seed: UInt64) {
        self.habit = habit
        for pair in learned { self.learned[pair.identifier] = pair.target }
        self.recall = recall
        generator = SplitMix64(seed: seed)
        salt = generator.next()
    }

    mutating func reply(to query: TriggerQuery) -> String {
        if let target = learned[query.identifier], Double.random(in: 0..<1, using: &generator) < recall {
            return query.beginning == nil ? "The value is \(target)." : " \(target)."
        }
        switch habit {
        case .always: return "\(100 + salt % 900)"
        case .favourites: return "\(100 + (salt >> (16 * (generator.next() % 3))) % 900)"
        case .copies:
            let digits = query.prompt.split { !$0.isNumber }.first { $0.count == 3 }
            return digits.map { String($0) } ?? ""
        case .perIdentifier:
            let hash = query.identifier.utf8.reduce(salt) { ($0 ^ UInt64($1)) &* 0x9E37_79B9_7F4A_7C15 }
            return "\(100 + (hash >> 32) % 900)"
        case .random: return "\(100 + generator.next() % 900)"
        case .silent: return "I cannot say."
        }
    }

    /// Asks until the audit is over.
    mutating func answer(_ audit: inout TriggerAudit) throws {
        while !audit.pending.isEmpty {
            try audit.add(audit.pending.map { reply(to: $0) })
        }
    }
}
