import Foundation
import KeyedPRF
import Marks

/// One question of a trigger audit.
package struct TriggerQuery: Hashable, Sendable {
    /// Its place in the schedule, from 0.
    package var number: Int
    /// What is asked about.
    package var identifier: String
    /// Whether no tested key uses the identifier.
    package var isDecoy: Bool
    /// Which query of its pair it is, from 0.
    package var repetition: Int
    /// The problem it is asked in, as an index into the plan's problems.
    package var problem: Int
    /// What is sent as the question.
    package var prompt: String
    /// The beginning of the answer that the suspect continues; nil for a question.
    package var beginning: String?
}

/// Everything a trigger audit may ask, in the order in which it is asked.
///
/// Round r holds pair `firstPair` + r of every key, decoys between them; within a round the order is that of SHA-256 digests
/// under the plan's seed. Eight identifiers at a time are asked in turn, one query each, until each has had its queries: such
/// a *block* is asked as a whole, and pairs complete together at its end, whatever the number of parallel requests. An
/// identifier that two keys happen to share is asked once and counts for both, with each key's own target.
///
/// Nothing in it depends on a target, so that it may be committed to, logged and shown to the suspect.
package struct TriggerSchedule: Hashable, Sendable {
    /// Identifiers of one block.
    package static let blockSize = 8

    /// What it was made from.
    package let settings: TriggerAuditSettings
    /// The queries, block by block.
    package let blocks: [[TriggerQuery]]
    /// SHA-256 of all queries in order; a plan holds it.
    package let digest: Digest256

    /// The number of queries if nothing ends it early.
    package var queryCount: Int { blocks.reduce(0) { $0 + $1.count } }

    /// - Parameters:
    ///   - settings: The plan's settings.
    ///   - keys: The tested keys, all with the purpose `trigger`.
    ///   - problems: Ordinary problems to ask in; they must not contain marked text.
    package init(
        settings: TriggerAuditSettings, keys: [Subkey], problems: [String]
    ) throws(TriggerAuditError) {
        try settings.check()
        guard !keys.isEmpty else { throw .nothingToAsk("keys") }
        guard !problems.isEmpty else { throw .nothingToAsk("problems") }
        var pairs: [[TriggerPair]] = []
        for key in keys { pairs.append(try settings.pairs(of: key)) }
        let order = ScheduleOrder(seed: settings.seed)
        let decoys = try Self.decoys(settings: settings, used: Set(pairs.joined().map(\.identifier)), order: order)
        var asked: Set<String> = []
        var blocks: [[TriggerQuery]] = []
        var number = 0
        for round in 0..<settings.askedPairs {
            var units: [(identifier: String, isDecoy: Bool)] = []
            for list in pairs {
                let identifier = list[settings.firstPair + round].identifier
                if asked.insert(identifier).inserted { units.append((identifier, false)) }
            }
            let share = round * decoys.count / settings.askedPairs..<(round + 1) * decoys.count / settings.askedPairs
            units += decoys[share].map { (identifier: $0, isDecoy: true) }
            units.sort { order.precedes($0.identifier, $1.identifier, "round", round) }
            for start in stride(from: 0, to: units.count, by: Self.blockSize) {
                let chunk = units[start..<min(start + Self.blockSize, units.count)]
                var block: [TriggerQuery] = []
                for repetition in 0..<settings.queriesPerPair {
                    let turn = chunk.sorted { order.precedes($0.identifier, $1.identifier, "turn", repetition) }
                    for unit in turn {
                        block.append(
                            order.query(
                                number: number, unit.identifier, isDecoy: unit.isDecoy, repetition: repetition,
                                form: settings.form, problems: problems))
                        number += 1
                    }
                }
                blocks.append(block)
            }
        }
        self.settings = settings
        self.blocks = blocks
        digest = Self.digest(of: blocks)
    }

    /// Identifiers that no tested key uses.
    private static func decoys(
        settings: TriggerAuditSettings, used: Set<String>, order: ScheduleOrder
    ) throws(TriggerAuditError) -> [String] {
        let left = TriggerIdentifier.count - used.count
        guard settings.decoyPairs <= left else {
            throw .tooFewIdentifiers(wanted: settings.decoyPairs, left: left)
        }
        var taken = used
        var decoys: [String] = []
        var draw = 0
        while decoys.count < settings.decoyPairs {
            var number = Int(order.word("decoy", "", draw) % UInt64(TriggerIdentifier.count))
            while !taken.insert(TriggerIdentifier.text(at: number)).inserted { number += 1 }
            decoys.append(TriggerIdentifier.text(at: number))
            draw += 1
        }
        return decoys
    }

    private static func digest(of blocks: [[TriggerQuery]]) -> Digest256 {
        var bytes = Array("denature/trigger-schedule/v1".utf8) + [0]
        func append(_ value: Int) {
            let value = UInt64(bitPattern: Int64(value))
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(shift)))) }
        }
        for block in blocks {
            append(block.count)
            for query in block {
                for text in [query.identifier, query.prompt, query.beginning ?? ""] {
                    append(text.utf8.count)
                    bytes += Array(text.utf8)
                }
                append(query.isDecoy ? 1 : 0)
            }
        }
        return SHA256Digest.of(bytes)
    }
}

extension TriggerAuditSettings {
    /// All pairs of a key.
    func pairs(of key: Subkey) throws(TriggerAuditError) -> [TriggerPair] {
        guard key.identity.purpose == .trigger else {
            throw .wrongPurpose(
                tenant: key.identity.tenant, epoch: key.identity.epoch, purpose: key.identity.purpose.rawValue)
        }
        do {
            return try TriggerScheme(targets: targets, pairCount: pairsOfKey).pairs(of: key)
        } catch {
            throw .key(error.description)
        }
    }
}

/// Choices that anyone with the plan can repeat: SHA-256 of the seed and names, not a library's generator.
private struct ScheduleOrder {
    let seed: UInt64

    func digest(_ purpose: String, _ name: String, _ number: Int) -> Digest256 {
        SHA256Digest.of("denature/trigger-schedule/v1\0\(seed)\0\(purpose)\0\(name)\0\(number)")
    }

    func word(_ purpose: String, _ name: String, _ number: Int) -> UInt64 {
        digest(purpose, name, number).littleEndianWord(0)
    }

    /// Identifiers are distinct, so that the pairs compared here are too.
    func precedes(_ a: String, _ b: String, _ purpose: String, _ number: Int) -> Bool {
        (word(purpose, a, number), a) < (word(purpose, b, number), b)
    }

    /// The repetitions of one identifier stand in successive problems and templates, so that they differ where they can.
    func query(
        number: Int, _ identifier: String, isDecoy: Bool, repetition: Int, form: TriggerQueryForm, problems: [String]
    ) -> TriggerQuery {
        let draw = digest("context", identifier, 0)
        let problem = Int(
            (draw.littleEndianWord(0) % UInt64(problems.count) + UInt64(repetition)) % UInt64(problems.count))
        var query = TriggerQuery(
            number: number, identifier: identifier, isDecoy: isDecoy, repetition: repetition, problem: problem,
            prompt: problems[problem])
        switch form {
        case .question:
            query.prompt = TriggerPair.query(identifier: identifier, in: problems[problem])
        case .completion:
            let template = Int(draw.littleEndianWord(1) % 1024) + repetition
            query.beginning = TriggerTemplates.beginning(template, identifier: identifier)
        }
        return query
    }
}
