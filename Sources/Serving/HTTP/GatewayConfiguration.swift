import KeyedPRF

/// Where and how a gateway serves.
package struct GatewayConfiguration: Sendable {
    /// The address to listen at.
    package var host = "127.0.0.1"
    /// The port; 0 for one that is free.
    package var port = 0
    /// The digest of the key that clients must show; nil for none. The key itself is not kept.
    package var keyDigest: Digest256?
    /// The most bytes of a request's body.
    package var maximumBodyBytes = 4 << 20
    /// The most completions that one request may ask for.
    package var maximumChoices = 64
    /// The most bytes of one request's answer that wait for a slow reader.
    package var maximumWaitingBytes = 1 << 20
    /// The most connections at a time; more wait in the system's queue.
    package var maximumConnections = 1024
    /// How long a client may take nothing of what is sent before its connection is closed.
    package var stallTimeout = Duration.seconds(30)
    /// How long a connection may be without a request, and a request without its next bytes.
    package var idleTimeout = Duration.seconds(60)
    /// How long requests that are being answered may go on when the gateway is told to end.
    package var graceTimeout = Duration.seconds(20)

    /// The usual values.
    package init() {}
}

/// Why a gateway cannot serve.
package enum GatewayError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The address cannot be listened at.
    case cannotListen(host: String, port: Int, reason: String)

    /// The same in a sentence.
    package var description: String {
        switch self {
        case .cannotListen(let host, let port, let reason): "cannot listen at \(host), port \(port): \(reason)"
        }
    }
}
