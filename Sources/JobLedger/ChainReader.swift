import Foundation
import GRDB
import GRDBSQLite
import KeyedPRF

/// Reads the rows of all chained tables in the order of the chain, one at a time.
struct ChainReader {
    /// The statements' values of one row; valid until the next call of `next`.
    struct Link {
        let table: ChainedTable
        let sequence: Int64
        let statement: OpaquePointer

        /// Column of the row's code: after `seq` and the table's own columns.
        private var macColumn: Int32 { Int32(table.formats.count) + 1 }

        var mac: Digest256? { blob(macColumn) }

        func blob(_ column: Int32) -> Digest256? {
            guard sqlite3_column_type(statement, column) == SQLITE_BLOB else { return nil }
            return Digest256(bytes: bytes(column))
        }

        func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
            let start = sqlite3_column_blob(statement, column)
            return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, column)))
        }

        func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }

        func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }

        func text(_ column: Int32) -> String { String(decoding: bytes(column), as: UTF8.self) }
    }

    private struct Source {
        let table: ChainedTable
        let statement: Statement
        /// The row the statement stands on; nil after its last.
        var sequence: Int64?
    }

    private let db: Database
    private var sources: [Source] = []
    private var standing: Int?

    init(_ db: Database) throws {
        self.db = db
        for table in ChainedTable.allCases {
            sources.append(Source(table: table, statement: try db.makeStatement(sql: table.selectSQL), sequence: nil))
            try advance(sources.count - 1)
        }
    }

    private mutating func advance(_ i: Int) throws {
        let statement = sources[i].statement.sqliteStatement
        switch sqlite3_step(statement) {
        case SQLITE_ROW: sources[i].sequence = sqlite3_column_int64(statement, 0)
        case SQLITE_DONE: sources[i].sequence = nil
        case let code:
            let message = String(cString: sqlite3_errmsg(db.sqliteConnection))
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }

    /// The row with the next higher sequence number, nil after the last.
    mutating func next() throws -> Link? {
        if let standing { try advance(standing) }
        standing = nil
        var lowest = Int64.max
        for i in sources.indices {
            if let sequence = sources[i].sequence, standing == nil || sequence < lowest {
                lowest = sequence
                standing = i
            }
        }
        guard let standing else { return nil }
        return Link(
            table: sources[standing].table, sequence: lowest, statement: sources[standing].statement.sqliteStatement)
    }
}
