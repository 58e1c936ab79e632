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
/// `{"error": "text"}`, `{"object": "error", "message": ...}`, `{"detail": "text"}`, `{"detail": {"message": ...}}`,
/// `{"detail": [{"loc": ..., "msg": ...}]}` and `{"errors": [{"message": ...}]}`.
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

    /// What the server calls the error, where it has a word for it: its code, else its type.
    public var name: String? {
        if case .string(let word)? = code, Int(word) == nil { return word }
        return type
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
        case error, errors, detail, choices
    }

    /// What a validating framework says about one field.
    private struct ValidationIssue: Decodable {
        var msg: String
        var loc: [JSONValue]?

        /// The field and what is wrong with it.
        var words: String {
            let path = (loc ?? []).compactMap { part -> String? in
                switch part {
                case .string(let name): name
                case .integer(let index): String(index)
                default: nil
                }
            }
            return path.isEmpty ? msg : path.joined(separator: ".") + ": " + msg
        }
    }

    /// An error object without a message.
    private struct Wordless: Decodable {
        var type: String?
        var status: String?
        var code: JSONValue?
    }

    /// Reads any of the known forms. A body with choices is an error by its `error` member only.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let error = container.lenient(APIError.self, .error) {
            self.error = error
        } else if let text = container.lenient(String.self, .error) {
            error = APIError(message: text)
        } else if let wordless = container.lenient(Wordless.self, .error) {
            error = APIError(
                message: wordless.status ?? wordless.type ?? "an error without a message", type: wordless.type,
                code: wordless.code)
        } else if container.lenient(JSONValue.self, .choices) != nil {
            throw DecodingError.dataCorruptedError(forKey: .error, in: container, debugDescription: "no error")
        } else if let text = container.lenient(String.self, .detail) {
            error = APIError(message: text)
        } else if let issues = container.lenient([ValidationIssue].self, .detail) {
            error = APIError(message: issues.map(\.words).joined(separator: "; "))
        } else if let error = container.lenient(APIError.self, .detail)
            ?? container.lenient([APIError].self, .errors)?.first
        {
            self.error = error
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
