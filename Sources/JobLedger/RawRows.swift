import GRDB
import GRDBSQLite
import KeyedPRF

/// The values of a statement's present row, read without an allocation. Valid until the statement moves on.
struct RawRow {
    let statement: OpaquePointer

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(statement, column)
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
    }

    func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }

    /// A 32-byte blob; nil for NULL and anything else.
    func digest(_ column: Int32) -> Digest256? {
        guard sqlite3_column_type(statement, column) == SQLITE_BLOB else { return nil }
        return Digest256(bytes: bytes(column))
    }
}

extension Statement {
    /// Moves to the next row; nil after the last.
    func rawStep(in db: Database) throws -> RawRow? {
        switch sqlite3_step(sqliteStatement) {
        case SQLITE_ROW: return RawRow(statement: sqliteStatement)
        case SQLITE_DONE: return nil
        case let code:
            let message = String(cString: sqlite3_errmsg(db.sqliteConnection))
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }

    /// Runs the statement from its beginning, for result sets with millions of rows.
    func forEachRawRow(
        _ arguments: StatementArguments, in db: Database, _ body: (RawRow) throws -> Void
    ) throws {
        try setArguments(arguments)
        defer { sqlite3_reset(sqliteStatement) }
        while let row = try rawStep(in: db) { try body(row) }
    }
}
