import Foundation
import KeyedPRF
import Traces

/// A job's number: the sequence number of its first row.
package struct JobID: Hashable, Sendable {
    package let rawValue: Int64
}

/// A stretch of the spool file, in bytes.
package struct SpoolRange: Hashable, Sendable {
    package var offset: Int64
    package var length: Int64

    package init(offset: Int64, length: Int64) {
        self.offset = offset
        self.length = length
    }
}

/// What produced a trace's text. Stored once, referred to by number.
package struct RewritingMethod: Hashable, Sendable {
    package var rewriter: String
    package var promptDigest: Digest256?
    package var keyIDs: [String]

    package init(rewriter: String, promptDigest: Digest256? = nil, keyIDs: [String] = []) {
        self.rewriter = rewriter
        self.promptDigest = promptDigest
        self.keyIDs = keyIDs
    }
}

/// A request that is about to be sent.
package struct AttemptStart: Hashable, Sendable {
    /// The record, from 0 in input order.
    package var index: Int
    /// From 1 within the record, going on across runs.
    package var attempt: Int
    package var rewriter: String
    package var started: Date

    package init(index: Int, attempt: Int, rewriter: String, started: Date) {
        self.index = index
        self.attempt = attempt
        self.rewriter = rewriter
        self.started = started
    }
}

/// How a recorded attempt ended.
package struct AttemptResult: Hashable, Sendable {
    package var index: Int
    package var attempt: Int
    package var finished: Date
    /// A short stable word such as `accepted`, `rejected: answer changed`, `http 500`, `stalled`. Never model output.
    package var outcome: String
    package var promptTokens: Int
    package var completionTokens: Int

    package init(
        index: Int, attempt: Int, finished: Date, outcome: String, promptTokens: Int = 0, completionTokens: Int = 0
    ) {
        self.index = index
        self.attempt = attempt
        self.finished = finished
        self.outcome = outcome
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
    }
}

/// A candidate text that passed the gate (kept on request only).
package struct Candidate: Hashable, Sendable {
    package var ordinal: Int
    package var rewriter: String
    package var text: String
    package var gate: String
    package var isChosen: Bool

    package init(ordinal: Int, rewriter: String, text: String, gate: String = "passed", isChosen: Bool) {
        self.ordinal = ordinal
        self.rewriter = rewriter
        self.text = text
        self.gate = gate
        self.isChosen = isChosen
    }
}

/// The end of one record's processing.
package struct TraceOutcome: Sendable {
    package var index: Int
    /// SHA-256 of the input line without its line ending.
    package var inputDigest: Digest256
    package var state: TraceState
    package var reason: String?
    /// SHA-256 of the bytes appended to the spool.
    package var outputDigest: Digest256?
    package var spool: SpoolRange
    package var method: RewritingMethod?
    package var attempts: Int
    package var promptTokens: Int
    package var completionTokens: Int
    /// Ends of attempts that were recorded with `recordAttempts`.
    package var attemptResults: [AttemptResult]
    package var candidates: [Candidate]

    package init(
        index: Int, inputDigest: Digest256, state: TraceState, reason: String? = nil, outputDigest: Digest256? = nil,
        spool: SpoolRange, method: RewritingMethod? = nil, attempts: Int = 0, promptTokens: Int = 0,
        completionTokens: Int = 0, attemptResults: [AttemptResult] = [], candidates: [Candidate] = []
    ) {
        self.index = index
        self.inputDigest = inputDigest
        self.state = state
        self.reason = reason
        self.outputDigest = outputDigest
        self.spool = spool
        self.method = method
        self.attempts = attempts
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.attemptResults = attemptResults
        self.candidates = candidates
    }
}

/// A record that needs no more work.
package struct FinishedRecord: Hashable, Sendable {
    package var index: Int
    package var inputDigest: Digest256
    package var state: TraceState
}

/// Where a finished record's bytes are.
package struct OutputSegment: Hashable, Sendable {
    package var index: Int
    package var state: TraceState
    package var spool: SpoolRange
    /// SHA-256 of the bytes, nil where there are none.
    package var outputDigest: Digest256?

    package init(index: Int, state: TraceState, spool: SpoolRange, outputDigest: Digest256? = nil) {
        self.index = index
        self.state = state
        self.spool = spool
        self.outputDigest = outputDigest
    }
}

/// A record whose last recorded attempt has no end.
package struct InterruptedAttempt: Hashable, Sendable {
    package var index: Int
    package var attempt: Int
    package var rewriter: String
    package var started: Date
}

/// A job as the ledger knows it.
package struct JobStatus: Sendable, Hashable {
    package var id: JobID
    package var parameters: JobParameters
    package var created: Date
    package var completed: Date?
    package var outputDigest: Digest256?
    /// Bytes of the spool that are covered by committed outcomes: truncate to this before appending.
    package var spoolLength: Int64
    /// Records that need no more work, by state.
    package var counts: [TraceState: Int]
    package var isNew: Bool
    /// Whether records were opened again, so that an output of an earlier completion is there to be replaced.
    package var isReopened = false

    package var finishedCount: Int { counts.values.reduce(0, +) }
}
