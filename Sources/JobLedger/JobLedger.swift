import Foundation
import GRDB
import KeyedPRF

/// A record of jobs that survives being killed, and that shows later whether it was touched.
///
/// One SQLite file (WAL) with one writer. All calls run on the database's own queue, so an awaiting task gives its thread
/// back; a call is not abandoned when its task is cancelled, because a finished record must be written. Trace texts are
/// stored only for jobs that keep candidates; key material never is.
package final class JobLedger: Sendable {
    /// How a ledger is opened.
    package enum Mode: Sendable {
        /// The one writer: takes the lock, creates or migrates the file, and refuses a ledger whose end was tampered with.
        case exclusive
        /// For `verify`, `export` and look-ups; possible beside a writer. Never changes the file.
        case readOnly
    }

    package let path: String
    // Declared before the lock: the database is closed before the lock is dropped.
    let queue: DatabaseQueue
    let core: LedgerCore
    private let lock: LedgerLock?

    /// Opens or creates the ledger at `path`.
    /// - Parameters:
    ///   - key: the `ledger` subkey (tenant and epoch empty).
    ///   - now: the time noted when the ledger is created.
    package init(path: String, key: Subkey, mode: Mode = .exclusive, now: Date = Date()) throws(JobLedgerError) {
        // One file must have one lock, whatever name it is reached by.
        let path = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        self.path = path
        switch mode {
        case .exclusive:
            lock = try LedgerLock(ledger: path)
            try FileProblem.prepare(path)
        case .readOnly:
            lock = nil
            try FileProblem.checkReadable(path)
        }
        do {
            var configuration = Configuration()
            configuration.label = "JobLedger"
            configuration.readonly = mode == .readOnly
            configuration.busyMode = .timeout(10)
            configuration.foreignKeysEnabled = false
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let isNew = try queue.inDatabase { try Self.inspect($0, path: path) }
            if isNew, mode == .readOnly { throw JobLedgerError.foreignDatabase(path: path) }
            if mode == .exclusive {
                try queue.inDatabase { try Self.configure($0) }
                try LedgerSchema.migrator.migrate(queue)
            }
            core = try queue.inDatabase {
                try LedgerCore.open($0, path: path, key: key, now: now, isReadOnly: mode == .readOnly)
            }
            self.queue = queue
        } catch {
            throw JobLedgerError(error, path: path)
        }
    }

    /// Decides, without changing anything, whether the file is ours.
    /// - Returns: whether it is an empty database.
    private static func inspect(_ db: Database, path: String) throws -> Bool {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let objects = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        if application == 0, objects == 0 { return true }
        guard application == LedgerSchema.applicationID else { throw JobLedgerError.foreignDatabase(path: path) }
        if try LedgerSchema.migrator.hasBeenSuperseded(db) { throw JobLedgerError.newerSchema(path: path) }
        return false
    }

    private static func configure(_ db: Database) throws {
        try db.execute(sql: "PRAGMA journal_mode = WAL")
        try db.execute(sql: "PRAGMA synchronous = NORMAL")
        // Deleted texts are overwritten, not just unlinked.
        try db.execute(sql: "PRAGMA secure_delete = ON")
        // Fewer, larger checkpoints: 16 MB of log at the default page size.
        try db.execute(sql: "PRAGMA wal_autocheckpoint = 4000")
    }

    /// Moves the log into the database file and closes it. Not calling this loses nothing.
    package func close() throws(JobLedgerError) {
        do {
            // Busy readers only postpone the checkpoint.
            if lock != nil { _ = try? queue.inDatabase { try $0.checkpoint(.truncate) } }
            try queue.close()
            lock?.release()
        } catch {
            throw JobLedgerError(error, path: path)
        }
    }

    /// Runs `body` on the database's queue without holding the caller's thread.
    func perform<T: Sendable>(
        _ body: @escaping @Sendable (Database, LedgerCore) throws -> T
    ) async throws(JobLedgerError) -> T {
        let core = core
        let result: Result<T, JobLedgerError> = await withCheckedContinuation { continuation in
            queue.asyncWriteWithoutTransaction { db in
                // The writer beside a read-only ledger may have moved on.
                if core.isReadOnly { core.state.jobs.removeAll() }
                continuation.resume(
                    returning: Result { try body(db, core) }.mapError { JobLedgerError($0, path: core.path) })
            }
        }
        return try result.get()
    }

    /// The end of the chain, to publish.
    package func head() async throws(JobLedgerError) -> LedgerHead {
        try await perform { db, core in
            if let fault = try core.readHead(db) { throw JobLedgerError.tampered(path: core.path, fault: fault) }
            return core.head
        }
    }
}
