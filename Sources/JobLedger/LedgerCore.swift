import Foundation
import GRDB
import KeyedPRF

/// The ledger's state between transactions. Used only inside accesses of the one database queue, which serialises them;
/// that is why it may be shared although it is not `Sendable` by itself.
final class LedgerCore: @unchecked Sendable {
    /// What a rolled-back transaction must restore.
    struct State {
        var sequence: Int64 = 0
        var mac: Digest256
        var methods: [RewritingMethod: Int64] = [:]
        var jobs: [JobID: JobProgress] = [:]
    }

    let path: String
    let keyID: String
    let hasher: ChainHasher
    let ledgerID: Digest256
    /// Code of the identification row, which the first row follows.
    let identityMAC: Digest256
    let isReadOnly: Bool
    var state: State

    private init(
        path: String, keyID: String, hasher: ChainHasher, ledgerID: Digest256, identityMAC: Digest256,
        isReadOnly: Bool
    ) {
        self.path = path
        self.keyID = keyID
        self.hasher = hasher
        self.ledgerID = ledgerID
        self.identityMAC = identityMAC
        self.isReadOnly = isReadOnly
        state = State(mac: identityMAC)
    }

    var head: LedgerHead {
        LedgerHead(ledger: String(ledgerID.hex.prefix(16)), sequence: state.sequence, mac: state.mac.hex)
    }

    func invalid(_ reason: String) -> JobLedgerError { .invalidRecord(path: path, reason: reason) }

    /// Runs `body` in one transaction and moves the head; on an error nothing has happened.
    func transaction<T>(_ db: Database, _ body: (RowAppender) throws -> T) throws -> T {
        if isReadOnly { throw JobLedgerError.readOnly(path: path) }
        let saved = state
        var result: T?
        do {
            try db.inTransaction(.immediate) {
                try checkHead(db)
                let appender = RowAppender(db: db, hasher: hasher, sequence: state.sequence, mac: state.mac)
                result = try body(appender)
                state.sequence = appender.sequence
                state.mac = appender.mac
                try writeHead(db)
                return .commit
            }
        } catch {
            state = saved
            throw error
        }
        guard let result else { throw invalid("the transaction gave no result") }
        return result
    }

    private func writeHead(_ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO head (id, seq, mac, seal) VALUES (1, ?, ?, ?)")
        let seal = hasher.seal(sequence: state.sequence, mac: state.mac)
        try statement.execute(arguments: [state.sequence, Data(state.mac.bytes), Data(seal.bytes)])
    }

    /// The lock is advisory: a writer that ignores it must not be built upon.
    private func checkHead(_ db: Database) throws {
        let row = try Row.fetchOne(db.cachedStatement(sql: "SELECT seq, mac FROM head"))
        guard let row, row[0] == state.sequence, Digest256(column: 1, of: row) == state.mac else {
            throw JobLedgerError.tampered(
                path: path, fault: LedgerFault(kind: .head, detail: "another writer changed the head during this run"))
        }
    }
}

extension LedgerCore {
    /// Identifies a new ledger, or checks that the key is the one an existing ledger was made with.
    static func open(_ db: Database, path: String, key: Subkey, now: Date, isReadOnly: Bool) throws -> LedgerCore {
        let hasher = try ChainHasher(key: key)
        guard let row = try Row.fetchOne(db, sql: "SELECT ledger_id, created, key_id, mac FROM ledger") else {
            return try create(db, path: path, key: key, now: now, hasher: hasher, isReadOnly: isReadOnly)
        }
        let altered = JobLedgerError.tampered(
            path: path, fault: LedgerFault(kind: .identity, table: "ledger", detail: "was altered"))
        guard let ledgerID = Digest256(column: 0, of: row), let mac = Digest256(column: 3, of: row) else {
            throw altered
        }
        let keyID: String = row[2]
        // Computed with this key's own identifier: an altered identifier is told apart from another key.
        let expected = hasher.identity(ledgerID: ledgerID, created: row[1], keyID: key.keyID)
        guard keyID == key.keyID else {
            throw mac == expected ? altered : .wrongKey(path: path, expected: keyID, given: key.keyID)
        }
        guard mac == expected else { throw altered }
        let core = LedgerCore(
            path: path, keyID: keyID, hasher: hasher, ledgerID: ledgerID, identityMAC: mac,
            isReadOnly: isReadOnly)
        // A read-only ledger is opened in order to verify it: its faults are then the result, not an obstacle.
        if !isReadOnly { try core.load(db) }
        return core
    }

