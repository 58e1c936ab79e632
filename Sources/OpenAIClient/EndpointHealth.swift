import Synchronization

/// What all requests of a client together know about its endpoint: whether it ever answered, since when it is away, and how
/// many requests in a row it failed for good.
final class EndpointHealth: Sendable {
    private struct State {
        var hasContact = false
        var awaySince: ContinuousClock.Instant?
        var failedInARow = 0
    }

    private let failedRequestLimit: Int
    private let state = Mutex(State())

    /// - Parameter failedRequestLimit: Requests in a row that fail for good after which nothing good is expected.
    init(failedRequestLimit: Int) {
        self.failedRequestLimit = max(1, failedRequestLimit)
    }

    /// Whether the endpoint ever answered, with whatever status.
    var hasContact: Bool { state.withLock(\.hasContact) }

    /// A response began. One that says that the server is away ends no outage.
    func recordContact(status: Int) {
        state.withLock { state in
            state.hasContact = true
            if !EndpointError.isOutage(status: status) { state.awaySince = nil }
        }
    }

    /// An attempt failed because the endpoint is away; returns for how long it has been.
    func recordOutage(at now: ContinuousClock.Instant) -> Duration {
        state.withLock { state in
            let since = state.awaySince ?? now
            state.awaySince = since
            return since.duration(to: now)
        }
    }

    /// A request was answered.
    func recordAnswer() {
        state.withLock { $0.failedInARow = 0 }
    }

    /// A request failed for good; returns whether too many have in a row.
    func recordFailure() -> Bool {
        state.withLock { state in
            state.failedInARow += 1
            return state.failedInARow >= failedRequestLimit
        }
    }
}

/// How a streamed answer is asked for. What an endpoint refuses is asked for more simply, from then on by all requests.
enum StreamForm: Int, Comparable {
    /// As a stream with its usage at the end.
    case withUsage
    /// As a stream.
    case bare
    /// Not as a stream.
    case plain

    static func < (left: StreamForm, right: StreamForm) -> Bool { left.rawValue < right.rawValue }

    /// What is left to try after this error; nil where the error is not about the stream.
    func simpler(after error: EndpointError) -> StreamForm? {
        guard self != .plain, error.code == .httpStatus, [400, 405, 415, 422, 501].contains(error.status ?? 0) else {
            return nil
        }
        let words = (error.serverMessage ?? "").lowercased()
        guard words.contains("stream") || words.contains("include_usage") else { return nil }
        let isAboutOptions = words.contains("stream_options") || words.contains("include_usage")
        return self == .withUsage && isAboutOptions ? .bare : .plain
    }
}
