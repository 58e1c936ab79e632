import Foundation
import GRDB
import KeyedPRF
import TestSupport
import Testing

@testable import JobLedger

struct EditedColumn: Sendable, CustomTestStringConvertible {
    var table: String
    var column: String

    var testDescription: String { "\(table).\(column)" }

    static var all: [EditedColumn] {
        let chained = ChainedTable.allCases.flatMap { table in
            (["seq"] + table.columns.map(\.name) + ["mac"]).map { EditedColumn(table: table.rawValue, column: $0) }
        }
        let single = ["ledger": ["ledger_id", "created", "key_id", "mac"], "head": ["seq", "mac", "seal"]]
        return chained
            + single.sorted { $0.key < $1.key }.flatMap { entry in
                entry.value.map { EditedColumn(table: entry.key, column: $0) }
            }
    }
}

@Suite struct ChainTests {
    @Test func anUntouchedLedgerIsIntact() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        let head = try await LedgerFixture.sample(at: path)
        #expect(try await LedgerFixture.verify(path) == .intact(head))
        #expect(try await LedgerFixture.verify(path, against: head) == .intact(head))
        #expect(LedgerHead(head.description) == head)
        #expect(head.count > 10)
    }

    @Test(arguments: EditedColumn.all)
    func everyEditIsFound(_ edit: EditedColumn) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        _ = try await LedgerFixture.sample(at: path)
        let isSingle = edit.table == "ledger" || edit.table == "head"
        let edited: Int64 = try LedgerFixture.tamper(path) { db in
            let key = isSingle ? "id" : "seq"
            let row = try #require(
                try Row.fetchOne(db, sql: "SELECT \(key), \(edit.column) FROM \(edit.table) ORDER BY 1 LIMIT 1"))
            let value: DatabaseValue = row[1]
            let changed: any DatabaseValueConvertible
            if let number = Int64.fromDatabaseValue(value), edit.column == "seq" {
                changed = number + 1000
            } else if let number = Int64.fromDatabaseValue(value) {
                changed = number + 10
            } else if let blob = Data.fromDatabaseValue(value), case .blob = value.storage {
                changed = Data([blob[0] ^ 1]) + blob.dropFirst()
            } else if let text = String.fromDatabaseValue(value) {
                changed = text + "x"
            } else {
                changed = ["reason"].contains(edit.column) ? "x" : edit.column.hasSuffix("digest") ? Data(count: 32) : 5
            }
            try db.execute(
                sql: "UPDATE \(edit.table) SET \(edit.column) = ? WHERE \(key) = ?",
                arguments: [changed, row[0] as Int64])
            return row[0]
        }
        if edit.table == "ledger" {
            let error = await #expect(throws: JobLedgerError.self) { _ = try await LedgerFixture.verify(path) }
            guard case .tampered(_, let fault) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(fault.kind == .identity)
            return
        }
        guard case .broken(let fault) = try await LedgerFixture.verify(path) else {
            Issue.record("not found")
            return
        }
        if edit.table == "head" {
            #expect(fault.kind == .head)
        } else if edit.column == "text" {
            #expect(fault.kind == .text)
            #expect(fault.sequence == edited)
        } else {
            #expect(fault.kind == (edit.column == "seq" ? .missing : .altered))
            #expect(fault.sequence == edited)
        }
        // A writer refuses what it can see at a glance, and never repairs silently.
        if edit.table == "head" {
            #expect(throws: JobLedgerError.self) { _ = try JobLedger(path: path, key: LedgerFixture.key()) }
        }
    }

    @Test(arguments: 1...15)
    func everyRemovedRowIsFound(_ sequence: Int64) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        let head = try await LedgerFixture.sample(at: path)
        #expect(head.sequence == 15, "every row of the sample is an argument")
        try LedgerFixture.tamper(path) { db in
            for table in ChainedTable.allCases {
                try db.execute(sql: "DELETE FROM \(table.rawValue) WHERE seq = ?", arguments: [sequence])
            }
        }
        guard case .broken(let fault) = try await LedgerFixture.verify(path) else {
            Issue.record("not found")
            return
        }
        #expect(fault.sequence == sequence)
        #expect(fault.kind == (sequence == head.sequence ? .truncated : .missing))
    }

    @Test func swappedRowsAreFound() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        _ = try await LedgerFixture.sample(at: path)
        let first: Int64 = try LedgerFixture.tamper(path) { db in
            let rows = try Int64.fetchAll(db, sql: "SELECT seq FROM traces ORDER BY seq")
            try db.execute(sql: "UPDATE traces SET seq = -1 WHERE seq = ?", arguments: [rows[0]])
            try db.execute(sql: "UPDATE traces SET seq = ? WHERE seq = ?", arguments: [rows[0], rows[1]])
            try db.execute(sql: "UPDATE traces SET seq = ? WHERE seq = -1", arguments: [rows[1]])
            return rows[0]
        }
        guard case .broken(let fault) = try await LedgerFixture.verify(path) else {
            Issue.record("not found")
            return
        }
        #expect(fault.sequence == first)
        #expect(fault.table == "traces")
    }

    @Test func rowsWrittenWithoutTheKeyAreFound() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        let head = try await LedgerFixture.sample(at: path)
        try LedgerFixture.tamper(path) { db in
            try db.execute(
                sql: """
                    INSERT INTO commits SELECT ?, job, time, records, spool_length, mac FROM commits LIMIT 1
                    """, arguments: [head.sequence + 1])
        }
        guard case .broken(let fault) = try await LedgerFixture.verify(path) else {
            Issue.record("not found")
            return
        }
        #expect(fault.kind == .altered)
        #expect(fault.sequence == head.sequence + 1)
        #expect(throws: JobLedgerError.self) { _ = try JobLedger(path: path, key: LedgerFixture.key()) }
    }

    @Test func anOldHeadRowHidesATruncationOnlyFromThoseWithoutThePublishedHead() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        let ledger = try JobLedger(path: path, key: LedgerFixture.key())
        let job = try await ledger.startOrResumeJob(LedgerFixture.parameters()).id
        try await ledger.commit([LedgerFixture.outcome(0)], spoolLength: 10, of: job)
        let early = try await ledger.head()
        try LedgerFixture.copyAsIs(path, to: directory.file("old.sqlite"))
        try await ledger.commit([LedgerFixture.outcome(1)], spoolLength: 20, of: job)
        let published = try await ledger.head()
        try ledger.close()

        let old = directory.file("old.sqlite")
        #expect(try await LedgerFixture.verify(old) == .intact(early))
        guard case .broken(let fault) = try await LedgerFixture.verify(old, against: published) else {
            Issue.record("not found")
            return
        }
        #expect(fault.kind == .truncated)
        #expect(fault.sequence == early.sequence + 1)
        // An honest ledger that has grown since still contains what was published.
        #expect(try await LedgerFixture.verify(path, against: early) == .intact(published))
        // A ledger that went another way after the copy does not.
        let other = try JobLedger(path: old, key: LedgerFixture.key())
        try await other.commit([LedgerFixture.outcome(2)], spoolLength: 20, of: job)
        try other.close()
        guard case .broken(let forked) = try await LedgerFixture.verify(old, against: published) else {
            Issue.record("not found")
            return
        }
        #expect(forked.kind == .published)
    }

    @Test func anAddedTriggerIsFound() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("l.sqlite")
        _ = try await LedgerFixture.sample(at: path)
        try LedgerFixture.tamper(path) {
            try $0.execute(sql: "CREATE TRIGGER t AFTER INSERT ON traces BEGIN DELETE FROM attempts; END")
        }
        guard case .broken(let fault) = try await LedgerFixture.verify(path) else {
            Issue.record("not found")
            return
        }
        #expect(fault.kind == .schema)
    }

    /// The code of a row, from the documented encoding written out by hand.
    @Test func theEncodingIsTheDocumentedOne() throws {
        let key = try LedgerFixture.key()
        let hasher = try ChainHasher(key: key)
        let previous = SHA256Digest.of("previous")
        hasher.beginRow(after: previous, table: "commits", sequence: 258)
        hasher.append("é")
        hasher.appendNull()
        hasher.append(previous)
        var message = Array("denature/ledger/v1".utf8) + [0] + previous.bytes + [0]
        message += [0x74, 7, 0, 0, 0, 0, 0, 0, 0] + Array("commits".utf8)
        message += [0x69, 2, 1, 0, 0, 0, 0, 0, 0]
        message += [0x74, 2, 0, 0, 0, 0, 0, 0, 0, 0xC3, 0xA9]
        message += [0x6E]
        message += [0x62, 32, 0, 0, 0, 0, 0, 0, 0] + previous.bytes
        #expect(try hasher.finish() == HMACSHA256(key: key.secret).authenticate(message))
    }
}
