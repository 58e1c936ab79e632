import GRDB

/// The file format. Every table of `ChainedTable` is append-only; a row's `seq` is its place in the one chain that runs
/// through all of them, and `mac` authenticates the row and, through the previous row's code, everything before it.
enum LedgerSchema {
    /// "DnLg", at offset 68 of the file (PRAGMA application_id).
    static let applicationID: Int32 = 0x446E_4C67

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        // A published migration is never edited: later formats add migrations.
        migrator.registerMigration("v1", foreignKeyChecks: .immediate) { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: v1)
        }
        return migrator
    }

    /// Digests and codes are 32-byte blobs, times are milliseconds since 1970 UTC.
    private static let v1 = """
        CREATE TABLE ledger (
            id INTEGER PRIMARY KEY CHECK (id = 1), ledger_id BLOB NOT NULL, created INTEGER NOT NULL,
            key_id TEXT NOT NULL, mac BLOB NOT NULL) STRICT;
        CREATE TABLE head (
            id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, mac BLOB NOT NULL, seal BLOB NOT NULL) STRICT;
        CREATE TABLE jobs (
            seq INTEGER PRIMARY KEY, input TEXT NOT NULL, output TEXT NOT NULL, parameters TEXT NOT NULL,
            parameters_digest BLOB NOT NULL, created INTEGER NOT NULL, mac BLOB NOT NULL) STRICT;
        CREATE UNIQUE INDEX jobs_by_files ON jobs (input, output);
        CREATE TABLE methods (
            seq INTEGER PRIMARY KEY, rewriter TEXT NOT NULL, prompt_digest BLOB, key_ids TEXT NOT NULL,
            mac BLOB NOT NULL) STRICT;
        CREATE TABLE attempts (
            seq INTEGER PRIMARY KEY, job INTEGER NOT NULL, idx INTEGER NOT NULL, attempt INTEGER NOT NULL,
            rewriter TEXT NOT NULL, started INTEGER NOT NULL, mac BLOB NOT NULL) STRICT;
        CREATE UNIQUE INDEX attempts_by_record ON attempts (job, idx, attempt);
        CREATE TABLE attempt_results (
            seq INTEGER PRIMARY KEY, job INTEGER NOT NULL, idx INTEGER NOT NULL, attempt INTEGER NOT NULL,
            finished INTEGER NOT NULL, outcome TEXT NOT NULL, prompt_tokens INTEGER NOT NULL,
            completion_tokens INTEGER NOT NULL, mac BLOB NOT NULL) STRICT;
        CREATE UNIQUE INDEX attempt_results_by_record ON attempt_results (job, idx, attempt);
        CREATE TABLE candidates (
            seq INTEGER PRIMARY KEY, job INTEGER NOT NULL, idx INTEGER NOT NULL, ordinal INTEGER NOT NULL,
            rewriter TEXT NOT NULL, gate TEXT NOT NULL, chosen INTEGER NOT NULL, text_digest BLOB NOT NULL,
            text TEXT, mac BLOB NOT NULL) STRICT;
        CREATE INDEX candidates_by_record ON candidates (job, idx);
        CREATE TABLE traces (
            seq INTEGER PRIMARY KEY, job INTEGER NOT NULL, idx INTEGER NOT NULL, round INTEGER NOT NULL,
            state TEXT NOT NULL, reason TEXT, input_digest BLOB NOT NULL, output_digest BLOB,
            spool_offset INTEGER NOT NULL, spool_length INTEGER NOT NULL, method INTEGER, attempts INTEGER NOT NULL,
            prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, mac BLOB NOT NULL) STRICT;
        CREATE UNIQUE INDEX traces_by_record ON traces (job, idx, round);
        CREATE TABLE commits (
            seq INTEGER PRIMARY KEY, job INTEGER NOT NULL, time INTEGER NOT NULL, records INTEGER NOT NULL,
            spool_length INTEGER NOT NULL, mac BLOB NOT NULL) STRICT;
        CREATE INDEX commits_by_job ON commits (job);
        CREATE TABLE events (
            seq INTEGER PRIMARY KEY, job INTEGER, kind TEXT NOT NULL, time INTEGER NOT NULL, first_idx INTEGER,
            last_idx INTEGER, count INTEGER, spool_length INTEGER, digest BLOB, mac BLOB NOT NULL) STRICT;
        CREATE INDEX events_by_job ON events (job);
        """

    /// The statements that make up the schema, as SQLite stores them.
    static func statements(in db: Database) throws -> [String] {
        try String.fetchAll(
            db, sql: "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY type, name")
    }

    /// What `statements` gives for an unaltered ledger.
    static func expectedStatements() throws -> [String] {
        let queue = try DatabaseQueue()
        try migrator.migrate(queue)
        return try queue.inDatabase { try statements(in: $0) }
    }
}

