import Foundation
import Hummingbird
import KeyedPRF
import NIOCore
import OpenAIProtocol

/// What is known of a request besides itself: its connection.
struct GatewayContext: InitializableFromSource {
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        channel = source.channel
    }
}

/// The routes.
struct GatewayResponder: HTTPResponder {
    typealias Context = GatewayContext

    let backend: any CompletionBackend
    let configuration: GatewayConfiguration
    let registry: ConnectionRegistry

    func respond(to request: Request, context: GatewayContext) async throws -> Response {
        do {
            return try await answer(request, context)
        } catch let failure as RequestFailure {
            return failure.response
        } catch is CancellationError {
            return RequestFailure(503, "the server is stopping", code: "stopping").response
        }
    }

    private func answer(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let path = request.uri.path
        if path == "/health" {
            try require(.get, request)
            return .json(Health(status: "ok", model: backend.model.id, load: backend.load))
        }
        try authorize(request)
        switch path {
        case "/v1/models":
            try require(.get, request)
            return .json(ModelList(data: [backend.model]))
        case "/v1/chat/completions":
            try require(.post, request)
            return try await complete(request, context, .chat)
        case "/v1/completions":
            try require(.post, request)
            return try await complete(request, context, .text)
        default:
            guard path.hasPrefix("/v1/models/") else { throw RequestFailure(404, "there is no \(path)") }
            try require(.get, request)
            let name = String(path.dropFirst("/v1/models/".count))
            try requireModel(name.removingPercentEncoding ?? name)
            return .json(backend.model)
        }
    }

    // MARK: - Checks

    private struct Health: Encodable {
        var status: String
        var model: String
        var load: BackendLoad
    }

    private func require(_ method: HTTPRequest.Method, _ request: Request) throws(RequestFailure) {
        guard request.method != method else { return }
        var failure = RequestFailure(405, "\(request.uri.path) takes \(method.rawValue) only")
        failure.allowed = method.rawValue
        throw failure
    }

    /// Digests are compared, in constant time, so that neither the time nor a length says anything of the key.
    private func authorize(_ request: Request) throws(RequestFailure) {
        guard let digest = configuration.keyDigest else { return }
        let header = request.headers[.authorization] ?? ""
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", SHA256Digest.of(String(parts[1])) == digest else {
            throw RequestFailure(401, "the API key is missing or wrong", code: "invalid_api_key")
        }
    }

    private func requireModel(_ name: String?) throws(RequestFailure) {
        guard let name, name != backend.model.id else { return }
        throw RequestFailure(
            404, "there is no model of this name; the one here is \(backend.model.id)", param: "model",
            code: "model_not_found")
    }

    // MARK: - Completions

    private func complete(
        _ request: Request, _ context: GatewayContext, _ style: ReplyStyle
    ) async throws -> Response {
        let body = try await body(of: request)
        let reader = RequestReader(maximumChoices: configuration.maximumChoices)
        let read = try style == .chat ? reader.chat(body) : reader.text(body)
        try requireModel(read.model)
        let feed = CompletionFeed(limit: configuration.maximumWaitingBytes)
        let promptTokens: Int
        do throws(CompletionRefusal) {
            promptTokens = try backend.begin(read.order, feed: feed)
        } catch {
            throw RequestFailure(error)
        }
        registry.attach(feed, to: context.channel)
        let reply = Reply(
            style: style,
            head: ReplyHead(
                id: style.id(UInt64.random(in: .min ... .max)), created: Int(Date().timeIntervalSince1970),
                model: backend.model.id),
            order: read.order, promptTokens: promptTokens, feed: feed)
        guard read.streams else {
            defer { finish(feed, context) }
            return try await reply.whole()
        }
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-cache"],
            body: ResponseBody { writer in
                defer { finish(feed, context) }
                try await reply.stream(to: &writer, includesUsage: read.includesUsage)
                try await writer.finish(nil)
            })
    }

    private func finish(_ feed: CompletionFeed, _ context: GatewayContext) {
        registry.detach(context.channel)
        feed.close()
    }

    private func body(of request: Request) async throws -> Data {
        let limit = configuration.maximumBodyBytes
        let tooLarge = RequestFailure(413, "the body has more than \(limit) bytes", code: "request_too_large")
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
        do {
            let buffer = try await request.body.collect(upTo: limit)
            return Data(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }
}
