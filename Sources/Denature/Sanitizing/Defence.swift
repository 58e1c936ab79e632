import KeyedPRF
import Sanitizing
import TraceRewriting
import Traces

/// Rewrites and marks reasoning traces; every final answer survives.
///
/// One value serves any number of tasks at the same time. For a server that sanitises what it sends:
///
///     var settings = SanitizeSettings()
///     settings.tenant = "acme"
///     let defence = try Defence(settings, keyring: try Keyring.load(.file("keys.json")))
///     let record = try await defence.rewrite(line: [UInt8](body))
///     if let bytes = record.bytes { send(bytes) }
///
/// For a file, with progress, resumable where the settings name a ledger:
///
///     settings.input = "traces.jsonl"
///     settings.output = "released.jsonl"
///     for try await event in try Defence(settings, keyring: keyring).sanitize() { … }
public struct Defence: Sendable {
    /// What is done.
    public let settings: SanitizeSettings
    private let plan: DefencePlan
    private let pipeline: RecordPipeline

    /// Checks settings and makes what they describe: rewriters, keys, models, the connection to an endpoint.
    ///
    /// - Parameters:
    ///   - settings: What is done.
    ///   - keyring: Where the marks' keys come from; nil to read the one that the settings name.
    ///   - rewriters: The rewriters that the settings can name.
    /// - Throws: ``SettingsError`` where settings do not go together; `KeyedPRFError` for a keyring that cannot be read or
    ///   has no such keys; `PromptTemplateError`, `EndpointError`, and what a rewriter finds wrong with files it reads.
    public init(_ settings: SanitizeSettings, keyring: Keyring? = nil, rewriters: RewriterRegistry = .standard) throws {
        try settings.validate()
        self.settings = settings
        plan = try DefencePlan(settings, keyring: keyring, rewriters: rewriters)
        pipeline = RecordPipeline(
            chain: plan.chain, seed: settings.seed,
            keptCopies: settings.keepUnmarked.compactMap(TraceFieldPaths.Path.init))
    }

    /// What the job is: the same traces sanitised by jobs with equal identities have equal bytes. Inputs count by their
    /// digests, but for the traces themselves.
    public var identity: JobIdentity { plan.identity }

    // MARK: One trace

    /// Sanitises one record: the bytes that a file with this line would get.
    ///
    /// - Parameter line: A JSON object in any of the known shapes, without a line terminator.
    /// - Throws: `TraceError` for bytes that are no such object; `RewriteError` where the endpoint cannot be used, or the
    ///   task was cancelled.
    public func rewrite(line: [UInt8]) async throws -> RewrittenRecord {
        try await rewrite(
            try TraceParser.parse(
                line: line, format: settings.format, fields: settings.fieldPaths,
                location: SourceLocation(file: "<record>", line: 1)))
    }

    /// Sanitises one record that was read already.
    ///
    /// - Throws: `RewriteError` where the endpoint cannot be used, or the task was cancelled.
    public func rewrite(_ record: TraceRecord) async throws(RewriteError) -> RewrittenRecord {
        RewrittenRecord(
            try await pipeline.process(record, index: 0, inputDigest: RecordPipeline.digest(of: record)))
    }

    /// Sanitises one trace.
    ///
    /// - Parameters:
    ///   - problem: What it solves; nil where that is not known.
    ///   - trace: Reasoning and final answer.
    ///   - solution: The known answer.
    /// - Throws: `RewriteError` where the endpoint cannot be used, or the task was cancelled.
    public func rewrite(
        problem: String?, trace: String, solution: String? = nil
    ) async throws(RewriteError) -> RewrittenTrace {
        let turn = TraceTurn(problem: problem, fields: [TraceField(role: .trace, text: trace)])
        let outcome = try await pipeline.process(turn, solution: solution)
        return RewrittenTrace(
            state: outcome.state, reason: outcome.reason, text: outcome.texts?.first, hasTrigger: outcome.hasTrigger)
    }

    // MARK: A file

    /// Sanitises the file that the settings name, in input order. With a ledger the job goes on where it was interrupted.
    /// Errors of the run: `SanitizeError`.
    public func sanitize() -> JobRun<SanitizeProgress, SanitizeSummary> {
        sanitize(settings.input, to: settings.output)
    }

    /// Sanitises a file; see ``sanitize()``.
    ///
    /// - Parameters:
    ///   - input: The traces, or `-` for standard input.
    ///   - output: Where they are written, or `-` for standard output.
    public func sanitize(_ input: String, to output: String) -> JobRun<SanitizeProgress, SanitizeSummary> {
        var options = SanitizeOptions(
            input: input, output: output, format: settings.format, ledger: settings.ledger, seed: settings.seed,
            force: settings.force, retryFailed: settings.retryFailed, keepCandidates: settings.keepCandidates,
            concurrency: settings.endpoint.concurrency, maxRecordBytes: settings.maxRecordBytes)
        options.fields = settings.fieldPaths
        options.keptCopies = settings.keepUnmarked.compactMap(TraceFieldPaths.Path.init)
        options.protectedFiles = plan.protectedFiles
        let job = SanitizeJob(
            options: options, chain: plan.chain,
            provenance: SanitizeProvenance(keyIDs: plan.keyIDs, settings: plan.identity.values),
            ledgerKey: plan.ledgerKey)
        return JobRun { reporter in try await job.run(progress: reporter.progress) }
    }

    /// Ends all requests and closes the connections to the endpoint; nothing can be rewritten with it afterwards.
    public func shutdown() async { await plan.client?.shutdown() }
}
