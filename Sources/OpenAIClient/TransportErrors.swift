import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

extension EndpointError {
    /// What an error of the HTTP library means.
    ///
    /// - Parameters:
    ///   - error: as thrown.
    ///   - afterHead: whether the response head had arrived.
    static func classify(_ error: any Error, afterHead: Bool) -> EndpointError {
        if let error = error as? EndpointError { return error }
        if error is CancellationError { return EndpointError(.cancelled, "cancelled") }
        if let error = error as? HTTPClientError { return classify(error, afterHead: afterHead) }
        if let error = error as? NIOConnectionError {
            let cause = error.connectionErrors.first.map { "\($0.error)" } ?? "name not found"
            return EndpointError(
                .connectionFailed, "cannot connect to \(error.host), port \(error.port): \(cause)")
        }
        // A literal address is connected to directly: no NIOConnectionError around the cause.
        if let error = error as? IOError, !afterHead, connectErrors.contains(error.errnoCode) {
            return EndpointError(.connectionFailed, "cannot connect: \(String(cString: strerror(error.errnoCode)))")
        }
        if error is ChannelError, !afterHead {
            return EndpointError(.connectionFailed, "cannot connect: \(error)")
        }
        // NIOSSL is not imported for the sake of its errors' names. A failed handshake is a failed connection.
        if String(reflecting: type(of: error)).hasPrefix("NIOSSL."), !afterHead {
            return EndpointError(.connectionFailed, "TLS failed: \(error)")
        }
        // Nor is NIOHTTPCompression.
        if String(reflecting: type(of: error)).hasPrefix("NIOHTTPCompression.") {
            return EndpointError(.truncatedBody, "the compressed response cannot be read: \(error)")
        }
        if error is HTTPParserError {
            return afterHead
                ? EndpointError(.truncatedBody, "the response ended before its announced end")
                : EndpointError(.connectionLost, "no valid HTTP response")
        }
        return EndpointError(.connectionLost, "connection lost\(afterHead ? " within the response" : ""): \(error)")
    }

    /// What `connect` and `socket` fail with, and an open connection does not.
    private static let connectErrors: Set<CInt> = [
        ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL, EACCES, EMFILE, ENFILE,
    ]

    private static func classify(_ error: HTTPClientError, afterHead: Bool) -> EndpointError {
        switch error {
        case .cancelled:
            EndpointError(.cancelled, "cancelled")
        case .alreadyShutdown:
            EndpointError(.shutDown, "the client was shut down")
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .invalidProxyResponse,
            .proxyAuthenticationRequired, .httpProxyHandshakeTimeout, .socksHandshakeTimeout:
            EndpointError(.connectionFailed, "cannot connect: \(error.shortDescription)")
        case .readTimeout, .deadlineExceeded, .writeTimeout:
            EndpointError(.stalled, "the connection stalled")
        case .invalidURL, .emptyHost, .emptyScheme:
            EndpointError(.invalidConfiguration, "the endpoint's URL is not valid")
        case .remoteConnectionClosed where afterHead:
            EndpointError(.truncatedBody, "the response ended before its announced end")
        default:
            EndpointError(.connectionLost, "connection lost: \(error.shortDescription)")
        }
    }
}
