import Sanitizing
import TraceRewriting
import Traces

/// What became of one record.
public struct RewrittenRecord: Sendable {
    /// The state that it ended in.
    public var state: TraceState
    /// Why, in a word, for every state but a plain rewriting.
    public var reason: String?
    /// The bytes to release, without a line terminator; nil where nothing may be released.
    public var bytes: [UInt8]?
    /// The rewriter that succeeded.
    public var rewriter: String?
    /// Whether a trigger was placed.
    public var hasTrigger: Bool
    /// Candidates made, those included that were turned down.
    public var candidates: Int
    /// Why candidates were turned down, in order.
    public var rejections: [Rejection]
    /// Tokens that an endpoint used.
    public var usage: TokenUsage

    init(_ result: RecordResult) {
        state = result.state
        reason = result.reason
        bytes = result.output
        rewriter = result.rewriter
        hasTrigger = result.hasTrigger
        candidates = result.candidates
        rejections = result.rejections
        usage = result.usage
    }
}

/// What became of one trace.
public struct RewrittenTrace: Sendable {
    /// The state that it ended in.
    public var state: TraceState
    /// Why, in a word, for every state but a plain rewriting.
    public var reason: String?
    /// The text to release; nil where nothing may be released.
    public var text: String?
    /// Whether a trigger was placed.
    public var hasTrigger: Bool
}
