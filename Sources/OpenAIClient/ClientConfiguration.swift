/// Limits and habits of an ``OpenAIClient``.
public struct ClientConfiguration: Sendable {
    /// How long to wait at each stage of one attempt.
    public struct Timeouts: Hashable, Sendable {
        /// For a connection, TLS included.
        public var connect: Duration = .seconds(10)
        /// For the first byte of the body, from the attempt's start. A plain (not streamed) response has none until all of
        /// it is generated, and a stream none until the server has a place for it.
        public var head: Duration = .seconds(900)
        /// For the next bytes of a body; comments that keep a stream alive count.
        public var idle: Duration = .seconds(60)
        /// For a whole attempt.
        public var attempt: Duration = .seconds(900)

        /// The defaults.
        public init() {}
    }

    /// Most requests in flight, and most connections.
    public var concurrency: Int = 16
    /// Most bytes of a response body.
    public var maximumResponseBytes: Int = 32 << 20
    /// The waits.
    public var timeouts = Timeouts()
    /// The repeats.
    public var retry = RetryPolicy()
    /// How long an endpoint that has answered before may refuse connections, or answer 502, 503, 504 or 529, before that
    /// counts as an attempt: a server that restarts.
    public var patience: Duration = .seconds(300)
    /// The same for an endpoint that has not answered yet, whose address may be wrong.
    public var firstPatience: Duration = .zero
    /// Requests in a row that fail for good after which the endpoint counts as unusable.
    public var failedRequestLimit = 8
    /// Connection failures in a row, over all requests, after which the endpoint counts as dead.
    public var circuitFailureLimit: Int = 32
    /// The least time those failures must span.
    public var circuitMinimumSpan: Duration = .seconds(5)
    /// How long a dead endpoint is left alone before it is probed again.
    public var circuitCoolDown: Duration = .seconds(30)

    /// The defaults.
    public init() {}
}
