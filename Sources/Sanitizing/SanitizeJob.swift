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

/// One run of `sanitize-traces`: reads records, rewrites and marks each, writes them in input order, and with a ledger
/// survives being killed at any moment.
public struct SanitizeJob: Sendable {
    let options: SanitizeOptions
    let chain: RewriterChain
    let provenance: SanitizeProvenance
    let ledgerKey: Subkey?

    /// A job. `ledgerKey` (the provider-wide `ledger` subkey) is needed when the options name a ledger.
    public init(options: SanitizeOptions, chain: RewriterChain, provenance: SanitizeProvenance, ledgerKey: Subkey?) {
        self.options = options
        self.chain = chain
        self.provenance = provenance
        self.ledgerKey = ledgerKey
    }

    /// Runs the job. Cancelling the task stops it in good order. Of a folder, every file of traces is written under its own
    /// name into the output folder.
    ///
    /// - Throws: ``SanitizeError``. Whatever was finished before stays finished.
    public func run(
        progress: (@Sendable (SanitizeProgress) -> Void)? = nil
    ) async throws(SanitizeError) -> SanitizeSummary {
        if FilePath.isFolder(options.input) { return try await runFolder(progress) }
        try JobFiles.check(options)
        return try await withLedger { (ledger) async throws(SanitizeError) in
            try await self.run(in: ledger, progress)
        }
    }

    /// Runs the job of one file, in a ledger that is open or without one.
    func run(
        in ledger: JobLedger?, _ progress: (@Sendable (SanitizeProgress) -> Void)?
    ) async throws(SanitizeError) -> SanitizeSummary {
        guard let ledger else { return try await runWithoutLedger(progress) }
        return try await run(with: ledger, progress)
    }

    /// Opens the ledger that the options name for as long as `body` runs; nil where they name none.
    func withLedger(
        _ body: (JobLedger?) async throws(SanitizeError) -> SanitizeSummary
    ) async throws(SanitizeError) -> SanitizeSummary {
        guard let path = options.ledger else { return try await body(nil) }
        guard let ledgerKey else {
            throw SanitizeError.options("--ledger needs a keyring: its rows are authenticated with a key of it")
        }
        guard options.output != "-" else {
            throw SanitizeError.options("--ledger needs an output file: standard output cannot be resumed")
        }
        let ledger: JobLedger
        do throws(JobLedgerError) {
            ledger = try JobLedger(path: path, key: ledgerKey)
        } catch {
            throw SanitizeError.ledger(error)
        }
        let result: Result<SanitizeSummary, SanitizeError>
        do throws(SanitizeError) {
            result = .success(try await body(ledger))
        } catch {
            result = .failure(error)
        }
        do throws(JobLedgerError) {
            try ledger.close()
        } catch {
            // A job's own error says more than what it leads to.
            if case .success = result { throw SanitizeError.ledger(error) }
        }
        return try result.get()
    }

    // MARK: Without a ledger

    private func runWithoutLedger(
        _ progress: (@Sendable (SanitizeProgress) -> Void)?
    ) async throws(SanitizeError) -> SanitizeSummary {
        if options.retryFailed || options.keepCandidates {
            throw SanitizeError.options("--retry-failed and --keep-candidates need a --ledger")
        }
        let target = try outputTarget(force: options.force)
        var source = try openSource()
        let stream = try StreamingSink(target: target, replacing: options.force)
        let sink: any OutputSink = source.document == nil ? stream : DocumentSink(stream)
        var summary = SanitizeSummary()
        try await work(
            &source, sink, processor: processor(willSend: nil), &summary, progress,
            resume: { _ throws(SanitizeError) in [:] })
        return summary
    }

    // MARK: With a ledger

    private func run(
        with ledger: JobLedger, _ progress: (@Sendable (SanitizeProgress) -> Void)?
    ) async throws(SanitizeError) -> SanitizeSummary {
        let resumption = JobResumption(options: options, parameters: parameters, ledger: ledger)
        var source = try openSource()
        do throws(TraceError) {
            try source.openContainers()
        } catch {
            throw SanitizeError.input(error)
        }
        let isMore = source.document != nil || source.framing != nil && !writesLines
        let status = try await resumption.start(keepsSpool: isMore || LedgerSink.isCompressed(options.output))
        var summary = SanitizeSummary()
        summary.take(status)
        if let digest = status.outputDigest, status.completed != nil {
            try resumption.checkOutput(digest)
            summary.outputDigest = digest.hex
            return summary
        }
        let target = try outputTarget(force: options.force || !status.isNew)
        guard case .file(let outputPath) = target else {
            throw SanitizeError.options("--ledger needs a regular output file")
        }
        let state = try await resumption.attempts(of: status)
        summary.interruptedAttempts = state.interrupted
        let attempts = AttemptLog(
            ledger: ledger, job: status.id, rewriter: chain.rewriters.map(\.name).joined(separator: ","),
            earlier: state.numbers)
        let sink = try LedgerSink(
            ledger: ledger, status: status, outputPath: outputPath, keyIDs: provenance.keyIDs, attempts: attempts,
            needsOrder: isLocal, replacing: options.force || status.isReopened)
        var finished = FinishedLookup(ledger: ledger, job: status.id, isEmpty: status.finishedCount == 0)
        try await work(
            &source, sink, processor: processor(willSend: { try await attempts.willSend($0) }), &summary, progress,
            resume: { (range) async throws(SanitizeError) in try await finished.records(in: range) })
        return summary
    }

