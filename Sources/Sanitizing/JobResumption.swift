import Files
import Foundation
import JobLedger
import KeyedPRF
import Traces

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Starts a job in its ledger, or finds the place where it stopped.
struct JobResumption {
    let options: SanitizeOptions
    let parameters: JobParameters
    let ledger: JobLedger

    /// The job's status after everything that precedes the work: a retry opens what was withheld or failed.
    ///
    /// - Parameter keepsSpool: Whether the output cannot be cut into records again.
    func start(keepsSpool: Bool) async throws(SanitizeError) -> JobStatus {
        // Judged before a new job is written down: a refused output must leave the ledger as it was.
        let known = try await jobs().contains {
            $0.parameters.input == parameters.input && $0.parameters.output == parameters.output
        }
        if !known {
            try SanitizeError.writing { () throws(FileError) in
                _ = try OutputTarget(options.output, force: options.force, others: [options.input, ledger.path])
            }
        }
        let status = try await ledgerCall { () async throws(JobLedgerError) in
            try await ledger.startOrResumeJob(parameters)
        }
        guard options.retryFailed else { return status }
        let spool = LedgerSink.spoolPath(options.output)
        if status.completed != nil, status.counts.contains(where: { !$0.key.isReleased && $0.value > 0 }) {
            try await layOutSpool(status, spool: spool, keepsSpool: keepsSpool)
        }
        _ = try await ledgerCall { () async throws(JobLedgerError) in try await ledger.retryFailed(status.id) }
        return try await ledgerCall { () async throws(JobLedgerError) in try await ledger.status(of: status.id) }
    }

    /// Numbers of earlier attempts, and how many of them were cut off.
    func attempts(of status: JobStatus) async throws(SanitizeError) -> (numbers: [Int: Int], interrupted: Int) {
        if status.isNew { return ([:], 0) }
        return try await ledgerCall { () async throws(JobLedgerError) in
            (try await ledger.attemptNumbers(of: status.id), try await ledger.interruptedAttempts(of: status.id).count)
        }
    }

    /// A finished job is only reported; its output must still be what was written.
    func checkOutput(_ digest: Digest256) throws(SanitizeError) {
        guard FilePath.size(of: options.output) != nil, try SpoolReader.digest(of: options.output) == digest else {
            throw SanitizeError.spoolDamaged(
                path: options.output,
                reason: "the ledger calls this job complete, but the file is gone or was changed since; "
                    + "use another ledger to make it anew")
        }
    }

    /// Makes the finished records of a completed job a spool again, in input order, as the ledger expects it.
    private func layOutSpool(_ status: JobStatus, spool: String, keepsSpool: Bool) async throws(SanitizeError) {
        if let digest = status.outputDigest { try checkOutput(digest) }
        let staged = spool + ".staged"
        if keepsSpool {
            _ = try await SpoolAssembly(ledger: ledger, job: status.id, spoolPath: spool).write(
                to: staged, as: nil, document: nil, framing: nil)
        } else {
            // Left by a run that was killed here.
            unlink(staged)
            try SanitizeError.writing { () throws(FileError) in try Placement.copy(options.output, to: staged) }
        }
        try SanitizeError.writing { () throws(FileError) in try Placement.move(staged, to: spool, replacing: true) }
    }

    private func jobs() async throws(SanitizeError) -> [JobStatus] {
        try await ledgerCall { () async throws(JobLedgerError) in try await ledger.jobs() }
    }

    private func ledgerCall<R>(_ body: () async throws(JobLedgerError) -> R) async throws(SanitizeError) -> R {
        do throws(JobLedgerError) {
            return try await body()
        } catch {
            throw SanitizeError.ledger(error)
        }
    }
}

/// Which records of a range are finished; asked for ascending ranges, it reads the ledger once from front to back.
struct FinishedLookup {
    private var reader: FinishedRecordReader
    private var pending: FinishedRecord?
    private var isAtEnd: Bool

    init(ledger: JobLedger, job: JobID, isEmpty: Bool) {
        reader = FinishedRecordReader(ledger: ledger, job: job)
        isAtEnd = isEmpty
    }

    mutating func records(in range: Range<Int>) async throws(SanitizeError) -> [Int: Digest256] {
        var found: [Int: Digest256] = [:]
        while !isAtEnd {
            if pending == nil {
                do throws(JobLedgerError) {
                    pending = try await reader.next()
                } catch {
                    throw SanitizeError.ledger(error)
                }
                if pending == nil { isAtEnd = true }
            }
            guard let record = pending, record.index < range.upperBound else { break }
            if record.index >= range.lowerBound { found[record.index] = record.inputDigest }
            pending = nil
        }
        return found
    }
}
