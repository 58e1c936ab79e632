import Foundation

/// Where an API key comes from. Keys are never taken from an argument, which other users of the machine could see.
public enum APIKeySource: Hashable, Sendable {
    /// The endpoint wants no key.
    case none
    /// The environment variable of this name.
    case environment(String)
    /// The first line of this file, which only its owner and group may read.
    case file(String)
}

extension APIKeySource {
    /// The bytes of the key, nil for none: for a server that asks its clients for it.
    ///
    /// - Throws: ``EndpointError`` for a key that is not there or cannot be one, and for a file that every user may read.
    package func bytes(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(EndpointError) -> [UInt8]? {
        try APIKey.load(self, environment: environment).map { Array($0.secret.utf8) }
    }
}

/// An API key. It has no description, no mirror and no coding: the only way out is the request header.
final class APIKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let secret: String

    private init(secret: String) {
        self.secret = secret
    }

    var description: String { "<redacted>" }
    var debugDescription: String { "<redacted>" }
    var customMirror: Mirror { Mirror(self, children: []) }

    static func load(
        _ source: APIKeySource, environment: [String: String]
    ) throws(EndpointError) -> APIKey? {
        switch source {
        case .none:
            return nil
        case .environment(let name):
            guard let value = environment[name] else {
                throw EndpointError(.invalidConfiguration, "environment variable \(name) (the API key) is not set")
            }
            return try APIKey(value, origin: "environment variable \(name)")
        case .file(let path):
            return try APIKey(try read(path), origin: path)
        }
    }

    private convenience init(_ text: String, origin: String) throws(EndpointError) {
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !secret.isEmpty else {
            throw EndpointError(.invalidConfiguration, "\(origin) holds no API key")
        }
        // Anything else could not be sent in a header, or would add headers of its own.
        guard secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw EndpointError(
                .invalidConfiguration, "\(origin): an API key is one word of printable ASCII characters")
        }
        self.init(secret: secret)
    }

    private static func read(_ path: String) throws(EndpointError) -> String {
        let attributes: [FileAttributeKey: Any]
        let data: Data
        do {
            let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            attributes = try FileManager.default.attributesOfItem(atPath: resolved)
            guard attributes[.type] as? FileAttributeType == .typeRegular else {
                throw CocoaError(.fileReadUnknown)
            }
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: resolved))
            defer { try? handle.close() }
            data = try handle.read(upToCount: 16 << 10) ?? Data()
        } catch {
            throw EndpointError(.invalidConfiguration, "\(path): the API key file cannot be read")
        }
        let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
        guard mode & 0o007 == 0 else {
            throw EndpointError(
                .invalidConfiguration, "\(path): the API key file is open to every user (chmod 600 it)")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

/// Cuts secrets out of texts that others wrote.
struct Redactor: Sendable {
    private let secrets: [String]

    init(secrets: [String]) {
        // A server may echo a secret as JSON within JSON, with its slashes escaped. Short values are no secrets,
        // and cutting them out would only garble messages.
        self.secrets = secrets.filter { $0.utf8.count >= 6 }
            .flatMap { [$0, $0.replacingOccurrences(of: "/", with: "\\/")] }
            .sorted { $0.utf8.count > $1.utf8.count }
    }

    /// The text on one line, without secrets, then cut to `limit` characters: cutting first could leave half a secret.
    func clean(_ text: String, limit: Int = 500) -> String {
        var text = text
        for secret in secrets {
            text = text.replacingOccurrences(of: secret, with: "<redacted>")
        }
        let printable = text.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? " " : String(scalar)
        }.joined()
        return printable.count > limit ? printable.prefix(limit) + "…" : printable
    }
}
