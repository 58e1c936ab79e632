import Foundation
import GRDB
import KeyedPRF
import Traces

extension JobLedger {
    /// Records that need no more work, by index, starting after `index`; at most `limit` of them.
    /// `FinishedRecordReader` reads all of them one by one.
    package func finishedRecords(
        of job: JobID, after index: Int = -1, limit: Int = 10_000
    ) async throws(JobLedgerError) -> [FinishedRecord] {
        try await perform { db, core in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT idx, input_digest, state FROM traces WHERE \(LedgerCore.currentTraces) AND idx > ?
                    ORDER BY idx LIMIT ?
                    """)
            let reopened = try core.progress(db, of: job).reopened
            var records: [FinishedRecord] = []
            try statement.forEachRawRow([job.rawValue, reopened, index, limit], in: db) { row in
                let index = Int(row.integer(0))
                guard let digest = row.digest(1), let state = TraceState(rawValue: row.text(2)) else {
                    throw JobLedgerError.corrupted(path: core.path, reason: "record \(index): unreadable outcome")
                }
                records.append(FinishedRecord(index: index, inputDigest: digest, state: state))
            }
            return records
        }
    }

    /// The last attempt's number for each unfinished record that has any: the next one continues from it.
    package func attemptNumbers(of job: JobID) async throws(JobLedgerError) -> [Int: Int] {
        try await perform { db, core in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT idx, max(attempt) FROM attempts AS a WHERE job = ?1 AND NOT EXISTS (
                        SELECT 1 FROM traces AS t WHERE t.job = ?1 AND t.idx = a.idx
                            AND NOT (t.state IN ('withheld', 'failed') AND t.seq < ?2))
                    GROUP BY idx
                    """, arguments: [job.rawValue, core.progress(db, of: job).reopened])
            var numbers: [Int: Int] = [:]
            while let row = try rows.next() { numbers[row[0]] = row[1] }
            return numbers
        }
    }

    /// Attempts that began and never ended, by index and attempt. While a job runs this includes the requests in flight.
    package func interruptedAttempts(of job: JobID) async throws(JobLedgerError) -> [InterruptedAttempt] {
        try await perform { db, core in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT idx, attempt, rewriter, started FROM attempts AS a WHERE job = ?1 AND NOT EXISTS (
                        SELECT 1 FROM attempt_results AS r
                        WHERE r.job = ?1 AND r.idx = a.idx AND r.attempt = a.attempt)
                    ORDER BY idx, attempt
                    """, arguments: [job.rawValue])
            var attempts: [InterruptedAttempt] = []
            while let row = try rows.next() {
                attempts.append(
                    InterruptedAttempt(
                        index: row[0], attempt: row[1], rewriter: row[2], started: Date(milliseconds: row[3])))
            }
            return attempts
        }
    }

    /// Where a page of segment reading stopped.
    struct SegmentPosition: Sendable {
        var index: Int64 = -1
        var round: Int64 = -1
        /// Bytes of the records before it in the output that became the spool.
        var relaidBytes: Int64 = 0
    }

    func outputSegments(
        of job: JobID, after position: SegmentPosition, limit: Int
    ) async throws(JobLedgerError) -> (segments: [OutputSegment], next: SegmentPosition, isLast: Bool) {
        try await perform { db, core in
            let progress = try core.progress(db, of: job)
            let statement = try db.cachedStatement(
                sql: """
                    SELECT seq, idx, round, state, spool_offset, spool_length, output_digest FROM traces
                    WHERE job = ? AND (idx, round) > (?, ?) ORDER BY idx, round LIMIT ?
                    """)
            let start: StatementArguments = [job.rawValue, position.index, position.round, limit]
            var position = position
            var segments: [OutputSegment] = []
            var count = 0
            try statement.forEachRawRow(start, in: db) { row in
                count += 1
                let sequence = row.integer(0)
                position.index = row.integer(1)
                position.round = row.integer(2)
                guard let state = TraceState(rawValue: row.text(3)) else {
                    throw JobLedgerError.corrupted(path: core.path, reason: "row \(sequence): unknown state")
                }
                var spool = SpoolRange(offset: row.integer(4), length: row.integer(5))
                if progress.wasRelaid(state, at: sequence) {
                    spool.offset = position.relaidBytes
                    position.relaidBytes += spool.length
                }
                if progress.isCurrent(state, at: sequence) {
                    segments.append(
                        OutputSegment(
                            index: Int(position.index), state: state, spool: spool,
                            outputDigest: row.digest(6)))
                }
            }
            return (segments, position, count < limit)
        }
    }
}

/// Reads a job's finished records by index, a page at a time, to be merged with a reader of the input.
package struct FinishedRecordReader {
    private let ledger: JobLedger
    private let job: JobID
    private let pageSize: Int
    private var page: ArraySlice<FinishedRecord> = []
    private var last = -1
    private var isAtEnd = false

    package init(ledger: JobLedger, job: JobID, pageSize: Int = 10_000) {
        self.ledger = ledger
        self.job = job
        self.pageSize = max(1, pageSize)
    }

    /// The next finished record, nil after the last.
    nonisolated(nonsending) package mutating func next() async throws(JobLedgerError) -> FinishedRecord? {
        if page.isEmpty, !isAtEnd {
            page = try await ledger.finishedRecords(of: job, after: last, limit: pageSize)[...]
            isAtEnd = page.count < pageSize
            last = page.last?.index ?? last
        }
        return page.popFirst()
    }
}

/// Reads where the finished records' bytes lie in the spool, in output order. A withheld record has length 0.
package struct OutputSegmentReader {
    private let ledger: JobLedger
    private let job: JobID
    private let pageSize: Int
    private var page: ArraySlice<OutputSegment> = []
    private var position = JobLedger.SegmentPosition()
    private var isAtEnd = false

    package init(ledger: JobLedger, job: JobID, pageSize: Int = 10_000) {
        self.ledger = ledger
        self.job = job
        self.pageSize = max(1, pageSize)
    }

    /// The next segment, nil after the last.
    nonisolated(nonsending) package mutating func next() async throws(JobLedgerError) -> OutputSegment? {
        while page.isEmpty, !isAtEnd {
            let result = try await ledger.outputSegments(of: job, after: position, limit: pageSize)
            page = result.segments[...]
            position = result.next
            isAtEnd = result.isLast
        }
        return page.popFirst()
    }
}
