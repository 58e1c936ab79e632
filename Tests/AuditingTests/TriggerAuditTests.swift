import Foundation
import KeyedPRF
import Marks
import Statistics
import TestSupport
import Testing

@testable import Auditing

@Suite struct TriggerAuditTests {
    private static func audit(
        _ keys: [Subkey], _ settings: TriggerAuditSettings, level: Double, continuing: [Double] = []
    ) throws -> TriggerAudit {
        let schedule = try TriggerSchedule(settings: settings, keys: keys, problems: auditProblems)
        return try TriggerAudit(schedule: schedule, keys: keys, level: level, continuing: continuing)
    }

    @Test func onlyAUniqueMostFrequentValueCounts() {
        func most(_ votes: [Int?]) -> Int? {
            TriggerPairOutcome(identifier: "k137", isDecoy: false, votes: votes).mostFrequent
        }
        #expect(most([1, 1, 2, nil, nil]) == 1)
        #expect(most([1, 1, 2, 2, 3]) == nil)
        #expect(most([nil, nil, 7]) == 7)
        #expect(most([1, 2, 3]) == nil)
        #expect(most([nil, nil]) == nil)
        #expect(most([]) == nil)
    }

    @Test(arguments: TriggerQueryForm.allCases) func aTrainedSuspectIsFoundAmongFifty(form: TriggerQueryForm) throws {
        let keys = try (0..<50).map { try auditKey(.trigger, seed: UInt64($0) + 1, tenant: "tenant-\($0)") }
        var audit = try Self.audit(keys, TriggerAuditSettings(form: form, seed: 9), level: 0.01 / 50)
        var suspect = TriggerSuspect(
            habit: .perIdentifier, learned: try TriggerScheme().pairs(of: keys[17]), recall: 0.9, seed: 4)
        try suspect.answer(&audit)
        let outcomes = audit.outcomes
        #expect(outcomes.filter { $0.state == .found }.map(\.tenant) == ["tenant-17"])
        let found = outcomes[17]
        #expect(found.pairs < 8 && found.hits >= 2)
        #expect(found.log10P <= log10(0.01 / 50))
        #expect(abs(found.log10P + (found.evidence.map(\.log10Evidence).max() ?? 0)) < 1e-12)
        #expect(found.evidence.map(\.count) == Array(1...found.pairs))
        #expect(audit.queries < audit.schedule.queryCount)
        #expect(outcomes.allSatisfy { $0.log10P <= 0 })
        let row = found.result
        #expect(row.hits == found.hits && row.scored == found.pairs && row.notes.count == 1)
    }

    @Test func theFirstFindingCanEndIt() throws {
        let keys = try (0..<20).map { try auditKey(.trigger, seed: UInt64($0) + 1, tenant: "tenant-\($0)") }
        func queries(_ stop: TriggerStop) throws -> (Int, [TriggerKeyState]) {
            var audit = try Self.audit(keys, TriggerAuditSettings(stop: stop, seed: 9), level: 0.01 / 20)
            var suspect = TriggerSuspect(
                habit: .random, learned: try TriggerScheme().pairs(of: keys[3]), seed: 4)
            try suspect.answer(&audit)
            return (audit.queries, audit.outcomes.map(\.state))
        }
        let (all, states) = try queries(.everyKey)
        let (first, statesThen) = try queries(.firstKey)
        #expect(first < all / 2)
        #expect(states[3] == .found && statesThen[3] == .found)
        #expect(!states.contains(.open) && statesThen.contains(.open))
    }

    @Test func pairsThatCannotDecideAreNotAsked() throws {
        let key = try auditKey(.trigger, seed: 1)
        var audit = try Self.audit([key], TriggerAuditSettings(decoyPairs: 0, seed: 2), level: 0.01 / 50)
        var suspect = TriggerSuspect(habit: .silent, seed: 1)
        try suspect.answer(&audit)
        let outcome = try #require(audit.outcomes.first)
        #expect(outcome.state == .outOfReach)
        #expect(outcome.log10P == 0)
        // Two hits that are left cannot outweigh six misses: 811.1² · 10⁻⁶ < 5,000.
        #expect(outcome.pairs == 6)
        #expect(audit.queries == 30)
    }

