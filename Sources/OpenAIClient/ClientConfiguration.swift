/// Limits and habits of an ``OpenAIClient``.
public struct ClientConfiguration: Sendable {
    /// How long to wait at each stage of one attempt.
    public struct Timeouts: Hashable, Sendable {
        /// For a connection, TLS included.
        public var connect: Duration = .seconds(10)
        /// For the response head, from the attempt's start. A plain (not streamed) response has no head until all of
        /// it is generated.
        public var head: Duration = .seconds(300)
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
    /// Connection failures in a row, over all requests, after which the endpoint counts as dead.
    public var circuitFailureLimit: Int = 32
    /// The least time those failures must span.
    public var circuitMinimumSpan: Duration = .seconds(5)
    /// How long a dead endpoint is left alone before it is probed again.
    public var circuitCoolDown: Duration = .seconds(30)

    /// The defaults.
    public init() {}
}
