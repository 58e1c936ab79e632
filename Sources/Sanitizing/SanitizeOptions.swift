import KeyedPRF
import Marks
import TraceRewriting
import Traces

/// Everything a job needs to know beside its chain of rewriters.
public struct SanitizeOptions: Sendable {
    /// A file, or `-` for standard input.
    public var input: String
    /// A file, or `-` for standard output.
    public var output: String
    /// The shape of every record, or nil to recognise each.
    public var format: TraceFormat?
    /// The ledger file; nil for a run that cannot be resumed.
    public var ledger: String?
    /// Decides every draw, together with each record's bytes.
    public var seed: UInt64
    /// Replaces an existing output.
    public var force: Bool
    /// Takes up records that were withheld or failed in a finished job.
    public var retryFailed: Bool
    /// Stores the texts of all candidates that passed the gate in the ledger.
    public var keepCandidates: Bool
    /// Records worked on at the same time when an endpoint is asked; local work uses the machine's cores.
    public var concurrency: Int
    /// The bound on one record, in bytes.
    public var maxRecordBytes: Int
    /// Where reasoning, answer and problem stand, for records of other shapes.
    public var fields: TraceFieldPaths?
    /// Paths that may hold a copy of the original reasoning.
    public var keptCopies: [TraceFieldPaths.Path] = []
    /// Files the job's maker reads (keyring, key file, prompts): the job refuses to write to any of them.
    public var protectedFiles: [String] = []

    /// Options with the defaults of the command line.
    public init(
        input: String, output: String, format: TraceFormat? = nil, ledger: String? = nil, seed: UInt64 = 0,
        force: Bool = false, retryFailed: Bool = false, keepCandidates: Bool = false, concurrency: Int = 16,
        maxRecordBytes: Int = LineReader.defaultMaxRecordBytes
    ) {
        self.input = input
        self.output = output
        self.format = format
        self.ledger = ledger
        self.seed = seed
        self.force = force
        self.retryFailed = retryFailed
        self.keepCandidates = keepCandidates
        self.concurrency = max(1, concurrency)
        self.maxRecordBytes = maxRecordBytes
    }
}

/// What the ledger records about a job's choices: two runs with equal values may share one job.
public struct SanitizeProvenance: Sendable {
    /// Identifiers of the subkeys in use.
    public var keyIDs: [String]
    /// Every setting that decides the output's bytes, and digests of what was read to make it, by name.
    public var settings: [String: String]

    /// - Parameters:
    ///   - keyIDs: Identifiers of the subkeys in use.
    ///   - settings: Every setting that decides the output's bytes, and digests of what was read to make it, by name.
    public init(keyIDs: [String] = [], settings: [String: String] = [:]) {
        self.keyIDs = keyIDs
        self.settings = settings
    }
}
