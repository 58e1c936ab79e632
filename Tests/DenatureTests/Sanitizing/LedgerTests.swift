import Denature
import Foundation
import JobLedger
import KeyedPRF
import Synchronization
import TestSupport
import Testing

@Suite struct LedgerTests {
    private func ledger(_ fixture: DefenceFixture, _ path: String) throws -> Ledger {
        var settings = LedgerFileSettings()
        settings.ledger = path
        settings.keyring = fixture.folder.file("K.json")
        return try Ledger(settings)
    }

    /// A ledger of a program that wrote parameters in another form.
    @Test func ledgersFromBeforeAreRead() async throws {
        let fixture = try DefenceFixture()
        let path = fixture.folder.file("earlier.sqlite")
        try FileManager.default.copyItem(atPath: Repository.path("fixtures/ledgers/earlier.sqlite"), toPath: path)
        let ledger = try ledger(fixture, path)
        let jobs = try await ledger.jobs()
        #expect(jobs.map(\.input) == ["in.jsonl"] && jobs.map(\.output) == ["out.jsonl"])
        #expect(jobs.map(\.states) == [["rewritten": 3]] && jobs.allSatisfy(\.completed))
        guard case .intact(let head) = try await ledger.verify() else {
            Issue.record("altered")
            return
        }
        #expect(try await ledger.head() == head)
        let lines = Mutex<[String]>([])
        try await ledger.export { line in lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
        let all = lines.withLock { $0 }
        #expect(all.count == Int(head.count) + 1)
        #expect(all.contains { $0.contains(#""rewriters":["lexical"]"#) })
    }

    @Test func textsOfSomeRecordsAreErased() async throws {
        let fixture = try DefenceFixture()
        var job = fixture.settings(ledger: "job.sqlite")
        job.keepCandidates = true
        _ = try await Defence(job, keyring: fixture.keyring).sanitize().report()
        var settings = LedgerDeletionSettings()
        settings.file.ledger = fixture.folder.file("job.sqlite")
        settings.file.keyring = fixture.folder.file("K.json")
        settings.first = 2
        #expect(throws: SettingsError.self) { try settings.validate() }
        settings.last = 1
        #expect(throws: SettingsError.self) { try settings.validate() }
        settings.last = 3
        #expect(try await settings.run() == 2)
        settings.first = nil
        settings.last = nil
        #expect(try await settings.run() == 4)
    }
}
