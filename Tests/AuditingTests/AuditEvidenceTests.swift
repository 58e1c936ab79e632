import Foundation
import KeyedPRF
import TestSupport
import Testing

@testable import Auditing

@Suite struct AuditEvidenceTests {
    private func sample(seals: Bool = true, secret: String = "the tests' keyring") throws -> AuditFixture {
        let fixture = try AuditFixture(secret: secret)
        try fixture.write(outputs: [[1, 2, 3, 4], [5, 6], []], seals: seals)
        return fixture
    }

    private func bytes(_ fixture: AuditFixture) throws -> [UInt8] {
        [UInt8](try #require(FileManager.default.contents(atPath: fixture.evidencePath)))
    }

    private func write(_ bytes: [UInt8], _ fixture: AuditFixture) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: fixture.evidencePath))
    }

    @Test func whatIsWrittenIsRead() throws {
        let fixture = try sample()
        let evidence = try fixture.read()
        #expect(evidence.answers.count == 3 && evidence.questions.count == 3)
        #expect(evidence.answers[QuestionName(.output, 1)]?.tokens == [5, 6])
        #expect(evidence.seal?.answers == 3 && evidence.seal?.lines == 7)
        #expect(evidence.torn == 0)
    }

    /// Every byte of the file in turn.
    @Test func oneChangedByteIsFound() throws {
        let fixture = try sample()
        let original = try bytes(fixture)
        var generator = SplitMix64(seed: 5)
        for index in original.indices {
            var changed = original
            changed[index] ^= UInt8.random(in: 1...255, using: &generator)
            // Without its last line feed the last line is one that was never finished.
            guard index < original.count - 1 else { continue }
            try write(changed, fixture)
            #expect(throws: AuditError.self, "byte \(index), seed 5") { try fixture.read() }
        }
    }

    @Test func theErrorNamesFileAndLine() throws {
        let fixture = try sample()
        var changed = try bytes(fixture)
        let third = changed.split(separator: 0x0A)[2]
        changed[third.startIndex + 40] ^= 1
        try write(changed, fixture)
        do {
            _ = try fixture.read()
            Issue.record("nothing was thrown")
        } catch {
            #expect("\(error)".hasPrefix("\(fixture.evidencePath):3: the evidence was altered"))
        }
    }

    @Test(arguments: ["swapped", "removed", "repeated", "inserted"])
    func linesStandWhereTheyStood(change: String) throws {
        let fixture = try sample()
        var lines = try bytes(fixture).split(separator: 0x0A).map(Array.init)
        switch change {
        case "swapped": lines.swapAt(2, 3)
        case "removed": lines.remove(at: 3)
        case "repeated": lines.insert(lines[2], at: 3)
        default: lines.insert(Array(#"{"entry":{"seal":{}},"mac":""}"#.utf8), at: 2)
        }
        try write(lines.flatMap { $0 + [0x0A] }, fixture)
        #expect(throws: AuditError.self) { try fixture.read() }
    }

    @Test func evidenceWithoutItsEndIsIncomplete() throws {
        let fixture = try sample()
        let lines = try bytes(fixture).split(separator: 0x0A).map(Array.init)
        try write(lines.dropLast().flatMap { $0 + [0x0A] }, fixture)
        #expect(try fixture.read().seal == nil)
        #expect(throws: AuditError.self) { try fixture.report() }
        try write(lines.dropLast(3).flatMap { $0 + [0x0A] } + lines[6] + [0x0A], fixture)
        #expect(throws: AuditError.self) { try fixture.read() }
    }

    @Test func othersEvidenceIsRefused() throws {
        let fixture = try sample()
        let other = try sample(secret: "another keyring")
        #expect(throws: AuditError.self) {
            try AuditEvidence.read(path: other.evidencePath, keyring: fixture.keyring, plan: nil)
        }
        var plan = fixture.plan
        plan.seed += 1
        let otherPlan = try SealedAuditPlan(plan, keyring: fixture.keyring)
        do {
            _ = try AuditEvidence.read(path: fixture.evidencePath, keyring: fixture.keyring, plan: otherPlan)
            Issue.record("nothing was thrown")
        } catch {
            guard case AuditError.otherPlan? = error as? AuditError else {
                Issue.record("\(error)")
                return
            }
        }
    }

    @Test func aTornLastLineIsCutOff() throws {
        let fixture = try sample(seals: false)
        let whole = try bytes(fixture)
        let line = try #require(whole.split(separator: 0x0A).last)
        for cut in [1, line.count / 2, line.count] {
            try write(Array(whole.dropLast(cut)), fixture)
            let torn = line.count + 1 - cut
            #expect(try fixture.read().torn == torn)
            let writer = try fixture.writer()
            #expect(writer.earlier?.answers.count == 2)
            try writer.seal(date: AuditFixture.date, reason: nil)
            let evidence = try fixture.read()
            #expect(evidence.entries.contains(.resumption(EvidenceResumption(date: AuditFixture.date, cut: torn))))
        }
    }

    @Test func oneRunAtATimeAndNoneAfterTheEnd() throws {
        let fixture = try sample(seals: false)
        let writer = try fixture.writer()
        #expect(throws: AuditError.inUse(path: fixture.evidencePath)) { try fixture.writer() }
        try writer.seal(date: AuditFixture.date, reason: nil)
        withExtendedLifetime(writer) {}
        let done = try sample()
        #expect(throws: AuditError.completeEvidence(path: done.evidencePath)) { try done.writer() }
    }

    @Test func aForeignFileIsLeftAlone() throws {
        let fixture = try AuditFixture()
        for text in ["my notes", "my notes\n", "{\"entry\":1}\n"] {
            try write(Array(text.utf8), fixture)
            #expect(throws: AuditError.self) { try fixture.writer() }
            #expect(try bytes(fixture) == Array(text.utf8))
        }
        // Less than the first line of a run that was killed is begun anew.
        try write(Array(#"{"entry":{"header":{"al"#.utf8), fixture)
        _ = try fixture.writer()
        #expect(try fixture.read().entries.isEmpty)
    }

    @Test func rowsSurvivePacking() throws {
        var generator = SplitMix64(seed: 9)
        let rows = (0..<50).map { length in
            TopTokens(
                tokens: (0..<Int32(length)).map { $0 * 7 - 3 },
                probabilities: (0..<length).map { _ in Float.random(in: 1e-5...1, using: &generator) })
        }
        let packed = PackedRows(rows + [TopTokens(tokens: [1, 2], probabilities: [0.9, 1e-9])])
        let read = try JSONDecoder().decode(PackedRows.self, from: JSONEncoder().encode(packed))
        #expect(read == packed)
        #expect(Array(read.rows.prefix(50)) == rows)
        #expect(read.rows.last == TopTokens(tokens: [1], probabilities: [0.9]))
        for text in ["\"AQ==\"", "\"_\"", "\"/w==\"", "\"AQAAAAAAAMB/\""] {
            #expect(throws: (any Error).self) { try JSONDecoder().decode(PackedRows.self, from: Data(text.utf8)) }
        }
    }
}
