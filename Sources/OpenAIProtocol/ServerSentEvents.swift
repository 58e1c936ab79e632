/// One server-sent event.
public struct ServerSentEvent: Hashable, Sendable {
    /// The event's type; nil for the default, `message`.
    public var event: String?
    /// The data lines, joined by newlines.
    public var data: String
    /// The last event id seen, if any.
    public var id: String?

    /// An event.
    public init(event: String? = nil, data: String, id: String? = nil) {
        self.event = event
        self.data = data
        self.id = id
    }

    /// Whether this is `[DONE]`, the end of a stream of chat completion chunks.
    public var isDone: Bool {
        var text = data[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        while text.first?.isWhitespace == true { text.removeFirst() }
        return text == "[DONE]"
    }

    /// The event as it goes over the wire, with the empty line that ends it.
    public var wireFormat: String {
        var text = ""
        if let event { text += "event: \(event)\n" }
        if let id { text += "id: \(id)\n" }
        // Every line ending the parser knows must start a new data line, or the event would not read back.
        for line in data.split(omittingEmptySubsequences: false, whereSeparator: \.isServerSentLineEnd) {
            text += "data: \(line)\n"
        }
        return text + "\n"
    }
}

extension Character {
    fileprivate var isServerSentLineEnd: Bool { self == "\n" || self == "\r" || self == "\r\n" }
}

/// What a stream of server-sent events did wrong.
public enum ServerSentEventError: Error, Hashable, Sendable, CustomStringConvertible {
    /// One event (or one line) exceeded the limit, in bytes.
    case eventTooLarge(limit: Int)

    /// The error in words.
    public var description: String {
        switch self {
        case .eventTooLarge(let limit): "a server-sent event is larger than \(limit) bytes"
        }
    }
}

/// Incremental parser of `text/event-stream` (WHATWG HTML, section 9.2.6): feed it chunks cut anywhere.
///
/// Lines end in LF, CR or CRLF; a leading byte-order mark is skipped; comments, `retry` and unknown fields are
/// ignored; bytes that are not UTF-8 become U+FFFD. It departs from the standard in one way: ``finish()`` returns an
/// event that the end of the stream cut before its empty line, because several engines end so after `[DONE]`.
public struct ServerSentEventParser: Sendable {
    /// Most bytes of one event before the parser gives up.
    public let maximumEventBytes: Int

    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var event: String?
    private var id: String?
    private var previousWasCR = false
    private var atStart = true

    /// A parser at the start of a stream.
    public init(maximumEventBytes: Int = 16 << 20) {
        self.maximumEventBytes = maximumEventBytes
    }

    /// Takes the next bytes and returns the events they complete.
    ///
    /// - Throws: ``ServerSentEventError`` for an event that is larger than the limit.
    public mutating func append(_ bytes: some Sequence<UInt8>) throws(ServerSentEventError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        for byte in bytes {
            if previousWasCR {
                previousWasCR = false
                if byte == UInt8(ascii: "\n") { continue }
            }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                previousWasCR = byte == UInt8(ascii: "\r")
                if let event = endLine() { events.append(event) }
            } else {
                guard line.count + data.count < maximumEventBytes else {
                    throw .eventTooLarge(limit: maximumEventBytes)
                }
                line.append(byte)
            }
        }
        return events
    }

    /// The end of the stream: returns the unfinished last event, if it has data.
    public mutating func finish() -> ServerSentEvent? {
        if !line.isEmpty, let event = endLine() { return event }
        return dispatch()
    }

    /// Takes the line collected so far; an empty one completes the event.
    private mutating func endLine() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if atStart {
            atStart = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else { return dispatch() }

        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = colon == line.endIndex ? line[colon...] : line[(colon + 1)...]
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "data":
            if hasData { data.append(UInt8(ascii: "\n")) }
            data.append(contentsOf: value)
            hasData = true
        case "event":
            event = String(decoding: value, as: UTF8.self)
        case "id" where !value.contains(0):
            id = String(decoding: value, as: UTF8.self)
        default:
            break  // a comment (empty name), `retry`, or a field of the future
        }
        return nil
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            data.removeAll(keepingCapacity: true)
            hasData = false
            event = nil
        }
        return hasData ? ServerSentEvent(event: event, data: String(decoding: data, as: UTF8.self), id: id) : nil
    }
}
