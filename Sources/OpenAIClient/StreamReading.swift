import Foundation
import OpenAIProtocol

/// Puts the answer together from the events of a stream.
struct StreamReading {
    /// What came so far.
    private(set) var answer = ChatAnswer()
    /// Whether `[DONE]` was among the events.
    private(set) var isDone = false

    private var parser: ServerSentEventParser
    private let maximumBytes: Int
    private let redactor: Redactor
    private let status: Int
    private let decoder = JSONDecoder()

    init(maximumBytes: Int, redactor: Redactor, status: Int) {
        parser = ServerSentEventParser(maximumEventBytes: maximumBytes)
        self.maximumBytes = maximumBytes
        self.redactor = redactor
        self.status = status
    }

    /// Takes more of the body.
    mutating func append(_ bytes: some Sequence<UInt8>) throws(EndpointError) {
        let events: [ServerSentEvent]
        do throws(ServerSentEventError) {
            events = try parser.append(bytes)
        } catch {
            throw EndpointError(
                .responseTooLarge, "the response is larger than \(maximumBytes) bytes", status: status)
        }
        try take(events)
    }

    /// The answer, once the body has ended.
    mutating func finish() throws(EndpointError) -> ChatAnswer {
        if !isDone, let last = parser.finish() { try take([last]) }
        guard isDone || answer.isFinished else {
            throw EndpointError(.truncatedBody, "the stream ended before the answer", status: status)
        }
        guard !answer.choices.isEmpty else {
            throw EndpointError(.malformedBody, "the stream holds no choice", status: status)
        }
        return answer
    }

    private mutating func take(_ events: [ServerSentEvent]) throws(EndpointError) {
        for event in events where !isDone {
            if event.isDone {
                isDone = true
            } else if event.data.contains(where: { !$0.isWhitespace }) {
                try take(event)
            }
        }
    }

    private mutating func take(_ event: ServerSentEvent) throws(EndpointError) {
        if let read = try? decoder.decode(ChunkEvent.self, from: Data(event.data.utf8)) {
            if let error = read.error { throw EndpointError.serverError(error, status: status, redactor) }
            if event.event == "error" { throw errorEvent(event) }
            if let chunk = read.chunk { answer.add(chunk) }
            return
        }
        if event.event == "error" { throw errorEvent(event) }
        // Some servers end their events with one line feed, so that many look like one.
        let lines = event.data.split(whereSeparator: \.isNewline)
        if lines.count > 1, lines.allSatisfy({ isWhole(String($0)) }) {
            try take(lines.map { ServerSentEvent(event: event.event, data: String($0)) })
            return
        }
        // Events of other names than that of a message are not for us.
        if let name = event.event, name != "message" { return }
        throw EndpointError(.malformedBody, "a stream event is not valid JSON", status: status)
    }

    private func isWhole(_ line: String) -> Bool {
        ServerSentEvent(data: line).isDone || (try? decoder.decode(JSONValue.self, from: Data(line.utf8))) != nil
    }

    private func errorEvent(_ event: ServerSentEvent) -> EndpointError {
        EndpointError(
            .serverError, "the endpoint answered with an error", status: status,
            serverMessage: redactor.clean(event.data, limit: 200))
    }
}

/// What one event holds: an error, or a piece of the answer.
private struct ChunkEvent: Decodable {
    var error: APIError?
    var chunk: ChatCompletionChunk?

    init(from decoder: any Decoder) throws {
        if let body = try? APIErrorResponse(from: decoder) {
            error = body.error
        } else {
            chunk = try ChatCompletionChunk(from: decoder)
        }
    }
}
