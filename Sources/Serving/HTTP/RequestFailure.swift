import Foundation
import Hummingbird
import OpenAIProtocol

/// Why a request is not answered as asked: an HTTP status and an error of the API.
struct RequestFailure: Error, Hashable, Sendable {
    var status: Int
    var error: APIError
    /// Seconds after which another try makes sense.
    var retryAfter: Int?
    /// The method that the route knows.
    var allowed: String?

    init(_ status: Int, _ message: String, param: String? = nil, code: String? = nil) {
        self.status = status
        let type =
            switch status {
            case 429: "rate_limit_error"
            case 500...: "server_error"
            default: "invalid_request_error"
            }
        error = APIError(message: message, type: type, param: param, code: code.map { .string($0) })
    }

    /// A request that is wrong in itself.
    static func invalid(_ message: String, param: String? = nil) -> RequestFailure {
        RequestFailure(400, message, param: param)
    }

    init(_ refusal: CompletionRefusal) {
        switch refusal.kind {
        case .invalid:
            self.init(400, refusal.message, param: refusal.field)
        case .tooLong:
            self.init(400, refusal.message, param: refusal.field, code: "context_length_exceeded")
        case .busy:
            self.init(429, refusal.message, code: "queue_full")
            retryAfter = 1
        case .stopping:
            self.init(503, refusal.message, code: "stopping")
            retryAfter = 5
        }
    }

    init(_ error: CompletionFeedError) {
        switch error {
        case .failed(let message): self.init(500, message)
        case .closed: self.init(500, "the request was given up")
        case .overflow: self.init(500, "the answer was not taken in time")
        }
    }

    /// The failure as a response.
    var response: Response {
        var response = Response.json(APIErrorResponse(error: error), status: .init(code: status))
        if let retryAfter { response.headers[.retryAfter] = "\(retryAfter)" }
        if let allowed { response.headers[.allow] = allowed }
        if status == 401 { response.headers[.wwwAuthenticate] = "Bearer" }
        return response
    }
}

extension Response {
    /// A value as a JSON document.
    static func json(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        do {
            let bytes = try JSONBytes.of(value)
            return Response(
                status: status, headers: [.contentType: "application/json"],
                body: .init(byteBuffer: .init(bytes: bytes)))
        } catch {
            // Only a number that is not finite cannot be written, and none is let in.
            return Response(status: .internalServerError)
        }
    }
}

/// JSON as it is sent: members in the order of their names, slashes plain.
enum JSONBytes {
    static func of(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }
}
