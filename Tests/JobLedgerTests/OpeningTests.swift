import Foundation
import GRDB
import KeyedPRF
import TestSupport
import Testing

@testable import JobLedger

@Suite struct OpeningTests {
    @Test func anotherKeyIsNamedNotCalledTampering() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        _ = try await LedgerFixture.sample(at: path)
        let other = try LedgerFixture.key(2)
        let expected = JobLedgerError.wrongKey(path: path, expected: try LedgerFixture.key().keyID, given: other.keyID)
        for mode in [JobLedger.Mode.exclusive, .readOnly] {
            #expect(throws: expected) { _ = try JobLedger(path: path, key: other, mode: mode) }
        }
        #expect(expected.description.contains(other.keyID))
    }

    @Test func aSecondWriterIsRefusedAndAReaderIsNot() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        let first = try JobLedger(path: path, key: LedgerFixture.key())
        let job = try await first.startOrResumeJob(LedgerFixture.parameters()).id
        let alias = directory.file("alias.sqlite")
        try FileManager.default.createSymbolicLink(atPath: alias, withDestinationPath: path)
        for name in [path, alias] {
            let error = #expect(throws: JobLedgerError.self) { _ = try JobLedger(path: name, key: LedgerFixture.key()) }
            #expect(error == .inUse(path: first.path, owner: Int(getpid())))
        }
        let reader = try JobLedger(path: path, key: LedgerFixture.key(), mode: .readOnly)
        try await first.commit([LedgerFixture.outcome(0)], spoolLength: 10, of: job)
        #expect(try await reader.status(of: job).finishedCount == 1)
        #expect(try await reader.verify() == .intact(first.head()))
        await #expect(throws: JobLedgerError.readOnly(path: first.path)) {
            try await reader.commit([LedgerFixture.outcome(1)], spoolLength: 20, of: job)
        }
        try first.close()
    }

    @Test func theLockEndsWithItsHolder() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        var ledger: JobLedger? = try JobLedger(path: path, key: LedgerFixture.key())
        #expect(ledger != nil)
        ledger = nil
        _ = try JobLedger(path: path, key: LedgerFixture.key())
    }

    @Test(arguments: [1, 15, 511, 5000])
    func otherFilesAreLeftAlone(_ size: Int) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("notes.txt")
        let content = Data(repeating: UInt8(ascii: "a"), count: size)
        try content.write(to: URL(fileURLWithPath: path))
        for mode in [JobLedger.Mode.exclusive, .readOnly] {
            let error = #expect(throws: JobLedgerError.self) {
                _ = try JobLedger(path: path, key: LedgerFixture.key(), mode: mode)
            }
            guard case .notADatabase = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        #expect(FileManager.default.contents(atPath: path) == content)
    }

    @Test(arguments: ["CREATE TABLE t (x)", "PRAGMA application_id = 77"])
    func otherDatabasesAreLeftAlone(_ sql: String) throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("other.sqlite")
        try LedgerFixture.tamper(path) { try $0.execute(sql: sql) }
        let content = FileManager.default.contents(atPath: path)
        let error = #expect(throws: JobLedgerError.self) { _ = try JobLedger(path: path, key: LedgerFixture.key()) }
        guard case .foreignDatabase = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(FileManager.default.contents(atPath: path) == content)
    }

    @Test func aNewerSchemaIsLeftAlone() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        _ = try await LedgerFixture.sample(at: path)
        try LedgerFixture.tamper(path) { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('v99')") }
        let error = #expect(throws: JobLedgerError.self) { _ = try JobLedger(path: path, key: LedgerFixture.key()) }
        guard case .newerSchema = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func aMissingFolderAndAFolderAreNamed() throws {
        let directory = try TemporaryDirectory()
        for path in [directory.file("none/l.sqlite"), directory.path] {
            let error = #expect(throws: JobLedgerError.self) { _ = try JobLedger(path: path, key: LedgerFixture.key()) }
            guard case .cannotOpen = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.description.contains((path as NSString).lastPathComponent) == true)
        }
        #expect(throws: JobLedgerError.self) {
            _ = try JobLedger(path: directory.file("absent"), key: LedgerFixture.key(), mode: .readOnly)
        }
        #expect(!FileManager.default.fileExists(atPath: directory.file("absent")))
    }

    @Test(.enabled(if: geteuid() != 0, "root may write anywhere"))
    func aReadOnlyFolderIsNamed() throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: directory.path)
        defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: directory.path) }
        let error = #expect(throws: JobLedgerError.self) {
            _ = try JobLedger(path: directory.file("l.sqlite"), key: LedgerFixture.key())
        }
        guard case .readOnly = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func aDamagedFileIsAnErrorNotACrash() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        _ = try await LedgerFixture.sample(at: path)
        let whole = try #require(FileManager.default.contents(atPath: path))
        let seed: UInt64 = 11
        var random = SplitMix64(seed: seed)
        for _ in 0..<20 {
            var damaged = whole
            let place = Int.random(in: 100..<whole.count - 600, using: &random)
            damaged.replaceSubrange(place..<place + 512, with: Data(repeating: 0xFF, count: 512))
            try damaged.write(to: URL(fileURLWithPath: path))
            do {
                // Unused bytes may have been hit; then the ledger is as it was.
                if case .intact(let head) = try await LedgerFixture.verify(path) {
                    #expect(head.count > 10, "seed \(seed), place \(place)")
                }
            } catch let error as JobLedgerError {
                #expect(error.description.contains("l.sqlite"), "seed \(seed), place \(place)")
            }
        }
    }

    @Test func theFileIsPrivateAndHoldsNoSecret() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        let ledger = try JobLedger(path: path, key: LedgerFixture.key())
        let job = try await ledger.startOrResumeJob(LedgerFixture.parameters()).id
        try await ledger.commit([LedgerFixture.outcome(0)], spoolLength: 10, of: job)
        for name in [path, path + "-wal", path + ".lock"] {
            let mode = try FileManager.default.attributesOfItem(atPath: name)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(name)")
        }
        let key = try LedgerFixture.key()
        let secret = key.secret.withUnsafeBytes { Data($0) }
        let hex = secret.map { String(format: "%02x", $0) }.joined()
        let bytes = try LedgerFixture.bytesOnDisk(path)
        #expect(bytes.range(of: Data(key.keyID.utf8)) != nil)
        for needle in [secret, Data(hex.utf8), Data(hex.uppercased().utf8), secret.base64EncodedData()] {
            #expect(bytes.range(of: needle) == nil)
        }
        try ledger.close()
    }
}
