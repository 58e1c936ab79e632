import NIOCore
import NIOPosix
import Synchronization

/// A proxy on 127.0.0.1 that takes `CONNECT` for any host and goes to one port of this machine, so that a test can name hosts
/// that are not there.
public final class ScriptedProxy: Sendable {
    /// Where it listens.
    public let port: Int
    /// The heads of the requests it got, in order.
    public var heads: [String] { seen.withLock { $0 } }

    private let group: MultiThreadedEventLoopGroup
    private let seen: Seen

    fileprivate final class Seen: Sendable {
        private let heads = Mutex<[String]>([])

        func withLock<R: Sendable>(_ body: (inout sending [String]) -> sending R) -> R { heads.withLock(body) }
    }

    private init(group: MultiThreadedEventLoopGroup, port: Int, seen: Seen) {
        self.group = group
        self.port = port
        self.seen = seen
    }

    /// Starts a proxy, runs `body` with it, and stops it.
    ///
    /// - Parameters:
    ///   - target: The port of this machine where all requests go.
    ///   - refusal: A status line to answer `CONNECT` with, nil to connect.
    ///   - body: What is done with it.
    public static func with<R>(
        target: Int, refusal: String? = nil, run body: (ScriptedProxy) async throws -> R
    ) async throws -> R {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let seen = Seen()
        do {
            let channel = try await ServerBootstrap(group: group)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            ProxyHandler(target: target, refusal: refusal, seen: seen))
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get()
            let result = try await body(
                ScriptedProxy(group: group, port: channel.localAddress?.port ?? 0, seen: seen))
            try await group.shutdownGracefully()
            return result
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }
}

/// Reads one head, connects, and hands bytes on in both directions.
private final class ProxyHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let target: Int
    private let refusal: String?
    private let seen: ScriptedProxy.Seen
    private var head: [UInt8] = []
    private var peer: (any Channel)?

    init(target: Int, refusal: String?, seen: ScriptedProxy.Seen) {
        self.target = target
        self.refusal = refusal
        self.seen = seen
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        if let peer {
            peer.writeAndFlush(buffer, promise: nil)
            return
        }
        head.append(contentsOf: buffer.readableBytesView)
        let text = String(decoding: head, as: UTF8.self)
        guard text.hasSuffix("\r\n\r\n") else { return }
        seen.withLock { $0.append(text) }
        let channel = context.channel
        if let refusal {
            channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 \(refusal)\r\nContent-Length: 0\r\n\r\n"), promise: nil)
            return
        }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        ClientBootstrap(group: context.eventLoop)
            .channelInitializer { made in
                made.eventLoop.makeCompletedFuture {
                    try made.pipeline.syncOperations.addHandler(BackHandler(channel))
                }
            }
            .connect(host: "127.0.0.1", port: target)
            .whenSuccess { made in
                bound.value.0.peer = made
                channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 Connected\r\n\r\n"), promise: nil)
            }
    }

    func channelInactive(context: ChannelHandlerContext) {
        peer?.close(promise: nil)
        context.fireChannelInactive()
    }
}

/// Hands the answer back.
private final class BackHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let channel: any Channel

    init(_ channel: any Channel) {
        self.channel = channel
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        channel.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        channel.close(promise: nil)
    }
}
