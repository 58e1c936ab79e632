/// Why an endpoint gave no answer. Holds no secret: the API key and the extra headers' values are cut out of every
/// text a server sent before it gets here, and the URL comes without credentials and query.
public struct EndpointError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: String, Sendable, CaseIterable {
        /// The endpoint's settings do not work: URL, key source, key, header. Found before any request.
        case invalidConfiguration
        /// The request cannot be written as JSON (a number that is not finite).
        case invalidRequest
        /// The calling task was cancelled.
        case cancelled
        /// The client was shut down.
        case shutDown
        /// The hook before an attempt threw; its error is in `underlying`.
        case attemptHookFailed
        /// Too many connections in a row failed: nothing was sent.
        case endpointUnavailable
        /// No connection: name not found, refused, timed out, or TLS failed.
        case connectionFailed
        /// The connection closed or was reset before the response was complete.
        case connectionLost
        /// No bytes arrived for too long.
        case stalled
        /// The response took longer than a request may.
        case deadlineExceeded
        /// The body ended before its announced end.
        case truncatedBody
        /// A body of no bytes.
        case emptyBody
        /// A body that is broken JSON, or a chat completion without a choice.
        case malformedBody
        /// A body of another kind, such as a proxy's HTML page.
        case wrongContentType
        /// JSON that is neither a chat completion nor a known form of an error: somebody else's answer.
        case foreignAnswer
        /// A body larger than allowed.
        case responseTooLarge
        /// A redirect; they are not followed, so that a key never goes to another host.
        case redirected
        /// An HTTP status other than success; see `status`.
        case httpStatus
        /// An error object where an answer was due, in a response of status 200 or within a stream.
        case serverError
    }

    /// The kind of failure.
    public var code: Code
    /// What happened, in a few words.
    public var message: String
    /// The response's HTTP status, if a response began.
    public var status: Int?
    /// The server's own words, length-limited and redacted.
    public var serverMessage: String?
    /// Scheme, host, port and path of the request.
    public var url: String?
    /// Transport attempts made, this one included.
    public var attempts: Int = 0
    /// What the hook before the attempt threw.
    public var underlying: (any Error)?

    /// What the server calls its error, such as `insufficient_quota`.
    public var serverCode: String?

    /// How long the server asked to wait.
    var retryAfter: Duration?
    /// The client saw so much go wrong that it expects no later request to fare better.
    var isLasting = false

    init(
        _ code: Code, _ message: String, status: Int? = nil, serverMessage: String? = nil, serverCode: String? = nil
    ) {
        self.code = code
        self.message = message
        self.status = status
        self.serverMessage = serverMessage
        self.serverCode = serverCode
    }

    /// Whether another attempt may help.
    public var isRetryable: Bool {
        if isWithoutCredit { return false }
        return switch code {
        case .connectionFailed, .connectionLost, .stalled, .deadlineExceeded, .truncatedBody, .emptyBody,
            .malformedBody:
            true
        case .httpStatus:
            status.map(Self.isRetryable(status:)) ?? false
        case .serverError:
            status.map { (200..<300).contains($0) || Self.isRetryable(status: $0) } ?? true
        case .invalidConfiguration, .invalidRequest, .cancelled, .shutDown, .attemptHookFailed,
            .endpointUnavailable, .responseTooLarge, .redirected, .wrongContentType, .foreignAnswer:
            false
        }
    }

    /// Whether no other request can be expected to fare better, so that a job does best to stop here: the endpoint is gone,
    /// lets nobody in, has no credit left, refuses what every request holds, or is none.
    public var concernsEveryRequest: Bool {
        if isLasting || isWithoutCredit { return true }
        return switch code {
        case .invalidConfiguration, .endpointUnavailable, .connectionFailed, .shutDown, .attemptHookFailed, .redirected,
            .wrongContentType, .foreignAnswer:
            true
        case .httpStatus, .serverError:
            status.map { (400..<500).contains($0) && !Self.isRetryable(status: $0) } ?? false && !concernsOneRequest
        case .invalidRequest, .cancelled, .connectionLost, .stalled, .deadlineExceeded, .truncatedBody, .emptyBody,
            .malformedBody, .responseTooLarge:
            false
        }
    }

    /// Whether the server turned down this request for what it says or for its length, and may take others.
    public var concernsOneRequest: Bool {
        guard code == .httpStatus || code == .serverError, [400, 413, 422].contains(status ?? 0) else { return false }
        if let serverCode, Self.codesOfOneRequest.contains(serverCode) { return true }
        let words = (serverMessage ?? "").lowercased()
        return ["context length", "context window", "context size", "maximum context"].contains { words.contains($0) }
    }

    /// Whether the account behind the key has nothing left, which waiting does not mend.
    private var isWithoutCredit: Bool { serverCode.map(Self.codesOfSpentCredit.contains) ?? false }

    private static let codesOfOneRequest: Set<String> = [
        "context_length_exceeded", "content_filter", "content_policy_violation", "string_above_max_length",
        "exceed_context_size_error",
    ]

    private static let codesOfSpentCredit: Set<String> = [
        "insufficient_quota", "insufficient_balance", "insufficient_credits", "billing_hard_limit_reached",
        "billing_not_active", "account_deactivated",
    ]

    /// Whether nobody is there, or only something that stands in for a server that is away: what ends by itself when the
    /// server is back.
    var isOutage: Bool {
        switch code {
        case .connectionFailed, .endpointUnavailable: true
        case .httpStatus: status.map(Self.isOutage(status:)) ?? false
        default: false
        }
    }

    /// Statuses of a server that is away, loading or overloaded, or of what stands before it.
    static func isOutage(status: Int) -> Bool { [502, 503, 504, 529].contains(status) }

    /// Request timeout, conflict, too early, too many requests, and everything the server blames itself for.
    static func isRetryable(status: Int) -> Bool {
        [408, 409, 425, 429].contains(status) || (500...599).contains(status)
    }

    /// One line: message, status, server's words, URL, attempts.
    public var description: String {
        var text = message
        if let status, code != .httpStatus { text += " (HTTP status \(status))" }
        if let serverMessage, !serverMessage.isEmpty { text += ": \"\(serverMessage)\"" }
        if let url { text += " [\(url)]" }
        if attempts > 1 { text += " after \(attempts) attempts" }
        if let underlying { text += ": \(underlying)" }
        return text
    }
}
