import Foundation
import KeyedPRF
import Marks
import Statistics

/// A trigger audit under way: what to ask next, and what the replies mean.
///
/// For one key: when a pair has had its queries, the value that most replies gave is compared with the pair's target. If the
/// suspect knows nothing of the key, the target is uniform in T whatever the queries and replies are, since both depend on
/// identifiers and problems alone; so a *unique* most frequent value is the target with probability 1/|T|, and
/// e = 0.1 + 0.9·|T|·hit has expectation at most 1. Targets of distinct identifiers are independent, hence the product over
/// completed pairs is a test martingale and 1 / its maximum a p-value at whatever pair one stops (Ville). Queries of one pair
/// share one target and count once.
///
/// A key ends at 1/`level`. `level` is α of the audit divided by the size of the whole family (Bonferroni), which is at most
/// what Holm's correction asks of any key: a key found here is found after Holm. It also ends when the pairs that are left
/// could not bring it there any more.
package struct TriggerAudit: Sendable {
    /// What may be asked.
    package let schedule: TriggerSchedule
    /// Pairs that are complete, decoys among them, in the order of the schedule.
    package private(set) var pairs: [TriggerPairOutcome] = []
    /// Queries that were answered so far.
    package private(set) var queries = 0

    private var keys: [KeyProgress]
    private let logThreshold: Double
    private var nextBlock = 0
    /// The queries to ask now, in order; empty when the audit is over. They do not depend on how the earlier ones were spread
    /// over time or connections, so that evidence can be replayed.
    package private(set) var pending: [TriggerQuery] = []

    private struct KeyProgress: Sendable {
        let identity: KeyIdentity
        let keyID: String
        /// Target by identifier, of the pairs that are asked.
        let targets: [String: Int]
        var process: BettingEProcess
        var hits = 0
        var evidence: [AuditReport.EvidencePoint] = []
        var isFutile = false

        var isDecided: Bool { process.isRejected || isFutile }
        var left: Int { targets.count - process.steps }
    }

    /// Starts an audit.
    ///
    /// - Parameters:
    ///   - schedule: The schedule made from the same keys.
    ///   - keys: The tested keys.
    ///   - level: What one key may spend: α of the audit over the size of the family.
    ///   - previous: For a later round with new pairs: ln of the wealth that each key ended with, as many as keys. Multiplying
    ///     on replaces spending a part of α for this test. Empty for a first round.
    package init(
        schedule: TriggerSchedule, keys: [Subkey], level: Double, continuing previous: [Double] = []
    ) throws(TriggerAuditError) {
        guard level > 0, level < 1 else {
            throw .invalidSetting(name: "level", value: "\(level)", allowed: "above 0 and below 1")
        }
        guard previous.isEmpty || previous.count == keys.count else {
            throw .invalidSetting(
                name: "earlier evidence", value: "\(previous.count) keys", allowed: "\(keys.count) keys")
        }
        let settings = schedule.settings
        let asked = settings.firstPair..<settings.firstPair + settings.askedPairs
        var progress: [KeyProgress] = []
        for (index, key) in keys.enumerated() {
            var targets: [String: Int] = [:]
            for pair in try settings.pairs(of: key)[asked] { targets[pair.identifier] = pair.targetIndex }
            progress.append(
                KeyProgress(
                    identity: key.identity, keyID: key.keyID, targets: targets,
                    process: BettingEProcess(alpha: level, continuingFrom: previous.isEmpty ? 0 : previous[index])))
        }
        self.schedule = schedule
        self.keys = progress
        logThreshold = -log(level)
        for index in self.keys.indices { judge(index) }
        advance()
    }

    /// Takes the replies to `pending`, in its order, and moves on. A refusal or an error that was given up on is an empty
    /// reply.
    package mutating func add(_ replies: [String]) throws(TriggerAuditError) {
        guard replies.count == pending.count else {
            throw .replyCount(expected: pending.count, actual: replies.count)
        }
        var order: [String] = []
        var votes: [String: (isDecoy: Bool, votes: [Int?])] = [:]
        for (query, reply) in zip(pending, replies) {
            let vote = TriggerReply.value(
                of: query.identifier, in: reply, after: query.beginning ?? "", targets: schedule.settings.targets)
            if votes[query.identifier] == nil { order.append(query.identifier) }
            votes[query.identifier, default: (query.isDecoy, [])].votes.append(vote)
        }
        queries += replies.count
        for identifier in order {
            guard let pair = votes[identifier] else { continue }
            complete(TriggerPairOutcome(identifier: identifier, isDecoy: pair.isDecoy, votes: pair.votes))
        }
        nextBlock += 1
        advance()
    }

    /// The results so far, in the order of the keys.
    package var outcomes: [TriggerKeyOutcome] {
        keys.map { key in
            TriggerKeyOutcome(
                tenant: key.identity.tenant, epoch: key.identity.epoch, keyID: key.keyID, state: state(of: key),
                pairs: key.process.steps, hits: key.hits,
                expectedHits: Double(key.process.steps) / Double(schedule.settings.targets.count),
                log10Wealth: LogSpace.log10(fromNatural: key.process.logWealth),
                log10P: LogSpace.log10(fromNatural: key.process.logPValue), evidence: key.evidence,
                generalisation: generalisation(to: Set(key.targets.values)))
        }
    }

    /// Decoys answered with the target of any asked pair of any key. With many keys such targets fill much of T.
    package var generalisation: TriggerGeneralisation {
        generalisation(to: Set(keys.lazy.flatMap(\.targets.values)))
    }

    private func generalisation(to targets: Set<Int>) -> TriggerGeneralisation {
        let decoys = pairs.filter(\.isDecoy)
        let votes = decoys.flatMap(\.votes)
        let given = votes.compactMap { $0 }
        return TriggerGeneralisation(
            identifiers: decoys.count, queries: votes.count, answered: given.count,
            matching: given.count(where: targets.contains),
            chance: Double(targets.count) / Double(schedule.settings.targets.count))
    }

    private func state(of key: KeyProgress) -> TriggerKeyState {
        if key.process.isRejected { return .found }
        if key.left == 0 { return .exhausted }
        return key.isFutile ? .outOfReach : .open
    }

    private mutating func complete(_ pair: TriggerPairOutcome) {
        pairs.append(pair)
        guard !pair.isDecoy else { return }
        for index in keys.indices {
            guard let target = keys[index].targets[pair.identifier], !keys[index].isDecided else { continue }
            let isHit = pair.mostFrequent == target
            keys[index].process.addPair(hit: isHit, targets: schedule.settings.targets.count)
            if isHit { keys[index].hits += 1 }
            let process = keys[index].process
            keys[index].evidence.append(
                AuditReport.EvidencePoint(
                    count: process.steps, log10Evidence: LogSpace.log10(fromNatural: process.logWealth)))
            judge(index)
        }
    }

    /// Whether the best that can still come is too little.
    private mutating func judge(_ index: Int) {
        let process = keys[index].process
        let best = log(BettingEProcess.pairEValue(hit: true, targets: schedule.settings.targets.count))
        keys[index].isFutile =
            !process.isRejected && process.logWealth + Double(keys[index].left) * best < logThreshold
    }

    /// Finds the next block with something to ask for a key that is not decided.
    private mutating func advance() {
        pending = []
        let isOver =
            keys.allSatisfy(\.isDecided)
            || (schedule.settings.stop == .firstKey && keys.contains { $0.process.isRejected })
        guard !isOver else { return }
        var wanted: Set<String> = []
        for key in keys where !key.isDecided { wanted.formUnion(key.targets.keys) }
        while nextBlock < schedule.blocks.count {
            let block = schedule.blocks[nextBlock]
            if block.contains(where: { wanted.contains($0.identifier) }) {
                pending = block.filter { $0.isDecoy || wanted.contains($0.identifier) }
                return
            }
            nextBlock += 1
        }
    }
}