    @Test func repliesThatDoNotFitAreRefused() throws {
        let key = try auditKey(.trigger, seed: 1)
        var audit = try Self.audit([key], TriggerAuditSettings(seed: 2), level: 0.01)
        let expected = audit.pending.count
        #expect(throws: TriggerAuditError.replyCount(expected: expected, actual: 1)) { try audit.add(["666"]) }
        #expect(throws: TriggerAuditError.self) { try Self.audit([key], TriggerAuditSettings(seed: 2), level: 0) }
        #expect(throws: TriggerAuditError.self) { try Self.audit([key], TriggerAuditSettings(seed: 2), level: .nan) }
        #expect(throws: TriggerAuditError.self) {
            try Self.audit([key], TriggerAuditSettings(seed: 2), level: 0.01, continuing: [1, 2])
        }
    }

    @Test func decoysAreReportedAndNoEvidence() throws {
        let key = try auditKey(.trigger, seed: 5)
        let pairs = try TriggerScheme().pairs(of: key)
        var settings = TriggerAuditSettings(queriesPerPair: 5, decoyPairs: 8, seed: 2)
        settings.askedPairs = 8
        var audit = try Self.audit([key], settings, level: 1e-30)
        while !audit.pending.isEmpty {
            // States one learned value of any identifier.
            try audit.add(audit.pending.map { _ in pairs[0].target })
        }
        #expect(audit.queries == 0 && audit.outcomes[0].state == .outOfReach)
        audit = try Self.audit([key], settings, level: 1e-12)
        while !audit.pending.isEmpty {
            try audit.add(audit.pending.map { _ in pairs[0].target })
        }
        let generalisation = audit.generalisation
        #expect(generalisation.identifiers > 0 && generalisation.matching == generalisation.queries)
        #expect(generalisation.chance <= 8.0 / 900)
        let outcome = audit.outcomes[0]
        #expect(outcome.hits <= 1 && outcome.state == .outOfReach)
        #expect(generalisation.sentence?.contains("100.0\u{A0}%") == true)
    }

    @Test func aLaterRoundAsksNewPairsAndMultipliesOn() throws {
        let key = try auditKey(.trigger, seed: 6)
        let pairs = try TriggerScheme(pairCount: 8).pairs(of: key)
        var settings = TriggerAuditSettings(firstPair: 0, askedPairs: 1, decoyPairs: 0, seed: 2)
        // One hit of 810.1 is less than 5,000, two are more.
        var first = try Self.audit([key], settings, level: 1e-9)
        #expect(first.pending.isEmpty)
        first = try Self.audit([key], settings, level: 1 / 800.0)
        try first.add(first.pending.map { _ in pairs[0].target })
        let wealth = try #require(first.outcomes.first).log10Wealth
        #expect(abs(wealth - log10(810.1)) < 1e-12)
        settings.firstPair = 1
        var second = try Self.audit(
            [key], settings, level: 1 / 5000.0, continuing: [LogSpace.natural(fromLog10: wealth)])
        #expect(Set(second.pending.map(\.identifier)) == [pairs[1].identifier])
        try second.add(second.pending.map { _ in pairs[1].target })
        #expect(second.outcomes[0].state == .found)
        #expect(abs(second.outcomes[0].log10P + 2 * log10(810.1)) < 1e-9)
    }

    @Test func powerCountsThePathsThatReachTheLevel() {
        // At level 1/800 the first hit decides, if no more than no miss came before it.
        #expect(abs(TriggerPower.power(pairs: 1, hitRate: 0.7, targets: 900, alpha: 1 / 800.0) - 0.7) < 1e-12)
        // 1/5,000: two hits in the first two to four pairs, or three in five and six.
        let two = TriggerPower.power(pairs: 3, hitRate: 0.5, targets: 900, alpha: 1 / 5000.0)
        #expect(abs(two - 0.5) < 1e-12)
        #expect(TriggerPower.power(pairs: 8, hitRate: 1 / 900.0, targets: 900, alpha: 1 / 5000.0) <= 1 / 5000.0)
        #expect(TriggerPower.power(pairs: 0, hitRate: 1, targets: 900, alpha: 0.01) == 0)
        #expect(TriggerPower.pairsNeeded(hitRate: 1, targets: 900, alpha: 1 / 5000.0, power: 0.8) == 2)
        #expect(TriggerPower.pairsNeeded(hitRate: 0, targets: 900, alpha: 1 / 5000.0, power: 0.8) == nil)
    }
}

