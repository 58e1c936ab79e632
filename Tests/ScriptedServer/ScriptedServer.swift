import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A request as a ``ScriptedServer`` saw it.
public struct ScriptedRequest: Sendable {
    /// Requests before this one, over the server's life.
    public let index: Int
    /// The method, such as `POST`.
    public let method: String
    /// Path and query.
    public let path: String
    /// Names and values, in their order.
    public let headers: [(name: String, value: String)]
    /// The whole body.
    public let body: [UInt8]

    /// The first header of this name, in any case.
    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }
}

/// An HTTP/1.1 server on 127.0.0.1 that answers by script and misbehaves on order.
///
/// For tests and demonstrations: plain HTTP, requests held in memory, no protection against a hostile client.
public final class ScriptedServer: Sendable {
    /// Decides the reply. Called on an event loop: must be quick and must not block.
    public typealias Handler = @Sendable (ScriptedRequest) -> ScriptedReply

    /// What the server has seen.
    public struct Counts: Sendable, Hashable {
        /// Requests that came.
        public var requests = 0
        /// Those that are not yet answered.
        public var inFlight = 0
        /// The most that were so at a time.
        public var maximumInFlight = 0
        /// Connections that were opened.
        public var connections = 0
    }

    /// Where it listens.
    public let port: Int
    /// What clients are given.
    public var baseURL: String { "http://127.0.0.1:\(port)/v1" }
    /// What it has seen so far.
    public var counts: Counts { recorder.counts.withLock { $0 } }

    private let group: MultiThreadedEventLoopGroup
    private let channel: any Channel
    private let recorder: Recorder

    /// Counts over all connections.
    final class Recorder: Sendable {
        let counts = Mutex(Counts())

        func requestBegan() -> Int {
            counts.withLock { counts in
                counts.requests += 1
                counts.inFlight += 1
                counts.maximumInFlight = max(counts.maximumInFlight, counts.inFlight)
                return counts.requests - 1
            }
        }

        func requestEnded() {
            counts.withLock { $0.inFlight -= 1 }
        }
    }

    private init(group: MultiThreadedEventLoopGroup, channel: any Channel, port: Int, recorder: Recorder) {
        self.group = group
        self.channel = channel
        self.port = port
        self.recorder = recorder
    }

    /// Starts a server; port 0 takes any free one.
    public static func start(port: Int = 0, handler: @escaping Handler) async throws -> ScriptedServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let recorder = Recorder()
        do {
            let channel = try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 1024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers(
                            ByteToMessageHandler(HTTPRequestDecoder()),
                            ConnectionHandler(handler: handler, recorder: recorder))
                    }
                }
                .bind(host: "127.0.0.1", port: port).get()
            let bound = channel.localAddress?.port ?? 0
            return ScriptedServer(group: group, channel: channel, port: bound, recorder: recorder)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    /// Starts a server, runs `body` with it, and stops it.
    public static func with<R>(
        _ handler: @escaping Handler, run body: (ScriptedServer) async throws -> R
    ) async throws -> R {
        let server = try await start(handler: handler)
        do {
            let result = try await body(server)
            try await server.shutdown()
            return result
        } catch {
            try? await server.shutdown()
            throw error
        }
    }

    /// Waits until the server is shut down, for a stand-alone program.
    public func waitUntilClosed() async throws {
        try await channel.closeFuture.get()
    }

    /// Closes all connections and the port.
    public func shutdown() async throws {
        try await group.shutdownGracefully()
    }
}