/// What an entry of `events` records.
enum LedgerEvent: String {
    /// An unfinished job was taken up again.
    case resumed
    /// Withheld and failed records were opened again; the spool is as it was.
    case reopened
    /// The same for a completed job, whose spool is now its output: all records in input order without gaps.
    case reopenedOutput = "reopened_output"
    case completed
    case textsDeleted = "texts_deleted"
}

/// A table whose rows are links of the chain.
enum ChainedTable: String, CaseIterable {
    case jobs
    case methods
    case attempts
    case attemptResults = "attempt_results"
    case candidates
    case traces
    case commits
    case events

    /// How a column's value is written in an export.
    enum Format {
        case integer
        case text
        case digest
        case time
        case flag
        case json
        /// Not covered by the row's code (its digest is), so that it can be deleted.
        case deletableText
    }

    struct Column {
        var name: String
        var format: Format
    }

    /// The columns between `seq` and `mac`, in the order in which they are authenticated.
    var columns: [Column] {
        func column(_ name: String, _ format: Format = .integer) -> Column { Column(name: name, format: format) }
        let record = [column("job"), column("idx")]
        switch self {
        case .jobs:
            return [
                column("input", .text), column("output", .text), column("parameters", .json),
                column("parameters_digest", .digest), column("created", .time),
            ]
        case .methods: return [column("rewriter", .text), column("prompt_digest", .digest), column("key_ids", .text)]
        case .attempts: return record + [column("attempt"), column("rewriter", .text), column("started", .time)]
        case .attemptResults:
            return record + [
                column("attempt"), column("finished", .time), column("outcome", .text), column("prompt_tokens"),
                column("completion_tokens"),
            ]
        case .candidates:
            return record + [
                column("ordinal"), column("rewriter", .text), column("gate", .text), column("chosen", .flag),
                column("text_digest", .digest), column("text", .deletableText),
            ]
        case .traces:
            return record + [
                column("round"), column("state", .text), column("reason", .text), column("input_digest", .digest),
                column("output_digest", .digest), column("spool_offset"), column("spool_length"), column("method"),
                column("attempts"), column("prompt_tokens"), column("completion_tokens"),
            ]
        case .commits: return [column("job"), column("time", .time), column("records"), column("spool_length")]
        case .events:
            return [
                column("job"), column("kind", .text), column("time", .time), column("first_idx"), column("last_idx"),
                column("count"), column("spool_length"), column("digest", .digest),
            ]
        }
    }

    /// The columns' formats, made once: verification asks for them at every row.
    var formats: [Format] { Self.allFormats[self] ?? [] }

    private static let allFormats = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.columns.map(\.format)) })

    private var names: String { (["seq"] + columns.map(\.name) + ["mac"]).joined(separator: ", ") }

    var insertSQL: String {
        let places = Array(repeating: "?", count: columns.count + 2).joined(separator: ", ")
        return "INSERT INTO \(rawValue) (\(names)) VALUES (\(places))"
    }

    var selectSQL: String { "SELECT \(names) FROM \(rawValue) ORDER BY seq" }
}
