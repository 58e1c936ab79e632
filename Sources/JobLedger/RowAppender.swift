import GRDB
import GRDBSQLite
import KeyedPRF

/// Appends rows inside one transaction. Each value is bound to the statement and added to the row's message in one call,
/// so what is authenticated is what is stored.
final class RowAppender {
    private let db: Database
    private let hasher: ChainHasher
    private var statements: [ChainedTable: Statement] = [:]
    private var current: OpaquePointer?
    private var column: Int32 = 0

    /// The last row appended.
    private(set) var sequence: Int64
    private(set) var mac: Digest256

    init(db: Database, hasher: ChainHasher, sequence: Int64, mac: Digest256) {
        self.db = db
        self.hasher = hasher
        self.sequence = sequence
        self.mac = mac
    }

    /// Appends one row; `fill` adds the columns between `seq` and `mac` in the order of `ChainedTable.columns`.
    /// - Returns: the row's sequence number.
    @discardableResult
    func append(_ table: ChainedTable, _ fill: (RowAppender) -> Void) throws -> Int64 {
        let statement: Statement
        if let known = statements[table] {
            statement = known
        } else {
            statement = try db.cachedStatement(sql: table.insertSQL)
            statements[table] = statement
        }
        current = statement.sqliteStatement
        column = 1
        sequence += 1
        sqlite3_bind_int64(current, column, sequence)
        hasher.beginRow(after: mac, table: table.label, sequence: sequence)
        fill(self)
        mac = hasher.finish()
        mac.withUnsafeBytes { bind($0) }
        let status = sqlite3_step(current)
        // Resetting first frees the transaction to roll back; the message must be read before that.
        let message = status == SQLITE_DONE ? nil : String(cString: sqlite3_errmsg(db.sqliteConnection))
        sqlite3_reset(current)
        sqlite3_clear_bindings(current)
        guard status == SQLITE_DONE else {
            throw DatabaseError(resultCode: ResultCode(rawValue: status), message: message)
        }
        return sequence
    }

    func integer(_ value: Int) { integer(Int64(value)) }

    func integer(_ value: Int64) {
        column += 1
        sqlite3_bind_int64(current, column, value)
        hasher.append(value)
    }

    func integer(_ value: Int64?) {
        if let value { integer(value) } else { null() }
    }

    func text(_ value: String) {
        bindText(value)
        hasher.append(value)
    }

    func text(_ value: String?) {
        if let value { text(value) } else { null() }
    }

    func digest(_ value: Digest256?) {
        guard let value else { return null() }
        value.withUnsafeBytes { bind($0) }
        hasher.append(value)
    }

    /// Text that the row's code does not cover; its digest must be another column.
    func deletableText(_ value: String) { bindText(value) }

    private func null() {
        column += 1
        sqlite3_bind_null(current, column)
        hasher.appendNull()
    }

    private func bindText(_ value: String) {
        column += 1
        var value = value
        value.withUTF8 { bytes in
            _ = bytes.withMemoryRebound(to: CChar.self) {
                // A null pointer would store NULL instead of the empty text.
                $0.baseAddress.map {
                    sqlite3_bind_text(current, column, $0, Int32(clamping: bytes.count), Self.copied)
                } ?? sqlite3_bind_text(current, column, "", 0, Self.copied)
            }
        }
    }

    private func bind(_ bytes: UnsafeRawBufferPointer) {
        column += 1
        sqlite3_bind_blob(current, column, bytes.baseAddress, Int32(clamping: bytes.count), Self.copied)
    }

    /// SQLITE_TRANSIENT, a macro with a cast that the importer does not bring over.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