    private static func create(
        _ db: Database, path: String, key: Subkey, now: Date, hasher: ChainHasher, isReadOnly: Bool
    ) throws -> LedgerCore {
        let missing = LedgerFault(kind: .identity, table: "ledger", detail: "has no identification row")
        let isEmpty = try ChainedTable.allCases.allSatisfy { table in
            try Row.fetchOne(db, sql: "SELECT 1 FROM \(table.rawValue) LIMIT 1") == nil
        }
        guard isEmpty, !isReadOnly else { throw JobLedgerError.tampered(path: path, fault: missing) }
        let random = try SecretBytes.random(count: 32)
        let ledgerID = random.withUnsafeBytes { SHA256Digest.of($0) }
        let created = now.milliseconds
        let mac = hasher.identity(ledgerID: ledgerID, created: created, keyID: key.keyID)
        let core = LedgerCore(
            path: path, keyID: key.keyID, hasher: hasher, ledgerID: ledgerID, identityMAC: mac,
            isReadOnly: isReadOnly)
        try db.inTransaction(.immediate) {
            try db.execute(
                sql: "INSERT INTO ledger (id, ledger_id, created, key_id, mac) VALUES (1, ?, ?, ?, ?)",
                arguments: [Data(ledgerID.bytes), created, key.keyID, Data(mac.bytes)])
            try core.writeHead(db)
            return .commit
        }
        return core
    }

    /// Reads the head and checks it against the last row. The whole chain is `verify`'s business.
    private func load(_ db: Database) throws {
        if let fault = try readHead(db) { throw JobLedgerError.tampered(path: path, fault: fault) }
        let last = try ChainedTable.allCases.compactMap { table in
            try Row.fetchOne(db, sql: "SELECT seq, mac FROM \(table.rawValue) ORDER BY seq DESC LIMIT 1")
        }.max { ($0[0] as Int64) < ($1[0] as Int64) }
        let sequence: Int64 = last?[0] ?? 0
        let mac = last.map { Digest256(column: 1, of: $0) } ?? identityMAC
        if sequence != state.sequence || mac != state.mac {
            let kind: LedgerFault.Kind = sequence < state.sequence ? .truncated : .surplus
            let detail = "the last row is \(sequence), but the head says \(state.sequence)"
            throw JobLedgerError.tampered(path: path, fault: LedgerFault(kind: kind, detail: detail))
        }
        let rows = try Row.fetchCursor(db, sql: "SELECT seq, rewriter, prompt_digest, key_ids FROM methods")
        while let row = try rows.next() {
            let keyIDs: String = row[3]
            let method = RewritingMethod(
                rewriter: row[1], promptDigest: Digest256(column: 2, of: row),
                keyIDs: keyIDs.split(separator: ",").map(String.init))
            state.methods[method] = row[0]
        }
    }

    /// Takes the head row into `state`; a fault when it is absent or not sealed with the key.
    func readHead(_ db: Database) throws -> LedgerFault? {
        guard let row = try Row.fetchOne(db, sql: "SELECT seq, mac, seal FROM head") else {
            return LedgerFault(kind: .head, table: "head", detail: "is empty")
        }
        let sequence: Int64 = row[0]
        guard let mac = Digest256(column: 1, of: row), let seal = Digest256(column: 2, of: row),
            seal == hasher.seal(sequence: sequence, mac: mac)
        else { return LedgerFault(kind: .head, table: "head", detail: "was altered") }
        state.sequence = sequence
        state.mac = mac
        return nil
    }
}

extension Digest256 {
    /// A 32-byte blob of a row; nil for NULL and anything else.
    init?(column: Int, of row: Row) {
        guard let data = Data.fromDatabaseValue(row[column]) else { return nil }
        self.init(bytes: data)
    }
}

extension Date {
    /// Milliseconds since 1970 UTC.
    var milliseconds: Int64 {
        let value = (timeIntervalSince1970 * 1000).rounded()
        return abs(value) < 9e15 ? Int64(value) : 0
    }

    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