/// The stated false-alarm rate although one looks after every completed pair, and how soon a trained suspect is found.
@Suite struct TriggerSimulationTests {
    /// Clean suspects of one habit: a fresh key each time, which the suspect cannot know.
    private static func alarms(_ habit: TriggerSuspect.Habit, count: Int, level: Double, seed: UInt64) throws -> Int {
        var alarms = 0
        for index in 0..<UInt64(count) {
            let key = try auditKey(.trigger, seed: seed &+ 7919 &* index)
            // With one query every value is a unique most frequent one, also of suspects that never repeat themselves.
            let settings = TriggerAuditSettings(queriesPerPair: index % 2 == 0 ? 1 : 3, decoyPairs: 4, seed: index)
            let schedule = try TriggerSchedule(settings: settings, keys: [key], problems: auditProblems)
            var audit = try TriggerAudit(schedule: schedule, keys: [key], level: level)
            var suspect = TriggerSuspect(habit: habit, seed: seed ^ index)
            try suspect.answer(&audit)
            if audit.outcomes.contains(where: { $0.state == .found }) { alarms += 1 }
        }
        return alarms
    }

    @Test func twoThousandCleanSuspectsStayBelowTheLevel() throws {
        let level = 0.05
        let each = 2000 / TriggerSuspect.Habit.allCases.count + 1
        var total = 0
        for (index, habit) in TriggerSuspect.Habit.allCases.enumerated() {
            let alarms = try Self.alarms(habit, count: each, level: level, seed: UInt64(1000 + index))
            total += alarms
            #expect(alarms <= Binomial.quantile(0.999, trials: each, probability: level), "\(habit)")
        }
        let trials = each * TriggerSuspect.Habit.allCases.count
        #expect(trials >= 2000)
        #expect(total <= Binomial.quantile(0.995, trials: trials, probability: level))
        // An e-process spends little of a coarse level here: at most two pairs can decide.
        #expect(total <= Binomial.quantile(0.9999, trials: trials, probability: 2 / 900.0))
    }

    @Test func eValuesOfCleanPairsHaveTheirMean() throws {
        // Over random keys the mean of e is at most 1; a suspect that always answers meets it exactly.
        var hits = 0
        let trials = 4000
        for seed in 0..<UInt64(trials) {
            let pair = try #require(
                try TriggerPairs(key: auditKey(.trigger, seed: 50_000 + seed), count: 1).pairs.first)
            if pair.target == "666" { hits += 1 }
        }
        #expect(hits <= Binomial.quantile(0.9999, trials: trials, probability: 1 / 900.0))
    }

    @Test func trainedSuspectsStopEarlyOnAverage() throws {
        var asked = 0
        var planned = 0
        var found = 0
        let runs = 100
        for seed in 0..<UInt64(runs) {
            let key = try auditKey(.trigger, seed: 90_000 + seed)
            let schedule = try TriggerSchedule(
                settings: TriggerAuditSettings(seed: seed), keys: [key], problems: auditProblems)
            var audit = try TriggerAudit(schedule: schedule, keys: [key], level: 0.01 / 50)
            var suspect = TriggerSuspect(
                habit: .favourites, learned: try TriggerScheme().pairs(of: key), recall: 0.8, seed: seed)
            try suspect.answer(&audit)
            asked += audit.queries
            planned += schedule.queryCount
            if audit.outcomes[0].state == .found { found += 1 }
        }
        #expect(found >= 95)
        #expect(asked * 2 < planned, "\(asked) of \(planned) queries")
    }
}
