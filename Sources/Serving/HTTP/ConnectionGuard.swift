import NIOCore
import Synchronization

/// Which order every connection is being answered with, so that a client who leaves ends it.
final class ConnectionRegistry: Sendable {
    private let feeds = Mutex<[ObjectIdentifier: CompletionFeed]>([:])

    /// From now on the end of the connection closes the feed.
    func attach(_ feed: CompletionFeed, to channel: any Channel) {
        feeds.withLock { $0[ObjectIdentifier(channel)] = feed }
        // It may have ended before it was known here.
        if !channel.isActive { closed(channel) }
    }

    /// The answer is complete.
    func detach(_ channel: any Channel) {
        feeds.withLock { $0[ObjectIdentifier(channel)] = nil }
    }

    func closed(_ channel: any Channel) {
        feeds.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }?.close()
    }
}

/// Ends a connection whose client has left or takes nothing any more.
///
/// A client that closes its sending half counts as one that has left: nothing else tells early that a waiting client has
/// gone. One that does not read is noticed when more is written than the system takes, and given some time.
final class ConnectionGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = Any

    private let registry: ConnectionRegistry
    private let stallTimeout: TimeAmount
    private var deadline: Scheduled<Void>?

    init(registry: ConnectionRegistry, stallTimeout: Duration) {
        self.registry = registry
        self.stallTimeout = TimeAmount(stallTimeout)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            deadline?.cancel()
            deadline = nil
        } else if deadline == nil {
            deadline = context.eventLoop.assumeIsolated().scheduleTask(in: stallTimeout) {
                context.close(promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        context.fireUserInboundEventTriggered(event)
        if let event = event as? ChannelEvent, event == .inputClosed { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        registry.closed(context.channel)
        context.fireChannelInactive()
    }
}
