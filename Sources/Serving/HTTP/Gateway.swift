import Foundation
import Hummingbird
import NIOCore
import ServiceLifecycle

/// An HTTP server with the routes of the OpenAI API: `/v1/models`, `/v1/chat/completions`, `/v1/completions`, and
/// `/health`. It knows HTTP and JSON and leaves the model to a ``CompletionBackend``.
///
/// It keeps no more of a request than its body and what its client has not yet read, both bounded. A client that leaves
/// ends its order at once; one that does not read loses its connection after some time.
package struct Gateway: Sendable {
    private let backend: any CompletionBackend
    private let configuration: GatewayConfiguration

    /// A gateway that is to serve a backend.
    package init(backend: any CompletionBackend, configuration: GatewayConfiguration = GatewayConfiguration()) {
        self.backend = backend
        self.configuration = configuration
    }

    /// Serves until its task is cancelled. Then no connection is taken any more, and answers that have begun may end.
    ///
    /// - Parameter onReady: Called with the port when connections are taken.
    /// - Throws: ``GatewayError``.
    package func run(onReady: @escaping @Sendable (_ port: Int) async -> Void) async throws {
        let registry = ConnectionRegistry()
        let (host, port) = (configuration.host, configuration.port)
        let stallTimeout = configuration.stallTimeout
        var application = Application(
            responder: GatewayResponder(backend: backend, configuration: configuration, registry: registry),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [ConnectionGuard(registry: registry, stallTimeout: stallTimeout)],
                    idleTimeout: TimeAmount(configuration.idleTimeout))),
            configuration: .init(address: .hostname(host, port: port), backlog: 1024),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? port) })
        // What it would say, the program says itself.
        application.logger.logLevel = .critical
        application.configuration.availableConnectionsDelegate = .maximum(
            configuration.maximumConnections, logger: application.logger)
        var group = ServiceGroupConfiguration(services: [application], logger: application.logger)
        group.maximumGracefulShutdownDuration = configuration.graceTimeout
        let services = ServiceGroup(configuration: group)
        // Not cancelled itself: its end shall be graceful.
        let serving = Task { try await services.run() }
        do {
            try await withTaskCancellationHandler {
                try await serving.value
            } onCancel: {
                Task { await services.triggerGracefulShutdown() }
            }
        } catch let error as IOError {
            throw GatewayError.cannotListen(
                host: host, port: port, reason: String(cString: strerror(error.errnoCode)))
        } catch let error as SocketAddressError {
            throw GatewayError.cannotListen(host: host, port: port, reason: "\(error)")
        }
    }
}
