/// What a ``ScriptedServer`` does with one request: an answer, or a fault.
public struct ScriptedReply: Sendable {
    /// How the connection misbehaves. Byte counts refer to the body.
    public enum Fault: Sendable, Hashable {
        /// RST instead of an answer.
        case resetBeforeHead
        /// RST in the middle of the status line.
        case resetWithinHead
        /// RST after so many bytes of the body.
        case resetInBody(after: Int)
        /// An orderly close instead of an answer.
        case closeBeforeHead
        /// Nothing at all, for ever.
        case stallBeforeHead
        /// Nothing more after so many bytes of the body.
        case stallInBody(after: Int)
        /// An orderly close after so many bytes of the body, fewer than announced.
        case truncateBody(after: Int)
    }

    /// From the request's end to the first byte of the answer (or to the fault).
    public var delay: Duration = .zero
    /// The HTTP status.
    public var status = 200
    /// `Content-Length` or `Transfer-Encoding`, and `Connection`, are added.
    public var headers: [(name: String, value: String)] = [("Content-Type", "application/json")]
    /// The body in pieces: one is sent with its length, several are sent as chunks.
    public var pieces: [[UInt8]] = []
    /// Between two pieces.
    public var pieceDelay: Duration = .zero
    /// Whether the pieces go as chunks even if there is only one.
    public var isChunked = false
    /// What goes wrong; nil for nothing.
    public var fault: Fault?

    /// An empty reply.
    public init() {}

    /// An answer with one body.
    public init(
        status: Int = 200, contentType: String = "application/json", body: [UInt8],
        headers: [(name: String, value: String)] = []
    ) {
        self.status = status
        self.headers = [("Content-Type", contentType)] + headers
        pieces = [body]
    }

    /// An answer with one body.
    public init(
        status: Int = 200, contentType: String = "application/json", text: String,
        headers: [(name: String, value: String)] = []
    ) {
        self.init(status: status, contentType: contentType, body: Array(text.utf8), headers: headers)
    }

    /// A fault instead of an answer.
    public init(fault: Fault) {
        self.fault = fault
        pieces = [Array("{}".utf8)]
    }

    /// This reply after a delay.
    public func delayed(_ delay: Duration) -> ScriptedReply {
        var reply = self
        reply.delay = delay
        return reply
    }

    /// This reply with a fault.
    public func with(_ fault: Fault) -> ScriptedReply {
        var reply = self
        reply.fault = fault
        return reply
    }
}
