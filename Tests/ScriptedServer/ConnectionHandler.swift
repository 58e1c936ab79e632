import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Serves the requests of one connection, one after the other. Writes raw bytes rather than through NIO's encoder,
/// which would refuse to send what the faults need.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let handler: ScriptedServer.Handler
    private let recorder: ScriptedServer.Recorder
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isServing = false

    init(handler: @escaping ScriptedServer.Handler, recorder: ScriptedServer.Recorder) {
        self.handler = handler
        self.recorder = recorder
    }

    func channelActive(context: ChannelHandlerContext) {
        recorder.counts.withLock { $0.connections += 1 }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        endRequest()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
        case .body(let buffer):
            body.append(contentsOf: buffer.readableBytesView)
        case .end:
            guard let head else { return }
            isServing = true
            let request = ScriptedRequest(
                index: recorder.requestBegan(), method: head.method.rawValue, path: head.uri,
                headers: head.headers.map { ($0.name, $0.value) }, body: body)
            serve(handler(request), context: context)
        }
    }

    private func endRequest() {
        guard isServing else { return }
        isServing = false
        recorder.requestEnded()
    }

    // MARK: Replies

    private func serve(_ reply: ScriptedReply, context: ChannelHandlerContext) {
        after(reply.delay, context: context) { handler, context in
            handler.begin(reply, context: context)
        }
    }

    private func begin(_ reply: ScriptedReply, context: ChannelHandlerContext) {
        switch reply.fault {
        case .resetBeforeHead: reset(context: context)
        case .closeBeforeHead: context.close(promise: nil)
        case .stallBeforeHead: break
        case .resetWithinHead:
            write("HTTP/1.1 200 O", context: context)
            // Let the bytes out before the reset discards them.
            after(.milliseconds(2), context: context) { $0.reset(context: $1) }
        case .resetInBody(let count):
            writeHead(reply, context: context)
            writeBody(of: reply, upTo: count, context: context)
            after(.milliseconds(2), context: context) { $0.reset(context: $1) }
        case .stallInBody(let count):
            writeHead(reply, context: context)
            writeBody(of: reply, upTo: count, context: context)
        case .truncateBody(let count):
            writeHead(reply, context: context)
            writeBody(of: reply, upTo: count, context: context)
            context.close(promise: nil)
        case nil:
            writeHead(reply, context: context)
            writePiece(0, of: reply, context: context)
        }
    }

    private func isChunked(_ reply: ScriptedReply) -> Bool { reply.isChunked || reply.pieces.count > 1 }

    private func writeHead(_ reply: ScriptedReply, context: ChannelHandlerContext) {
        var text = "HTTP/1.1 \(reply.status) \(HTTPResponseStatus(statusCode: reply.status).reasonPhrase)\r\n"
        for (name, value) in reply.headers {
            text += "\(name): \(value)\r\n"
        }
        text +=
            isChunked(reply)
            ? "Transfer-Encoding: chunked\r\n" : "Content-Length: \(reply.pieces.first?.count ?? 0)\r\n"
        write(text + "\r\n", context: context)
    }

    /// The first `count` bytes of the body, in one chunk if it is chunked.
    private func writeBody(of reply: ScriptedReply, upTo count: Int, context: ChannelHandlerContext) {
        let bytes = Array(reply.pieces.joined().prefix(count))
        guard !bytes.isEmpty else { return }
        write(isChunked(reply) ? chunk(bytes) : bytes, context: context)
    }

    private func writePiece(_ index: Int, of reply: ScriptedReply, context: ChannelHandlerContext) {
        // A request ends just before its last bytes go: the client's next one must not be counted beside it.
        guard index < reply.pieces.count else {
            endRequest()
            guard isChunked(reply) else { return }
            return write("0\r\n\r\n", context: context)
        }
        let piece = reply.pieces[index]
        guard isChunked(reply) else {
            endRequest()
            return write(piece, context: context)
        }
        write(chunk(piece), context: context)
        after(index + 1 < reply.pieces.count ? reply.pieceDelay : .zero, context: context) { handler, context in
            handler.writePiece(index + 1, of: reply, context: context)
        }
    }

    private func chunk(_ bytes: [UInt8]) -> [UInt8] {
        bytes.isEmpty ? [] : Array("\(String(bytes.count, radix: 16))\r\n".utf8) + bytes + Array("\r\n".utf8)
    }

    // MARK: The connection

    private func write(_ text: String, context: ChannelHandlerContext) {
        write(Array(text.utf8), context: context)
    }

    private func write(_ bytes: [UInt8], context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }

    /// Closes with RST: with a linger time of zero, unsent data is dropped and no FIN is sent.
    private func reset(context: ChannelHandlerContext) {
        let channel = context.channel
        guard let provider = channel as? any SocketOptionProvider else { return context.close(promise: nil) }
        provider.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
            channel.close(promise: nil)
        }
    }

    /// Runs `action` later on this event loop, unless the connection is gone by then.
    private func after(
        _ delay: Duration, context: ChannelHandlerContext,
        _ action: @escaping @Sendable (ConnectionHandler, ChannelHandlerContext) -> Void
    ) {
        guard delay > .zero else { return action(self, context) }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: TimeAmount(delay)) {
            let (handler, context) = bound.value
            if context.channel.isActive { action(handler, context) }
        }
    }
}