    private var parameters: JobParameters {
        JobParameters(
            input: options.input, output: options.output, keepCandidates: options.keepCandidates,
            settings: provenance.settings)
    }

    // MARK: Both

    private var isLocal: Bool { chain.rewriters.allSatisfy(\.isLocal) }
    private var isCostly: Bool { chain.rewriters.contains(where: \.isCostly) }

    private var inputFiles: [String] {
        (options.input == "-" ? [] : [options.input]) + (options.ledger.map { [$0] } ?? [])
    }

    private func outputTarget(force: Bool) throws(SanitizeError) -> OutputTarget {
        try SanitizeError.writing { () throws(FileError) in
            try OutputTarget(options.output, force: force, others: inputFiles)
        }
    }

    private func openSource() throws(SanitizeError) -> RecordSource {
        do throws(TraceError) {
            // A unit of local work is large enough to make hand-over cheap; a record that waits for an endpoint, or
            // that a model works on, is a unit of its own.
            let isLarge = isLocal && !isCostly
            return try RecordSource(
                path: options.input, format: options.format, fields: options.fields, unitBytes: isLarge ? 256 << 10 : 1,
                unitLines: isLarge ? .max : 1, maxRecordBytes: options.maxRecordBytes)
        } catch {
            throw SanitizeError.input(error)
        }
    }

    private func processor(willSend: (@Sendable (Int) async throws -> Void)?) -> UnitProcessor {
        UnitProcessor(
            pipeline: RecordPipeline(chain: chain, seed: options.seed, keptCopies: options.keptCopies),
            parser: UnitParser(
                format: options.format, file: options.input == "-" ? "<stdin>" : options.input, fields: options.fields),
            writesLines: writesLines, willSend: isLocal ? nil : willSend)
    }

    /// Whether the output's name asks for lines, also where the input's records are something else.
    private var writesLines: Bool {
        FileKind(name: ContainerRegistry.standard.nameInside(options.output)) == .jsonLines
    }

    private func work(
        _ source: inout RecordSource, _ sink: any OutputSink, processor: UnitProcessor,
        _ summary: inout SanitizeSummary, _ progress: (@Sendable (SanitizeProgress) -> Void)?,
        resume: (Range<Int>) async throws(SanitizeError) -> [Int: Digest256]
    ) async throws(SanitizeError) {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let loop =
            isLocal
            ? WorkLoop(concurrency: cores + 1, window: 4 * cores + 4)
            : WorkLoop(concurrency: options.concurrency, window: 8 * options.concurrency)
        do throws(SanitizeError) {
            let total = source.byteCount
            try await loop.run(&source, processor: processor, sink: sink, resume: resume) {
                Task.isCancelled
            } finished: { result in
                summary.add(result)
                progress?(
                    SanitizeProgress(records: summary.total, inputBytes: summary.inputBytes, totalBytes: total))
            }
            if Task.isCancelled { throw SanitizeError.interrupted(resumable: false) }
            if let missing = try await resume(source.recordCount..<Int.max).keys.min() {
                throw SanitizeError.inputShortened(path: source.name, records: source.recordCount, missing: missing)
            }
            summary.outputDigest = try await sink.finish(
                document: source.document, framing: writesLines ? nil : source.framing
            ).hex
        } catch {
            sink.abandon()
            if case .interrupted = error { throw SanitizeError.interrupted(resumable: options.ledger != nil) }
            if case .endpoint(let reason) = error, !Task.isCancelled {
                // Said here, where it is known whether there is a ledger.
                throw SanitizeError.endpoint(
                    reason
                        + (options.ledger == nil
                            ? "; nothing was written (with --ledger a run can be resumed)"
                            : "; run the same command again to go on from here"))
            }
            // A cancelled task makes requests and files fail in ways of their own.
            if Task.isCancelled { throw SanitizeError.interrupted(resumable: options.ledger != nil) }
            throw error
        }
    }
}

extension SanitizeSummary {
    /// Starts from what earlier runs finished.
    fileprivate mutating func take(_ status: JobStatus) {
        states = status.counts
        resumed = status.finishedCount
    }
}
