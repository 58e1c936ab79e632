/// The error object of the API: `{"error": {"message", "type", "param", "code"}}`.
public struct APIError: Hashable, Sendable {
    /// What went wrong, in the server's words.
    public var message: String
    /// The server's class of error, such as `invalid_request_error`.
    public var type: String?
    /// The request field at fault.
    public var param: String?
    /// A string in the original service, a number (usually the HTTP status) in several engines.
    public var code: JSONValue?

    /// An error object.
    public init(message: String, type: String? = nil, param: String? = nil, code: JSONValue? = nil) {
        self.message = message
        self.type = type
        self.param = param
        self.code = code
    }

    /// The code where it is an HTTP status, as a number or as a string of digits.
    public var statusCode: Int? {
        let number: Int? =
            switch code {
            case .integer(let value): value
            case .string(let value): Int(value)
            default: nil
            }
        return number.flatMap { (100...599).contains($0) ? $0 : nil }
    }
}

/// A response body that carries an error.
///
/// Written in the standard form. Read from it and from what engines and frameworks in front of them send instead:
/// `{"error": "text"}`, `{"object": "error", "message": ...}`, `{"detail": "text"}` and `{"detail": [{"msg": ...}]}`.
public struct APIErrorResponse: Hashable, Sendable {
    /// The error.
    public var error: APIError

    /// A body with the given error.
    public init(error: APIError) {
        self.error = error
    }
}

extension APIError: Codable {
    private enum CodingKeys: String, CodingKey {
        case message, type, param, code
    }

    /// Reads an error object, which must have a message.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        message = try container.decode(String.self, forKey: .message)
        type = container.lenient(String.self, .type)
        param = container.lenient(String.self, .param)
        code = container.lenient(JSONValue.self, .code)
    }

    /// Writes all four fields, null where unset, as the original service does.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(message, forKey: .message)
        try container.encode(type, forKey: .type)
        try container.encode(param, forKey: .param)
        try container.encode(code, forKey: .code)
    }
}

extension APIErrorResponse: Codable {
    private enum CodingKeys: String, CodingKey {
        case error, detail
    }

    private struct ValidationIssue: Decodable {
        var msg: String
    }

    /// Reads any of the known forms.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let error = container.lenient(APIError.self, .error) {
            self.error = error
        } else if let text = container.lenient(String.self, .error) ?? container.lenient(String.self, .detail) {
            error = APIError(message: text)
        } else if let issues = container.lenient([ValidationIssue].self, .detail) {
            error = APIError(message: issues.map(\.msg).joined(separator: "; "))
        } else {
            error = try APIError(from: decoder)
        }
    }

    /// Writes the standard form.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(error, forKey: .error)
    }
}
