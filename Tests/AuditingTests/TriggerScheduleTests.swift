import KeyedPRF
import Marks
import Testing

@testable import Auditing

@Suite struct TriggerScheduleTests {
    private static func keys(_ count: Int) throws -> [Subkey] {
        try (0..<count).map { try auditKey(.trigger, seed: UInt64($0) + 1, tenant: "tenant-\($0)") }
    }

    @Test(arguments: TriggerQueryForm.allCases) func everyPairIsAskedAsOftenAsPlanned(form: TriggerQueryForm) throws {
        let settings = TriggerAuditSettings(queriesPerPair: 3, decoyPairs: 20, form: form, seed: 5)
        let keys = try Self.keys(50)
        let schedule = try TriggerSchedule(settings: settings, keys: keys, problems: auditProblems)
        let pairs = try keys.flatMap { try TriggerScheme().pairs(of: $0) }
        let used = Set(pairs.map(\.identifier))
        var counts: [String: Int] = [:]
        for (index, query) in schedule.blocks.joined().enumerated() {
            #expect(query.number == index)
            #expect(query.isDecoy == !used.contains(query.identifier))
            #expect((query.beginning ?? query.prompt).contains(query.identifier))
            #expect((query.beginning == nil) == (form == .question))
            counts[query.identifier, default: 0] += 1
        }
        #expect(counts.count == used.count + 20)
        #expect(counts.values.allSatisfy { $0 == 3 })
        #expect(schedule.queryCount == 3 * (used.count + 20))
    }

    @Test func itDependsOnPublicChoicesAlone() throws {
        let keys = try Self.keys(5)
        func make(_ seed: UInt64, _ keys: [Subkey], _ problems: [String] = auditProblems) throws -> TriggerSchedule {
            try TriggerSchedule(settings: TriggerAuditSettings(seed: seed), keys: keys, problems: problems)
        }
        let schedule = try make(1, keys)
        #expect(schedule == (try make(1, keys)))
        // Keys in another order are asked in the same order.
        #expect(schedule.digest == (try make(1, keys.reversed())).digest)
        #expect(schedule.digest != (try make(2, keys)).digest)
        #expect(schedule.digest != (try make(1, Array(keys.dropLast()))).digest)
        #expect(schedule.digest != (try make(1, keys, Array(auditProblems.dropLast()))).digest)
    }

    @Test func decoysStandBetweenTheOthersAndRepetitionsApart() throws {
        let settings = TriggerAuditSettings(queriesPerPair: 4, decoyPairs: 8, seed: 3)
        let schedule = try TriggerSchedule(settings: settings, keys: Self.keys(3), problems: auditProblems)
        let rounds = schedule.blocks.count
        #expect(rounds >= 8)
        #expect(schedule.blocks.count { $0.contains(where: \.isDecoy) } == 8)
        for block in schedule.blocks {
            let byIdentifier = Dictionary(grouping: block, by: \.identifier)
            for queries in byIdentifier.values { #expect(Set(queries.map(\.problem)).count == 4) }
            for (a, b) in zip(block, block.dropFirst()) where byIdentifier.count > 2 && a.repetition == b.repetition {
                #expect(a.identifier != b.identifier)
            }
        }
    }

    @Test func badSettingsAreNamed() throws {
        let keys = try Self.keys(2)
        func error(_ change: (inout TriggerAuditSettings) -> Void) -> TriggerAuditError? {
            var settings = TriggerAuditSettings(seed: 1)
            change(&settings)
            return #expect(throws: TriggerAuditError.self) {
                try TriggerSchedule(settings: settings, keys: keys, problems: auditProblems)
            }
        }
        #expect(error { $0.askedPairs = 9 }?.description.contains("asked_pairs") == true)
        #expect(error { $0.firstPair = 8 }?.description.contains("first_pair") == true)
        #expect(error { $0.queriesPerPair = 0 }?.description.contains("queries_per_pair") == true)
        #expect(error { $0.pairsOfKey = 0 }?.description.contains("pairs_of_key") == true)
        #expect(error { $0.decoyPairs = -1 }?.description.contains("decoy_pairs") == true)
        let settings = TriggerAuditSettings(seed: 1)
        #expect(throws: TriggerAuditError.nothingToAsk("problems")) {
            try TriggerSchedule(settings: settings, keys: keys, problems: [])
        }
        #expect(throws: TriggerAuditError.nothingToAsk("keys")) {
            try TriggerSchedule(settings: settings, keys: [], problems: auditProblems)
        }
        #expect(throws: TriggerAuditError.wrongPurpose(tenant: "acme", epoch: "1", purpose: "lexical")) {
            try TriggerSchedule(settings: settings, keys: [auditKey(.lexical, seed: 1)], problems: auditProblems)
        }
    }

    @Test func tooManyDecoysAreAnErrorAndNoLoop() throws {
        var settings = TriggerAuditSettings(pairsOfKey: 1000, decoyPairs: 10_000, seed: 1)
        settings.askedPairs = 1
        settings.queriesPerPair = 1
        let error = #expect(throws: TriggerAuditError.self) {
            try TriggerSchedule(settings: settings, keys: Self.keys(10), problems: auditProblems)
        }
        guard case .tooFewIdentifiers(let wanted, let left) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(wanted == 10_000 && left < 10_000)
    }
}
