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
    /// Strings of this run that repeated reasoning and were rewritten with it, by path.
    public internal(set) var copies: [String: Int] = [:]
    /// Members of this run that spelt a rewritten text token by token and were removed, by path.
    public internal(set) var companions: [String: Int] = [:]
    /// Signatures of this run over rewritten texts, which were removed, by path.
    public internal(set) var signatures: [String: Int] = [:]
    /// Records that were not rewritten in this run because the endpoint failed.
    public internal(set) var endpointFailures = 0
    /// What went wrong with the first of them, in the endpoint's words.
    public internal(set) var endpointFailure: String?
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

    /// Records of this run of which it is not certain what is reasoning.
    public var withoutReasoning: Int {
        reasons["\(TraceState.passedThrough.rawValue): reasoning_not_found", default: 0]
    }

    /// Whether the output holds traces as they came that should have been rewritten, for a reason that is not the traces' own:
    /// the endpoint failed, or nothing at all was rewritten.
    public var isUnmarked: Bool {
        let originals = states[.passedOriginal, default: 0]
        return originals > 0 && (endpointFailures > 0 || states[.rewritten, default: 0] == 0)
    }

    /// Adds what another file's job did.
    mutating func add(_ other: SanitizeSummary) {
        states.merge(other.states, uniquingKeysWith: +)
        reasons.merge(other.reasons, uniquingKeysWith: +)
        rejections.merge(other.rejections, uniquingKeysWith: +)
        copies.merge(other.copies, uniquingKeysWith: +)
        companions.merge(other.companions, uniquingKeysWith: +)
        signatures.merge(other.signatures, uniquingKeysWith: +)
        endpointFailures += other.endpointFailures
        endpointFailure = endpointFailure ?? other.endpointFailure
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
            for path in record.copies { copies[path, default: 0] += 1 }
            for path in record.companions { companions[path, default: 0] += 1 }
            for path in record.signatures { signatures[path, default: 0] += 1 }
            if let failure = record.failure {
                endpointFailures += 1
                endpointFailure = endpointFailure ?? failure
            }
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
