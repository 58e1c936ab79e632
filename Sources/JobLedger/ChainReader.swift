import GRDB
import KeyedPRF

/// Reads the rows of all chained tables in the order of the chain, one at a time.
struct ChainReader {
    /// One row; valid until the next call of `next`.
    struct Link {
        let table: ChainedTable
        let sequence: Int64
        /// `seq`, the table's columns, `mac`.
        let row: RawRow

        var mac: Digest256? { row.digest(Int32(table.formats.count) + 1) }
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
        sources[i].sequence = try sources[i].statement.rawStep(in: db)?.integer(0)
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
            table: sources[standing].table, sequence: lowest,
            row: RawRow(statement: sources[standing].statement.sqliteStatement))
    }
}
