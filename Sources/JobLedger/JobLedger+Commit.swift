import Foundation
import GRDB
import KeyedPRF

extension JobLedger {
    /// Records requests that are about to be sent, and ends of earlier attempts of records still in work. One transaction.
    package func recordAttempts(
        _ attempts: [AttemptStart], results: [AttemptResult] = [], of job: JobID
    ) async throws(JobLedgerError) {
        if attempts.isEmpty, results.isEmpty { return }
        try await perform { db, core in
            try core.requireOpen(db, job)
            try core.transaction(db) { rows in
                for result in results { try core.append(result, of: job, to: rows) }
                for attempt in attempts {
                    try core.refusingDuplicates("record \(attempt.index): attempt \(attempt.attempt) is recorded") {
                        _ = try rows.append(.attempts) {
                            $0.integer(job.rawValue)
                            $0.integer(attempt.index)
                            $0.integer(attempt.attempt)
                            $0.text(attempt.rewriter)
                            $0.integer(attempt.started.milliseconds)
                        }
                    }
                }
            }
        }
    }

    /// Records finished traces whose bytes are in the spool, in one transaction: all of them or none.
    /// - Parameter spoolLength: bytes of the spool that these and all earlier outcomes cover.
    package func commit(
        _ outcomes: [TraceOutcome], spoolLength: Int64, of job: JobID, now: Date = Date()
    ) async throws(JobLedgerError) {
        try await perform { db, core in
            let progress = try core.requireOpen(db, job)
            try core.transaction(db) { rows in
                for outcome in outcomes {
                    try core.append(outcome, of: job, progress: progress, in: db, to: rows)
                }
                try rows.append(.commits) {
                    $0.integer(job.rawValue)
                    $0.integer(now.milliseconds)
                    $0.integer(outcomes.count)
                    $0.integer(spoolLength)
                }
            }
        }
    }
}

extension LedgerCore {
    @discardableResult
    func requireOpen(_ db: Database, _ job: JobID) throws -> JobProgress {
        let progress = try progress(db, of: job)
        if progress.isCompleted { throw invalid("the job is complete; nothing can be added to it") }
        return progress
    }

    /// Names the record when a unique index refuses a row.
    func refusingDuplicates(_ what: @autoclosure () -> String, _ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            throw invalid(what() + " already")
        }
    }

    func append(_ result: AttemptResult, of job: JobID, to rows: RowAppender) throws {
        try refusingDuplicates("record \(result.index): the end of attempt \(result.attempt) is recorded") {
            _ = try rows.append(.attemptResults) {
                $0.integer(job.rawValue)
                $0.integer(result.index)
                $0.integer(result.attempt)
                $0.integer(result.finished.milliseconds)
                $0.text(result.outcome)
                $0.integer(result.promptTokens)
                $0.integer(result.completionTokens)
            }
        }
    }

    fileprivate func append(
        _ outcome: TraceOutcome, of job: JobID, progress: JobProgress, in db: Database, to rows: RowAppender
    ) throws {
        if progress.round > 0, try isFinished(db, outcome.index, of: job, progress: progress) {
            throw invalid("record \(outcome.index): an outcome is recorded already")
        }
        for result in outcome.attemptResults { try append(result, of: job, to: rows) }
        for candidate in outcome.candidates {
            guard progress.keepsCandidates else {
                throw invalid("record \(outcome.index): candidates are stored only for jobs that keep them")
            }
            try rows.append(.candidates) {
                $0.integer(job.rawValue)
                $0.integer(outcome.index)
                $0.integer(candidate.ordinal)
                $0.text(candidate.rewriter)
                $0.text(candidate.gate)
                $0.integer(candidate.isChosen ? 1 : 0)
                $0.digest(SHA256Digest.of(candidate.text))
                $0.deletableText(candidate.text)
            }
        }
        let method = try outcome.method.map { try number(of: $0, in: rows) }
        try refusingDuplicates("record \(outcome.index): an outcome is recorded") {
            _ = try rows.append(.traces) {
                $0.integer(job.rawValue)
                $0.integer(outcome.index)
                $0.integer(progress.round)
                $0.text(outcome.state.rawValue)
                $0.text(outcome.reason)
                $0.digest(outcome.inputDigest)
                $0.digest(outcome.outputDigest)
                $0.integer(outcome.spool.offset)
                $0.integer(outcome.spool.length)
                $0.integer(method)
                $0.integer(outcome.attempts)
                $0.integer(outcome.promptTokens)
                $0.integer(outcome.completionTokens)
            }
        }
    }

    private func number(of method: RewritingMethod, in rows: RowAppender) throws -> Int64 {
        if let known = state.methods[method] { return known }
        let sequence = try rows.append(.methods) {
            $0.text(method.rewriter)
            $0.digest(method.promptDigest)
            $0.text(method.keyIDs.joined(separator: ","))
        }
        state.methods[method] = sequence
        return sequence
    }

    private func isFinished(_ db: Database, _ index: Int, of job: JobID, progress: JobProgress) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "SELECT 1 FROM traces WHERE \(Self.currentTraces) AND idx = ? LIMIT 1")
        return try Row.fetchOne(statement, arguments: [job.rawValue, progress.reopened, index]) != nil
    }
}
