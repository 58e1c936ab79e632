import Foundation
import GRDB
import GRDBSQLite
import KeyedPRF

/// What a verification found.
public enum LedgerVerdict: Sendable, Hashable {
    /// Every row is as it was written, up to this head.
    case intact(LedgerHead)
    case broken(LedgerFault)
}

extension JobLedger {
    /// Reads the whole ledger and checks every row against the chain, every stored text against its digest, the head row,
    /// the schema, and a published head where one is given.
    ///
    /// Without a published head, rows removed at the end together with an older copy of the head row cannot be noticed,
    /// nor can changes made by someone who has the key.
    package func verify(against published: LedgerHead? = nil) async throws(JobLedgerError) -> LedgerVerdict {
        try await perform { db, core in
            var verdict: LedgerVerdict?
            // One snapshot, also beside a writer.
            try db.inTransaction(.deferred) {
                do {
                    verdict = .intact(try core.checkedHead(db, published: published))
                } catch let fault as LedgerFault {
                    verdict = .broken(fault)
                }
                return .commit
            }
            guard let verdict else { throw core.invalid("the verification gave no result") }
            return verdict
        }
    }
}

extension LedgerCore {
    /// A recorded deletion of texts.
    private struct Deletion {
        var sequence: Int64
        var job: Int64?
        var records: ClosedRange<Int64>?

        func covers(_ link: ChainReader.Link) -> Bool {
            link.sequence < sequence && (job == nil || job == link.row.integer(1))
                && (records == nil || records?.contains(link.row.integer(2)) == true)
        }
    }

    fileprivate func checkedHead(_ db: Database, published: LedgerHead?) throws -> LedgerHead {
        if try LedgerSchema.statements(in: db) != LedgerSchema.expectedStatements() {
            throw LedgerFault(kind: .schema, detail: "the tables are not those of a ledger")
        }
        try checkIdentity(db)
        let ledger = String(ledgerID.hex.prefix(16))
        if let published, published.ledger != ledger {
            throw LedgerFault(
                kind: .published, detail: "the published head belongs to ledger \(published.ledger), not \(ledger)")
        }
        let last = try checkRows(db, published: published)
        try checkHead(db, last: last)
        if let published, published.sequence > last.sequence {
            throw LedgerFault(
                kind: .truncated, sequence: last.sequence + 1,
                detail: "and all after it are gone: the published head is row \(published.sequence)")
        }
        return LedgerHead(ledger: ledger, sequence: last.sequence, mac: last.mac.hex)
    }

    /// The identification row was checked when the ledger was opened; it could have changed since.
    private func checkIdentity(_ db: Database) throws {
        let altered = LedgerFault(kind: .identity, table: "ledger", detail: "was altered")
        guard let row = try Row.fetchOne(db, sql: "SELECT ledger_id, created, key_id, mac FROM ledger"),
            let id = Digest256(column: 0, of: row), let mac = Digest256(column: 3, of: row), mac == identityMAC,
            mac == hasher.identity(ledgerID: id, created: row[1], keyID: row[2])
        else { throw altered }
    }

    private func checkRows(_ db: Database, published: LedgerHead?) throws -> (sequence: Int64, mac: Digest256) {
        let deletions = try deletions(db)
        var reader = try ChainReader(db)
        var last = (sequence: Int64(0), mac: identityMAC)
        if let published, published.sequence == 0, published.mac != identityMAC.hex { throw publishedFault(0) }
        while let link = try reader.next() {
            guard link.sequence == last.sequence + 1 else {
                if link.sequence <= last.sequence {
                    throw LedgerFault(
                        kind: .altered, table: link.table.rawValue, sequence: link.sequence,
                        detail: "has a number that another row has, or none of the chain's")
                }
                throw LedgerFault(kind: .missing, sequence: last.sequence + 1, detail: "is missing")
            }
            let mac = code(of: link, after: last.mac)
            guard link.mac == mac else {
                throw fault(
                    .altered, link, "does not match its code: it was edited, moved or not written by the ledger")
            }
            if link.table == .candidates { try checkText(of: link, deletions: deletions) }
            last = (link.sequence, mac)
            if let published, published.sequence == last.sequence, published.mac != mac.hex {
                throw publishedFault(last.sequence)
            }
        }
        return last
    }

    private func publishedFault(_ sequence: Int64) -> LedgerFault {
        LedgerFault(kind: .published, sequence: sequence, detail: "is not the row whose code was published")
    }

    private func fault(_ kind: LedgerFault.Kind, _ link: ChainReader.Link, _ detail: String) -> LedgerFault {
        let columns = link.table.columns
        let index = columns.firstIndex { $0.name == "idx" }.map { link.row.integer(Int32($0) + 1) }
        return LedgerFault(
            kind: kind, table: link.table.rawValue, sequence: link.sequence, index: index, detail: detail)
    }

    /// The code the row ought to have, from the values as they are stored, whatever their type.
    private func code(of link: ChainReader.Link, after previous: Digest256) -> Digest256 {
        hasher.beginRow(after: previous, table: link.table.label, sequence: link.sequence)
        for (i, format) in link.table.formats.enumerated() where format != .deletableText {
            let column = Int32(i) + 1
            switch sqlite3_column_type(link.row.statement, column) {
            case SQLITE_INTEGER: hasher.append(link.row.integer(column))
            case SQLITE_TEXT: hasher.appendText(link.row.bytes(column))
            case SQLITE_NULL: hasher.appendNull()
            default: hasher.appendBlob(link.row.bytes(column))
            }
        }
        return hasher.finish()
    }

    private func checkText(of link: ChainReader.Link, deletions: [Deletion]) throws {
        // seq, job, idx, ordinal, rewriter, gate, chosen, text_digest, text
        let (digest, text): (Int32, Int32) = (7, 8)
        let isDeleted = deletions.contains { $0.covers(link) }
        if link.row.isNull(text) {
            guard isDeleted else { throw fault(.deletion, link, "lost its text without a recorded deletion") }
        } else {
            guard SHA256Digest.of(link.row.bytes(text)) == link.row.digest(digest) else {
                throw fault(.text, link, "holds a text that is not the one it was written with")
            }
            guard !isDeleted else { throw fault(.deletion, link, "holds a text that was recorded as deleted") }
        }
    }

    /// Read before their own rows are checked: a forged deletion still fails at its own row.
    private func deletions(_ db: Database) throws -> [Deletion] {
        try Row.fetchAll(
            db, sql: "SELECT seq, job, first_idx, last_idx FROM events WHERE kind = ?",
            arguments: [LedgerEvent.textsDeleted.rawValue]
        ).map { row in
            let first: Int64? = row[2]
            let last: Int64? = row[3]
            var records: ClosedRange<Int64>?
            if let first, let last, first <= last { records = first...last }
            return Deletion(sequence: row[0], job: row[1], records: records)
        }
    }

    private func checkHead(_ db: Database, last: (sequence: Int64, mac: Digest256)) throws {
        let saved = state
        defer { state = saved }
        if let fault = try readHead(db) { throw fault }
        if state.sequence > last.sequence {
            throw LedgerFault(
                kind: .truncated, sequence: last.sequence + 1,
                detail: "and all after it are gone: the head is row \(state.sequence)")
        }
        if state.sequence < last.sequence {
            throw LedgerFault(
                kind: .surplus, sequence: state.sequence + 1, detail: "comes after the head; the head row is an old one"
            )
        }
        if state.mac != last.mac { throw LedgerFault(kind: .head, table: "head", detail: "was altered") }
    }
}
