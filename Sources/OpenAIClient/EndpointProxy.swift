import AsyncHTTPClient
import Foundation

/// The proxy that the environment names for an endpoint.
///
/// `http_proxy` and `https_proxy` name it by the endpoint's scheme, `all_proxy` for both; `no_proxy` lists hosts that are
/// reached without. Names in upper case count as well, those in lower case come first. This machine itself is always reached
/// without a proxy. Requests go through the proxy by `CONNECT`, those without TLS too.
struct EndpointProxy: Sendable {
    /// The variable that names it.
    let variable: String
    /// What must not be shown: the password in the variable's value.
    let secrets: [String]
    /// For the HTTP library.
    let configuration: HTTPClient.Configuration.Proxy

    /// The proxy for an endpoint; nil for none.
    ///
    /// - Throws: `EndpointError` of code `invalidConfiguration` for a variable that names no proxy that can be used.
    static func find(
        scheme: String, host: String, port: Int?, environment: [String: String]
    ) throws(EndpointError) -> EndpointProxy? {
        func value(_ name: String) -> (name: String, text: String)? {
            // A CGI program gets the request header `Proxy` under this name, from anybody.
            let isUnsafe = name == "http_proxy" && environment["REQUEST_METHOD"] != nil
            for name in isUnsafe ? [name] : [name, name.uppercased()] {
                if let text = environment[name]?.trimmingCharacters(in: .whitespaces), !text.isEmpty {
                    return (name, text)
                }
            }
            return nil
        }
        guard let (name, text) = value(scheme + "_proxy") ?? value("all_proxy") else { return nil }
        let target = host.trimmingCharacters(in: ["[", "]"]).lowercased()
        if isThisMachine(target) { return nil }
        let effectivePort = port ?? (scheme == "https" ? 443 : 80)
        if let exceptions = value("no_proxy")?.text, excepts(exceptions, host: target, port: effectivePort) {
            return nil
        }
        return try EndpointProxy(variable: name, text: text)
    }

    private init(variable: String, text: String) throws(EndpointError) {
        self.variable = variable
        func wrong(_ why: String) -> EndpointError {
            // Not quoted: it may hold a password.
            EndpointError(.invalidConfiguration, "environment variable \(variable) \(why)")
        }
        let url = text.contains("://") ? text : "http://" + text
        guard let components = URLComponents(string: url),
            let host = components.host?.trimmingCharacters(in: ["[", "]"]), !host.isEmpty
        else { throw wrong("is no proxy's address like http://host:3128") }
        guard OpenAIEndpoint.isPortValid(in: url) else { throw wrong("names a port that is none") }
        switch components.scheme?.lowercased() {
        case "http":
            if let user = components.user {
                let password = components.password ?? ""
                secrets = [password, components.percentEncodedPassword ?? ""]
                configuration = .server(
                    host: host, port: components.port ?? 80,
                    authorization: .basic(username: user, password: password))
            } else {
                secrets = []
                configuration = .server(host: host, port: components.port ?? 80)
            }
        case "socks5", "socks5h", "socks":
            guard components.user == nil else { throw wrong("names a SOCKS proxy with a user, which is not supported") }
            secrets = []
            configuration = .socksServer(host: host, port: components.port ?? 1080)
        default: throw wrong("names a kind of proxy that is not supported (http and socks5 are)")
        }
    }

    // MARK: What needs none

    private static func isThisMachine(_ host: String) -> Bool {
        host == "localhost" || host.hasSuffix(".localhost") || host == "::1"
            || (IPv4(host).map { $0.bits >> 24 == 127 } ?? false)
    }

    /// Whether a list such as `example.com, .internal:8080, 10.0.0.0/8` names the host.
    static func excepts(_ list: String, host: String, port: Int) -> Bool {
        list.split { $0 == "," || $0.isWhitespace }.contains { entry in
            var name = entry.lowercased()
            if name == "*" { return true }
            if let address = IPv4(host), let slash = name.firstIndex(of: "/"),
                let network = IPv4(String(name[..<slash])),
                let length = Int(name[name.index(after: slash)...]), (0...32).contains(length)
            {
                return length == 0 || address.bits >> (32 - length) == network.bits >> (32 - length)
            }
            if name.hasPrefix("[") {
                guard let end = name.firstIndex(of: "]") else { return false }
                let rest = name[name.index(after: end)...]
                if rest.hasPrefix(":"), Int(rest.dropFirst()) != port { return false }
                name = String(name[name.index(after: name.startIndex)..<end])
            } else if let colon = name.lastIndex(of: ":"), name.firstIndex(of: ":") == colon {
                guard Int(name[name.index(after: colon)...]) == port else { return false }
                name = String(name[..<colon])
            }
            if name.hasPrefix("*.") { name.removeFirst() }
            let bare = name.hasPrefix(".") ? String(name.dropFirst()) : name
            return !bare.isEmpty && (host == bare || host.hasSuffix("." + bare))
        }
    }

    /// An address in dotted form.
    private struct IPv4 {
        let bits: UInt32

        init?(_ text: String) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            let bytes = parts.compactMap { UInt8($0) }
            guard parts.count == 4, bytes.count == 4 else { return nil }
            bits = bytes.reduce(0) { $0 << 8 | UInt32($1) }
        }
    }
}
