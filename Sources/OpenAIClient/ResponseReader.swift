import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import OpenAIProtocol

/// Turns one HTTP response into an answer or a clear error.
struct ResponseReader: Sendable {
    /// Most bytes read of a response that is an error.
    static let maximumErrorBytes = 64 << 10

    let maximumBytes: Int
    let redactor: Redactor
    let date: @Sendable () -> Date
    let timer: AttemptTimer

    func read(_ response: HTTPClientResponse) async throws -> ChatAnswer {
        let status = Int(response.status.code)
        let kind = ContentKind(response.headers.first(name: "content-type"))
        guard (200..<300).contains(status) else {
            throw try await error(of: response, status: status, kind: kind)
        }
        switch kind {
        case .eventStream: return try await readStream(response, status: status)
        case .json, .unknown: return try await readPlain(response, status: status, kind: kind)
        case .markup:
            throw EndpointError(
                .wrongContentType, "the answer is a web page, not JSON: is there a proxy in between?", status: status)
        }
    }

    // MARK: Plain

    private func readPlain(
        _ response: HTTPClientResponse, status: Int, kind: ContentKind
    ) async throws -> ChatAnswer {
        let data = try await collect(response, limit: maximumBytes, status: status)
        let decoder = JSONDecoder()
        if let completion = try? decoder.decode(ChatCompletion.self, from: data), !completion.choices.isEmpty {
            return ChatAnswer(completion)
        }
        if data.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) {
            throw EndpointError(.emptyBody, "the response is empty", status: status)
        }
        if let body = try? decoder.decode(APIErrorResponse.self, from: data) {
            throw serverError(body.error, status: status)
        }
        if (try? decoder.decode(JSONValue.self, from: data)) != nil {
            throw EndpointError(.malformedBody, "the response is no chat completion with a choice", status: status)
        }
        throw kind == .json
            ? EndpointError(.malformedBody, "the response is not valid JSON", status: status)
            : EndpointError(.wrongContentType, "the answer is not JSON", status: status)
    }

    private func collect(_ response: HTTPClientResponse, limit: Int, status: Int) async throws -> Data {
        var data = Data()
        for try await buffer in response.body {
            timer.receivedBytes()
            guard data.count + buffer.readableBytes <= limit else { throw tooLarge(limit, status) }
            data.append(contentsOf: buffer.readableBytesView)
        }
        // A cancelled body ends as if it were complete.
        try Task.checkCancellation()
        return data
    }

    // MARK: Stream

    private func readStream(_ response: HTTPClientResponse, status: Int) async throws -> ChatAnswer {
        var parser = ServerSentEventParser(maximumEventBytes: maximumBytes)
        var answer = ChatAnswer()
        var bytes = 0
        var isDone = false
        for try await buffer in response.body {
            timer.receivedBytes()
            bytes += buffer.readableBytes
            if isDone { continue }
            guard bytes <= maximumBytes else { throw tooLarge(maximumBytes, status) }
            do {
                isDone = try take(parser.append(buffer.readableBytesView), into: &answer, status: status)
            } catch is ServerSentEventError {
                throw tooLarge(maximumBytes, status)
            }
            if isDone, !answer.choices.isEmpty { timer.received(answer) }
        }
        try Task.checkCancellation()
        guard bytes > 0 else { throw EndpointError(.emptyBody, "the stream is empty", status: status) }
        if !isDone, let last = parser.finish() {
            isDone = try take([last], into: &answer, status: status)
        }
        guard isDone || answer.isFinished else {
            throw EndpointError(.truncatedBody, "the stream ended before the answer", status: status)
        }
        guard !answer.choices.isEmpty else {
            throw EndpointError(.malformedBody, "the stream holds no choice", status: status)
        }
        return answer
    }

    /// Adds the events to the answer; true once `[DONE]` is among them.
    private func take(
        _ events: [ServerSentEvent], into answer: inout ChatAnswer, status: Int
    ) throws(EndpointError) -> Bool {
        for event in events {
            if event.isDone { return true }
            let data = Data(event.data.utf8)
            let decoder = JSONDecoder()
            if let chunk = try? decoder.decode(ChatCompletionChunk.self, from: data) {
                answer.add(chunk)
            } else if let body = try? decoder.decode(APIErrorResponse.self, from: data) {
                throw serverError(body.error, status: status)
            } else {
                throw EndpointError(.malformedBody, "a stream event is not valid JSON", status: status)
            }
        }
        return false
    }

    // MARK: Errors

    private func error(
        of response: HTTPClientResponse, status: Int, kind: ContentKind
    ) async throws -> EndpointError {
        if (300..<400).contains(status) {
            return EndpointError(
                .redirected, "the endpoint redirects; give its final address as base URL", status: status)
        }
        // The status alone says enough: a body that cannot be read must not hide it.
        let body = try? await collect(response, limit: Self.maximumErrorBytes, status: status)
        try Task.checkCancellation()
        var error = EndpointError(.httpStatus, "HTTP status \(status) \(response.status.reasonPhrase)", status: status)
        if let body, let parsed = try? JSONDecoder().decode(APIErrorResponse.self, from: body) {
            error.serverMessage = redactor.clean(parsed.error.message)
        } else if let body, kind != .markup {
            error.serverMessage = redactor.clean(String(decoding: body, as: UTF8.self), limit: 200)
        }
        if let value = response.headers.first(name: "retry-after") {
            error.retryAfter = RetryAfter.parse(value, now: date())
        }
        return error
    }

    private func serverError(_ error: APIError, status: Int) -> EndpointError {
        EndpointError(
            .serverError, "the endpoint answered with an error", status: error.statusCode ?? status,
            serverMessage: redactor.clean(error.message))
    }

    private func tooLarge(_ limit: Int, _ status: Int) -> EndpointError {
        EndpointError(.responseTooLarge, "the response is larger than \(limit) bytes", status: status)
    }
}

/// What a `Content-Type` announces, as far as it matters here.
enum ContentKind: Equatable {
    case json
    case eventStream
    case markup
    /// None, or one such as `text/plain`: the body decides.
    case unknown

    init(_ header: String?) {
        let type = (header ?? "").prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        switch type {
        case "text/event-stream": self = .eventStream
        case "text/html", "application/xhtml+xml", "text/xml", "application/xml": self = .markup
        case let type where type == "application/json" || type.hasSuffix("+json"): self = .json
        default: self = .unknown
        }
    }
}
