import Files
import Foundation
import JobLedger
import KeyedPRF
import TraceRewriting
import Traces

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A sink that survives being killed: every unit's bytes go to a spool file beside the output, and then its outcomes to
/// the ledger in one transaction. At the end the spool becomes the output, or is put in input order into it.
final class LedgerSink: OutputSink {
    let needsOrder: Bool
    private let ledger: JobLedger
    private let job: JobID
    private let spool: AppendedFile
    private let outputPath: String
    private let keyIDs: [String]
    private let attempts: AttemptLog
    private let replacing: Bool
    /// Whether the spool holds all records in input order, so that it can become the output as it is.
    private var isInOrder: Bool
    private var lastIndex: Int

    /// Opens the spool of a job that was started or taken up again. `status` says how much of it counts.
    init(
        ledger: JobLedger, status: JobStatus, outputPath: String, keyIDs: [String], attempts: AttemptLog,
        needsOrder: Bool, replacing: Bool
    ) throws(SanitizeError) {
        self.ledger = ledger
        job = status.id
        self.outputPath = outputPath
        self.keyIDs = keyIDs
        self.attempts = attempts
        self.needsOrder = needsOrder
        self.replacing = replacing
        let path = Self.spoolPath(outputPath)
        if status.spoolLength > 0 {
            guard let size = FilePath.size(of: path) else {
                throw SanitizeError.spoolDamaged(
                    path: path, reason: "is gone, but the ledger counts on it; start again with another ledger")
            }
            guard size >= status.spoolLength else {
                throw SanitizeError.spoolDamaged(
                    path: path, reason: "is \(size) bytes long, but the ledger counts on \(status.spoolLength)")
            }
        }
        spool = try SanitizeError.writing { () throws(FileError) in
            let spool = try AppendedFile(path: path, isExclusive: true, bufferLimit: 1 << 20)
            try spool.truncate(to: status.spoolLength)
            return spool
        }
        isInOrder = status.finishedCount == 0
        lastIndex = -1
    }

    /// Whether an output of this name is compressed.
    static func isCompressed(_ output: String) -> Bool { ContainerRegistry.standard.container(forName: output) != nil }

    static func spoolPath(_ output: String) -> String { output + ".partial" }

    func accept(_ result: UnitResult) async throws(SanitizeError) {
        guard !result.records.isEmpty else { return }
        let start = spool.size
        try SanitizeError.writing { () throws(FileError) in
            try spool.write(result.output)
            try spool.flush()
        }
        var outcomes: [TraceOutcome] = []
        outcomes.reserveCapacity(result.records.count)
        let now = Date()
        for (record, span) in zip(result.records, result.spans) {
            isInOrder = isInOrder && record.index > lastIndex
            lastIndex = record.index
            outcomes.append(outcome(record, span, spoolStart: start, output: result.output, now: now))
        }
        do throws(JobLedgerError) {
            try await ledger.commit(outcomes, spoolLength: spool.size, of: job)
        } catch {
            throw SanitizeError.ledger(error)
        }
    }

    private func outcome(
        _ record: RecordResult, _ span: Range<Int>, spoolStart: Int64, output: [UInt8], now: Date
    ) -> TraceOutcome {
        let ends = attempts.finish(record.index)
        var outcome = TraceOutcome(
            index: record.index, inputDigest: record.inputDigest,
            state: record.state, reason: record.reason,
            outputDigest: span.isEmpty
                ? nil : output.withUnsafeBytes { SHA256Digest.of(UnsafeRawBufferPointer(rebasing: $0[span])) },
            spool: SpoolRange(offset: spoolStart + Int64(span.lowerBound), length: Int64(span.count)),
            method: record.rewriter.map {
                RewritingMethod(
                    rewriter: $0, promptDigest: record.promptDigest.flatMap(Digest256.init(hex:)), keyIDs: keyIDs)
            },
            attempts: ends?.upperBound ?? 0, promptTokens: record.usage.prompt,
            completionTokens: record.usage.completion)
        // Requests of one record follow each other, so all but the last were answered by something not good enough.
        for number in ends ?? 1...1 where ends != nil {
            let isLast = number == ends?.upperBound
            outcome.attemptResults.append(
                AttemptResult(
                    index: record.index, attempt: number, finished: now,
                    outcome: isLast ? record.state.rawValue : "superseded",
                    promptTokens: isLast ? record.usage.prompt : 0,
                    completionTokens: isLast ? record.usage.completion : 0))
        }
        for (ordinal, candidate) in record.accepted.enumerated() {
            outcome.candidates.append(
                Candidate(
                    ordinal: ordinal, rewriter: record.rewriter ?? "", text: candidate.text,
                    isChosen: candidate.isChosen))
        }
        return outcome
    }

    func finish(document: TraceDocument?, framing: RecordFraming?) async throws(SanitizeError) -> Digest256 {
        try SanitizeError.writing { () throws(FileError) in try spool.synchronize() }
        let status: JobStatus
        do throws(JobLedgerError) {
            status = try await ledger.status(of: job)
        } catch {
            throw SanitizeError.ledger(error)
        }
        let assembly = SpoolAssembly(ledger: ledger, job: job, spoolPath: spool.path)
        // An output that is more than its records one after the other cannot be cut into them again.
        let isMore = document != nil || framing != nil || Self.isCompressed(outputPath)
        let assembled = outputPath + ".assembled"
        var finishedFile = spool.path
        let digest: Digest256
        if isInOrder, !isMore {
            digest = try SpoolReader.digest(of: spool.path, length: status.spoolLength)
        } else {
            digest = try await assembly.write(
                to: assembled, as: outputPath, document: document, framing: framing)
            finishedFile = assembled
        }
        // A destination with the same content counts as published: an earlier run was killed between this and the next step.
        try SanitizeError.writing { () throws(FileError) in
            try Placement.publish(finishedFile, as: outputPath, replacing: replacing) { () throws(FileError) in
                try SHA256Digest.of(file: outputPath) == digest
            }
        }
        unlink(assembled)
        do throws(JobLedgerError) {
            try await ledger.complete(job, outputDigest: digest)
        } catch {
            throw SanitizeError.ledger(error)
        }
        // Then its spool stays while records may be retried.
        if !isMore || !status.counts.contains(where: { !$0.key.isReleased && $0.value > 0 }) {
            unlink(spool.path)
        }
        return digest
    }

    func abandon() {
        try? spool.flush()
    }
}
