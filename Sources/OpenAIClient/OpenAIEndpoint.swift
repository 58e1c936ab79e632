import Foundation

/// An OpenAI-compatible service: where it is, which model to ask for, and how to be let in.
///
/// Printing, dumping or reflecting an endpoint shows no secret.
public struct OpenAIEndpoint: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The base URL without query, for display: it holds no credentials.
    public let displayURL: String
    /// The model asked for where a request names none; nil leaves the choice to the server.
    public let model: String?
    /// Whether a key would go over an unencrypted connection to another machine: worth a warning.
    public let sendsKeyInClear: Bool

    /// Where chat completions are requested.
    let chatURL: String
    /// `chatURL` without query.
    let chatDisplayURL: String
    let headers: [(name: String, value: String)]
    /// What stands between here and there.
    let proxy: EndpointProxy?
    let redactor: Redactor

    /// Checks the settings and reads the key.
    ///
    /// - Parameters:
    ///   - baseURL: `http` or `https`, up to and including the version, such as `https://host/v1`; a URL that ends in
    ///     `/chat/completions` means the same. A query is kept. User names and passwords in it are refused.
    ///   - model: the model's name, or nil.
    ///   - key: where the key is read from, now and once.
    ///   - keyHeader: nil sends `Authorization: Bearer KEY`; a name sends the bare key in that header.
    ///   - extraHeaders: headers sent along. Their values are treated as secrets in what servers write back.
    ///   - userAgent: what the client calls itself.
    ///   - environment: for `key`, and for the proxies that it names; the process's own by default.
    /// - Throws: `EndpointError` of code `invalidConfiguration`.
    public init(
        baseURL: String, model: String?, key: APIKeySource = .none, keyHeader: String? = nil,
        extraHeaders: [(name: String, value: String)] = [], userAgent: String = "denature",
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(EndpointError) {
        var (components, scheme, host) = try Self.parts(of: baseURL)
        components.fragment = nil
        var path = components.percentEncodedPath
        while path.hasSuffix("/") { path.removeLast() }
        if path.hasSuffix("/chat/completions") { path.removeLast("/chat/completions".count) }
        components.percentEncodedPath = path + "/chat/completions"
        guard let chatURL = components.string else {
            throw EndpointError(.invalidConfiguration, "the endpoint's base URL is not a URL like https://host/v1")
        }
        self.chatURL = chatURL
        components.query = nil
        chatDisplayURL = components.string ?? "\(scheme)://\(host)"
        components.percentEncodedPath = path
        displayURL = components.string ?? "\(scheme)://\(host)"
        self.model = model

        let apiKey = try APIKey.load(key, environment: environment)
        var headers = [("Content-Type", "application/json"), ("Accept", "application/json, text/event-stream")]
        if let apiKey {
            headers.append(keyHeader.map { ($0, apiKey.secret) } ?? ("Authorization", "Bearer \(apiKey.secret)"))
        }
        headers += extraHeaders.map { ($0.name, $0.value) }
        if !headers.contains(where: { $0.0.lowercased() == "user-agent" }) { headers.append(("User-Agent", userAgent)) }
        for (name, value) in headers {
            guard !name.isEmpty, name.utf8.allSatisfy(Self.isTokenCharacter) else {
                throw EndpointError(.invalidConfiguration, "a header name for the endpoint is not valid")
            }
            guard value.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
                throw EndpointError(.invalidConfiguration, "the value of header \(name) holds control characters")
            }
        }
        self.headers = headers.map { (name: $0.0, value: $0.1) }
        proxy = try EndpointProxy.find(scheme: scheme, host: host, port: components.port, environment: environment)
        redactor = Redactor(
            secrets: [apiKey?.secret].compactMap(\.self) + extraHeaders.map(\.value) + (proxy?.secrets ?? []))
        sendsKeyInClear =
            apiKey != nil && scheme == "http" && !["localhost", "127.0.0.1", "::1", "[::1]"].contains(host)
    }

    /// Checks a base URL as the initialiser does, without asking for a key.
    ///
    /// - Throws: `EndpointError` of code `invalidConfiguration`.
    public static func check(baseURL: String) throws(EndpointError) {
        _ = try parts(of: baseURL)
    }

    private static func parts(
        of baseURL: String
    ) throws(EndpointError) -> (components: URLComponents, scheme: String, host: String) {
        guard let components = URLComponents(string: baseURL), let scheme = components.scheme?.lowercased(),
            let host = components.host, !host.isEmpty
        else {
            // Not quoted: a mistyped URL could hold a password.
            throw EndpointError(.invalidConfiguration, "the endpoint's base URL is not a URL like https://host/v1")
        }
        guard components.user == nil, components.password == nil else {
            throw EndpointError(
                .invalidConfiguration, "the endpoint's base URL holds credentials: use the key settings instead")
        }
        guard scheme == "http" || scheme == "https" else {
            throw EndpointError(.invalidConfiguration, "the endpoint's base URL must begin with http:// or https://")
        }
        guard Self.isPortValid(in: baseURL) else {
            throw EndpointError(
                .invalidConfiguration, "the endpoint's base URL names a port that is none (1 to 65535 are)")
        }
        return (components, scheme, host)
    }

    /// Whether a URL names no port, or one that there can be. Foundation reads some numbers as no port at all.
    static func isPortValid(in url: String) -> Bool {
        guard let scheme = url.range(of: "://") else { return true }
        let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
        guard let colon = authority.lastIndex(of: ":"), !authority[colon...].contains("]") else { return true }
        let port = authority[authority.index(after: colon)...]
        return port.isEmpty
            || port.utf8.allSatisfy { (0x30...0x39).contains($0) }
                && (Int(port).map { (1...65535).contains($0) } ?? false)
    }

    /// RFC 9110, section 5.6.2.
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default:
            "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }

    /// Base URL and model.
    public var description: String { model.map { "\(displayURL) (\($0))" } ?? displayURL }

    /// The same as `description`.
    public var debugDescription: String { description }

    /// Shows base URL and model only.
    public var customMirror: Mirror {
        Mirror(self, children: ["displayURL": displayURL, "model": model as Any], displayStyle: .struct)
    }
}
