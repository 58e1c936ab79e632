import Foundation
import GRDB
import KeyedPRF
import Traces

extension JobLedger {
    /// Starts the job, or takes it up again when its input and output are recorded already.
    ///
    /// A completed job is returned as it is (`completed` is set) and nothing is appended. Otherwise the caller truncates
    /// the spool to `spoolLength`, skips the finished records, and goes on.
    /// - Throws: `parametersDiffer` naming each parameter that differs from the recorded ones.
    package func startOrResumeJob(
        _ parameters: JobParameters, now: Date = Date()
    ) async throws(JobLedgerError) -> JobStatus {
        try await perform { db, core in
            let row = try Row.fetchOne(
                db, sql: "SELECT seq, parameters FROM jobs WHERE input = ? AND output = ?",
                arguments: [parameters.input, parameters.output])
            guard let row else {
                let json = try parameters.canonicalJSON()
                let sequence = try core.transaction(db) { rows in
                    try rows.append(.jobs) {
                        $0.text(parameters.input)
                        $0.text(parameters.output)
                        $0.text(json)
                        $0.digest(SHA256Digest.of(json))
                        $0.integer(now.milliseconds)
                    }
                }
                var status = try core.status(db, of: JobID(rawValue: sequence))
                status.isNew = true
                return status
            }
            let job = JobID(rawValue: row[0])
            let differences = try core.decode(row[1]).differences(from: parameters)
            if !differences.isEmpty {
                throw JobLedgerError.parametersDiffer(path: core.path, differences: differences)
            }
            if try !core.progress(db, of: job).isCompleted {
                try core.transaction(db) { _ = try $0.event(.resumed, job: job, now: now) }
            }
            return try core.status(db, of: job)
        }
    }

    /// All jobs in the order in which they were started.
    package func jobs() async throws(JobLedgerError) -> [JobStatus] {
        try await perform { db, core in
            try Int64.fetchAll(db, sql: "SELECT seq FROM jobs ORDER BY seq").map {
                try core.status(db, of: JobID(rawValue: $0))
            }
        }
    }

    package func status(of job: JobID) async throws(JobLedgerError) -> JobStatus {
        try await perform { db, core in try core.status(db, of: job) }
    }

    /// Records that the output is in place. Call it after the output was synced and renamed; this commit is synced too.
    package func complete(
        _ job: JobID, outputDigest: Digest256, now: Date = Date()
    ) async throws(JobLedgerError) {
        try await perform { db, core in
            guard try !core.progress(db, of: job).isCompleted else { throw core.invalid("the job is already complete") }
            let status = try core.status(db, of: job)
            try db.execute(sql: "PRAGMA synchronous = FULL")
            defer { try? db.execute(sql: "PRAGMA synchronous = NORMAL") }
            try core.transaction(db) { rows in
                let sequence = try rows.event(
                    .completed, job: job, count: status.finishedCount, spoolLength: status.spoolLength,
                    digest: outputDigest, now: now)
                core.state.jobs[job]?.apply(.completed, at: sequence)
            }
        }
    }

    /// Opens the withheld and failed records of a job again.
    ///
    /// For a completed job the spool from now on is its output: copy the output to the spool's place *before* this call.
    /// `outputSegments` then gives each finished record's place in it.
    /// - Returns: how many records were opened; 0 means that nothing was appended.
    package func retryFailed(_ job: JobID, now: Date = Date()) async throws(JobLedgerError) -> Int {
        try await perform { db, core in
            let progress = try core.progress(db, of: job)
            let status = try core.status(db, of: job)
            let count = status.counts.filter { !$0.key.isReleased }.values.reduce(0, +)
            if count == 0 { return 0 }
            let length = progress.isCompleted ? try core.finishedBytes(db, of: job) : status.spoolLength
            let kind: LedgerEvent = progress.isCompleted ? .reopenedOutput : .reopened
            try core.transaction(db) { rows in
                let sequence = try rows.event(kind, job: job, count: count, spoolLength: length, now: now)
                core.state.jobs[job]?.apply(kind, at: sequence)
            }
            return count
        }
    }
}

extension RowAppender {
    func event(
        _ kind: LedgerEvent, job: JobID?, records: ClosedRange<Int>? = nil, count: Int? = nil,
        spoolLength: Int64? = nil, digest: Digest256? = nil, now: Date
    ) throws -> Int64 {
        try append(.events) {
            $0.integer(job?.rawValue)
            $0.text(kind.rawValue)
            $0.integer(now.milliseconds)
            $0.integer(records.map { Int64($0.lowerBound) })
            $0.integer(records.map { Int64($0.upperBound) })
            $0.integer(count.map(Int64.init))
            $0.integer(spoolLength)
            $0.digest(digest)
        }
    }
}

extension LedgerCore {
    /// Outcomes that still count; bind the job and the last reopening.
    static let currentTraces = "job = ? AND NOT (state IN ('withheld', 'failed') AND seq < ?)"

    func status(_ db: Database, of job: JobID) throws -> JobStatus {
        let progress = try progress(db, of: job)
        guard
            let row = try Row.fetchOne(
                db, sql: "SELECT parameters, created FROM jobs WHERE seq = ?", arguments: [job.rawValue])
        else { throw invalid("there is no job \(job.rawValue)") }
        var status = JobStatus(
            id: job, parameters: try decode(row[0]), created: Date(milliseconds: row[1]), completed: nil,
            outputDigest: nil, spoolLength: try spoolLength(db, of: job), counts: [:], isNew: false,
            isReopened: progress.round > 0)
        if progress.isCompleted {
            let event = try Row.fetchOne(
                db, sql: "SELECT time, digest FROM events WHERE job = ? AND kind = ? ORDER BY seq DESC LIMIT 1",
                arguments: [job.rawValue, LedgerEvent.completed.rawValue])
            status.completed = event.map { Date(milliseconds: $0[0]) }
            status.outputDigest = event.flatMap { Digest256(column: 1, of: $0) }
        }
        let counts = try Row.fetchCursor(
            db, sql: "SELECT state, count(*) FROM traces WHERE \(Self.currentTraces) GROUP BY state",
            arguments: [job.rawValue, progress.reopened])
        while let row = try counts.next() {
            if let state = TraceState(rawValue: row[0]) { status.counts[state] = row[1] }
        }
        return status
    }

    /// The length at the last commit or, when later, at the last reopening.
    private func spoolLength(_ db: Database, of job: JobID) throws -> Int64 {
        try Int64.fetchOne(
            db,
            sql: """
                SELECT spool_length FROM (
                    SELECT * FROM (SELECT seq, spool_length FROM commits WHERE job = ?1 ORDER BY seq DESC LIMIT 1)
                    UNION ALL
                    SELECT seq, spool_length FROM events WHERE job = ?1 AND kind IN ('reopened', 'reopened_output'))
                ORDER BY seq DESC LIMIT 1
                """, arguments: [job.rawValue]) ?? 0
    }

    /// Bytes of all records that count: the length of the output.
    func finishedBytes(_ db: Database, of job: JobID) throws -> Int64 {
        try Int64.fetchOne(
            db, sql: "SELECT coalesce(sum(spool_length), 0) FROM traces WHERE \(Self.currentTraces)",
            arguments: [job.rawValue, progress(db, of: job).reopened]) ?? 0
    }
}
