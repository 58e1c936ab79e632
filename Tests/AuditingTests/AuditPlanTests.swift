import Foundation
import KeyedPRF
import TestSupport
import Testing

@testable import Auditing

@Suite struct AuditPlanTests {
    @Test func planRoundTrip() throws {
        let fixture = try AuditFixture()
        let sealed = try fixture.sealed()
        let read = try SealedAuditPlan.read(sealed.bytes(), path: "plan.json", keyring: fixture.keyring)
        #expect(read == sealed)
        #expect(try read.digest == sealed.digest)
        #expect(try read.plan.subkeys(in: fixture.keyring).count == fixture.plan.keys.count)
    }

    @Test(arguments: [
        ("\"alpha\" : 0.01", "\"alpha\" : 0.05"), ("\"seed\" : 7", "\"seed\" : 8"),
        ("\"tenant\" : \"acme\"", "\"tenant\" : \"acne\""), ("\"planned_effect\" : 0.5", "\"planned_effect\" : 5"),
        ("\"width\" : 2", "\"width\" : 3"), ("\"round\" : 1", "\"round\" : 2"),
    ])
    func alteredPlansAreRefused(was: String, becomes: String) throws {
        let fixture = try AuditFixture()
        let text = String(decoding: try fixture.sealed().bytes(), as: UTF8.self)
        let altered = text.replacingOccurrences(of: was, with: becomes)
        try #require(altered != text)
        #expect(throws: AuditError.alteredPlan(path: "plan.json")) {
            try SealedAuditPlan.read(Data(altered.utf8), path: "plan.json", keyring: fixture.keyring)
        }
    }

    @Test func otherKeyringsAndOtherFilesAreRefused() throws {
        let fixture = try AuditFixture()
        let other = try AuditFixture(secret: "another keyring")
        let bytes = try fixture.sealed().bytes()
        #expect(
            throws: AuditError.wrongKeyring(
                path: "plan.json", expected: fixture.plan.ledgerKey, given: other.plan.ledgerKey)
        ) { try SealedAuditPlan.read(bytes, path: "plan.json", keyring: other.keyring) }
        for text in ["", "{}", "[1]", #"{"plan":{"schema":"denature-audit-plan/9"},"seal":""}"#] {
            #expect(throws: AuditError.self) {
                try SealedAuditPlan.read(Data(text.utf8), path: "plan.json", keyring: fixture.keyring)
            }
        }
        #expect(throws: AuditError.self) { try fixture.plan.subkeys(in: other.keyring) }
    }

    /// A reader that took the first of two members and one that took the second would disagree about the plan.
    @Test func plansAreReadStrictly() throws {
        let fixture = try AuditFixture()
        let text = String(decoding: try fixture.sealed().bytes(), as: UTF8.self)
        let twice = "{\n  \"seal\" : \"00\"," + text.dropFirst()
        for (bytes, words) in [
            (Array(twice.utf8), "named twice"), (Array(text.utf8) + [0xFF], "not UTF-8"),
            (Array((text + "{}").utf8), "after the end"),
        ] {
            #expect {
                try SealedAuditPlan.read(Data(bytes), path: "plan.json", keyring: fixture.keyring)
            } throws: { error in
                guard case .malformedPlan(let path, let reason) = error as? AuditError else { return false }
                return path == "plan.json" && reason.contains("line ") && reason.contains(words)
            }
        }
    }

    @Test func nothingSecretIsInAPlan() throws {
        let fixture = try AuditFixture()
        let text = String(decoding: try fixture.sealed().bytes(), as: UTF8.self)
        var keyring = fixture.keyring
        for key in fixture.plan.keys {
            let opened = try keyring.open(key.purpose, tenant: key.tenant, epoch: key.epoch)
            #expect(!text.contains(opened.subkey))
        }
    }

    @Test func alphaIsSpentByHalves() {
        var spent = 0.0
        for round in 1...20 {
            let level = AuditLevels.level(alpha: 0.01, round: round, isLast: false)
            let rest = AuditLevels.level(alpha: 0.01, round: round, isLast: true)
            #expect(abs(spent + rest - 0.01) < 1e-15, "all that is left")
            spent += level
            #expect(level == rest / 2)
        }
        #expect(spent < 0.01)
        #expect(AuditLevels.level(alpha: 0.01, round: 1, isLast: true) == 0.01)
    }

    @Test func roundsFollowOneAnother() throws {
        let fixture = try AuditFixture(level: .first(alpha: 0.02, isLast: false))
        #expect(fixture.plan.levels.level == 0.01)
        try fixture.write(outputs: [[1, 2, 3]], seals: false)
        #expect(throws: AuditError.self) {
            try AuditPlan.Levels.continuing(fixture.read(), isLast: false)
        }
        try fixture.writer().seal(date: AuditFixture.date, reason: nil)
        let first = try AuditEvidence.read(path: fixture.evidencePath, keyring: fixture.keyring, plan: nil)
        let second = try AuditPlan.Levels.continuing(first, isLast: false)
        #expect(second.round == 2 && second.level == 0.005 && second.previous?.seal == first.lastCode.hex)
        #expect(try AuditPlan.Levels.continuing(first, isLast: true).level == 0.01)

        // The chain of the second round goes on from the seal of the first.
        var plan = fixture.plan
        plan.levels = second
        fixture.plan = plan
        #expect(throws: AuditError.self, "evidence of the first round is none of the second") { try fixture.read() }
        try fixture.writer(force: true).seal(date: AuditFixture.date, reason: nil)
        let third = try AuditPlan.Levels.continuing(
            AuditEvidence.read(path: fixture.evidencePath, keyring: fixture.keyring, plan: nil), isLast: true)
        #expect(third.round == 3 && third.level == 0.005)
    }

    @Test func afterTheLastRoundNothingIsLeft() throws {
        let fixture = try AuditFixture()
        try fixture.write(outputs: [])
        #expect(throws: AuditError.nothingLeft(path: fixture.evidencePath)) {
            try AuditPlan.Levels.continuing(fixture.read(), isLast: false)
        }
    }

    @Test(arguments: AuditPlan.TestKind.allCases, [1, 50, 5000])
    func neededSamplesReachTheWantedPower(kind: AuditPlan.TestKind, family: Int) throws {
        let scheme = kind.testsTokens ? "green" : kind == .trigger ? "trigger" : "selection"
        let test = AuditPlan.Test(
            id: "t", kind: kind, scheme: scheme, primary: kind.needsReference ? .chernoff : .exact,
            plannedEffect: PlannedEffects.effect(of: kind, scheme: scheme))
        let level = 0.01 / Double(family)
        let needed = try #require(PlannedPower(of: test, units: 0, level: level, wanted: 0.8).needed)
        #expect(PlannedPower(of: test, units: 0, level: level, wanted: 0.8).power == 0)
        #expect(PlannedPower(of: test, units: needed, level: level, wanted: 0.8).power >= 0.8 - 1e-9)
        #expect(PlannedPower(of: test, units: needed / 2, level: level, wanted: 0.8).power < 0.8)
    }

    @Test func primaryIsRandomisationOnlyWhereItCanReachTheLevel() {
        #expect(AuditPlan.Test.primary(familySize: 50, decoyKeys: 9999, level: 0.005) == .keyRandomisation)
        #expect(AuditPlan.Test.primary(familySize: 51, decoyKeys: 9999, level: 0.005) == .chernoff)
    }
}
