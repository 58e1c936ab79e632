import KeyedPRF
import TraceRewriting
import Traces

/// What a job did.
public struct SanitizeSummary: Sendable {
    /// Records that ended in each state, over all runs of the job.
    public internal(set) var states: [TraceState: Int] = [:]
    /// Records by state and reason, for every reason that occurred in this run.
    public internal(set) var reasons: [String: Int] = [:]
    /// Candidates the gate turned down in this run, by reason.
    public internal(set) var rejections: [Rejection: Int] = [:]
    /// Triggers placed in this run.
    public internal(set) var triggers = 0
    /// Candidates made in this run.
    public internal(set) var candidates = 0
    /// Tokens the endpoint used in this run.
    public internal(set) var usage = TokenUsage()
    /// What was exchanged in this run by rewriters that exchange tokens by a measure; before any mark was added.
    public internal(set) var swaps: SwapMeasures?
    /// Records finished by an earlier run.
    public internal(set) var resumed = 0
    /// Requests of an earlier run that had no answer when it died.
    public internal(set) var interruptedAttempts = 0
    /// Bytes of input read in this run.
    public internal(set) var inputBytes: Int64 = 0
    /// SHA-256 of the output, hex; of a folder, that of the list of its shards with a line `sha256  path` for each.
    public internal(set) var outputDigest: String?
    /// What a folder held; nil where the input is a file.
    public internal(set) var folder: FolderSummary?

    /// Records in all.
    public var total: Int { states.values.reduce(0, +) }

    /// Whether traces are missing from the output.
    public var isIncomplete: Bool { states[.withheld, default: 0] + states[.failed, default: 0] > 0 }

    /// Adds what another file's job did.
    mutating func add(_ other: SanitizeSummary) {
        states.merge(other.states, uniquingKeysWith: +)
        reasons.merge(other.reasons, uniquingKeysWith: +)
        rejections.merge(other.rejections, uniquingKeysWith: +)
        triggers += other.triggers
        candidates += other.candidates
        usage += other.usage
        swaps = SwapMeasures.sum(swaps, other.swaps)
        resumed += other.resumed
        interruptedAttempts += other.interruptedAttempts
        inputBytes += other.inputBytes
    }

    mutating func add(_ result: UnitResult) {
        inputBytes += Int64(result.inputBytes)
        for record in result.records {
            states[record.state, default: 0] += 1
            if let reason = record.reason { reasons["\(record.state.rawValue): \(reason)", default: 0] += 1 }
            for rejection in record.rejections { rejections[rejection, default: 0] += 1 }
            if record.hasTrigger { triggers += 1 }
            candidates += record.candidates
            usage.prompt += record.usage.prompt
            usage.completion += record.usage.completion
            swaps = SwapMeasures.sum(swaps, record.swaps)
        }
    }
}

/// What a folder held.
public struct FolderSummary: Sendable, Hashable {
    /// Files of traces, each written under its own name.
    public var shards: Int
    /// Other files that were copied, by their paths in the folder.
    public var copied: [String]
    /// Files of which nothing was written.
    public var leftOut: [String]
}

/// How far a job is.
public struct SanitizeProgress: Sendable {
    /// Records finished, earlier runs included.
    public var records: Int
    /// Bytes of input that are finished.
    public var inputBytes: Int64
    /// Bytes of the input, where they are known.
    public var totalBytes: Int64?
}
