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
        guard (200..<300).contains(status) else { throw try await error(of: response, status: status) }
        let encoding = response.headers.first(name: "content-encoding")?.lowercased() ?? "identity"
        guard ["identity", "gzip", "x-gzip", "deflate", ""].contains(encoding) else {
            throw EndpointError(
                .wrongContentType,
                "the answer is compressed in a way that was not asked for: "
                    + redactor.clean(encoding, limit: 40), status: status)
        }
        let isStream = ContentKind(response.headers.first(name: "content-type")) == .eventStream
        return try await readBody(response, status: status, isCalledStream: isStream)
    }

    /// Reads the body as what it is.
    private func readBody(
        _ response: HTTPClientResponse, status: Int, isCalledStream: Bool
    ) async throws -> ChatAnswer {
        var stream = StreamReading(maximumBytes: maximumBytes, redactor: redactor, status: status)
        var collected: [UInt8] = []
        var form: BodyForm?
        var bytes = 0
        for try await buffer in response.body {
            timer.receivedBytes()
            bytes += buffer.readableBytes
            if stream.isDone { continue }
            guard bytes <= maximumBytes else { throw tooLarge(maximumBytes, status) }
            if form == .events {
                try stream.append(buffer.readableBytesView)
            } else {
                collected.append(contentsOf: buffer.readableBytesView)
                guard form == nil else { continue }
                form = BodyForm(start: collected)
                if form == .text, isCalledStream { form = .events }
                if form == .events { try stream.append(collected) }
            }
            if stream.isDone, !stream.answer.choices.isEmpty { timer.received(stream.answer) }
        }
        // A cancelled body ends as if it were complete.
        try Task.checkCancellation()
        switch form {
        case .events?: return try stream.finish()
        case .json?: return try plain(Data(collected), status: status)
        case .markup?:
            throw EndpointError(
                .wrongContentType, "the answer is a web page, not JSON: is there a proxy in between?", status: status,
                serverMessage: words(collected))
        case .text?:
            throw EndpointError(
                .wrongContentType, "the answer is not JSON", status: status, serverMessage: words(collected))
        case nil:
            guard collected.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) }) else {
                throw EndpointError(
                    .wrongContentType, "the answer is not JSON", status: status, serverMessage: words(collected))
            }
            throw EndpointError(
                .emptyBody, isCalledStream ? "the stream is empty" : "the response is empty", status: status)
        }
    }

    // MARK: Plain

    private func plain(_ body: Data, status: Int) throws -> ChatAnswer {
        let data = body.starts(with: [0xEF, 0xBB, 0xBF]) ? body.dropFirst(3) : body
        let decoder = JSONDecoder()
        if let body = try? decoder.decode(APIErrorResponse.self, from: data) {
            throw EndpointError.serverError(body.error, status: status, redactor)
        }
        if let completion = try? decoder.decode(ChatCompletion.self, from: data), !completion.choices.isEmpty {
            return ChatAnswer(completion)
        }
        guard let value = try? decoder.decode(JSONValue.self, from: data) else {
            throw EndpointError(.malformedBody, "the response is not valid JSON", status: status)
        }
        if case .object(let fields) = value, let choices = fields["choices"], choices == .null || choices == .array([])
        {
            throw EndpointError(.malformedBody, "the response is a chat completion without a choice", status: status)
        }
        throw EndpointError(
            .foreignAnswer, "the response is JSON, but no chat completion", status: status,
            serverMessage: words(Array(data)))
    }

    private func collect(_ response: HTTPClientResponse, limit: Int, status: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        for try await buffer in response.body {
            timer.receivedBytes()
            guard bytes.count + buffer.readableBytes <= limit else { throw tooLarge(limit, status) }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        try Task.checkCancellation()
        return bytes
    }

    // MARK: Errors

    private func error(of response: HTTPClientResponse, status: Int) async throws -> EndpointError {
        if (300..<400).contains(status) {
            return EndpointError(
                .redirected, "the endpoint redirects; give its final address as base URL", status: status)
        }
        // The status alone says enough: a body that cannot be read must not hide it.
        let body = try? await collect(response, limit: Self.maximumErrorBytes, status: status)
        try Task.checkCancellation()
        var error = EndpointError(.httpStatus, "HTTP status \(status) \(response.status.reasonPhrase)", status: status)
        if let body, let parsed = try? JSONDecoder().decode(APIErrorResponse.self, from: Data(body)) {
            error.serverMessage = redactor.clean(parsed.error.message)
            error.serverCode = parsed.error.name
        } else if let body {
            error.serverMessage = words(body)
        }
        error.retryAfter = retryAfter(response.headers)
        return error
    }

    private func retryAfter(_ headers: HTTPHeaders) -> Duration? {
        if let text = headers.first(name: "retry-after-ms"), let milliseconds = Double(text), milliseconds.isFinite,
            milliseconds >= 0
        {
            return .seconds(min(milliseconds / 1000, 1e9))
        }
        return headers.first(name: "retry-after").flatMap { RetryAfter.parse($0, now: date()) }
    }

    /// What a body that is no answer says, without markup.
    private func words(_ body: [UInt8]) -> String {
        let text = String(decoding: body.prefix(Self.maximumErrorBytes), as: UTF8.self)
        let isPage = BodyForm(start: body) == .markup
        return redactor.clean(isPage ? PageText.words(of: text) : text, limit: 200)
    }

    private func tooLarge(_ limit: Int, _ status: Int) -> EndpointError {
        EndpointError(.responseTooLarge, "the response is larger than \(limit) bytes", status: status)
    }
}

extension EndpointError {
    /// The error object that came where an answer was due.
    static func serverError(_ error: APIError, status: Int, _ redactor: Redactor) -> EndpointError {
        EndpointError(
            .serverError, "the endpoint answered with an error", status: error.statusCode ?? status,
            serverMessage: redactor.clean(error.message), serverCode: error.name)
    }
}

/// What a `Content-Type` announces, as far as it matters here.
enum ContentKind: Equatable {
    case eventStream
    /// The body decides.
    case other

    init(_ header: String?) {
        let type = (header ?? "").prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        self = type == "text/event-stream" ? .eventStream : .other
    }
}
