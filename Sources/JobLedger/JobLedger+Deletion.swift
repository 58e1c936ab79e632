import Foundation
import GRDB
import KeyedPRF

extension JobLedger {
    /// Deletes stored candidate texts for good and records that. Their digests stay, and with them the chain.
    ///
    /// The bytes are overwritten in the database (`secure_delete`), the file is compacted, and the log is emptied. Copies
    /// elsewhere (backups, snapshots, a solid-state disk's spare blocks) are out of reach.
    /// - Parameters:
    ///   - job: whose texts; nil for all jobs.
    ///   - records: which records; nil for all.
    /// - Returns: how many texts were deleted; 0 means that nothing was appended.
    package func deleteTexts(
        of job: JobID? = nil, records: ClosedRange<Int>? = nil, now: Date = Date()
    ) async throws(JobLedgerError) -> Int {
        try await perform { db, core in
            if core.isReadOnly { throw JobLedgerError.readOnly(path: core.path) }
            if let job { _ = try core.progress(db, of: job) }
            let condition = """
                text IS NOT NULL AND (?1 IS NULL OR job = ?1) AND (?2 IS NULL OR idx BETWEEN ?2 AND ?3)
                """
            let arguments: StatementArguments = [job?.rawValue, records?.lowerBound, records?.upperBound]
            let count =
                try Int.fetchOne(db, sql: "SELECT count(*) FROM candidates WHERE \(condition)", arguments: arguments)
                ?? 0
            if count > 0 {
                try core.transaction(db) { rows in
                    try db.execute(sql: "UPDATE candidates SET text = NULL WHERE \(condition)", arguments: arguments)
                    _ = try rows.event(.textsDeleted, job: job, records: records, count: count, now: now)
                }
            }
            // Also when there is nothing left to delete: an earlier call may have been interrupted here.
            _ = try db.checkpoint(.truncate)
            try db.execute(sql: "VACUUM")
            _ = try db.checkpoint(.truncate)
            return count
        }
    }
}
