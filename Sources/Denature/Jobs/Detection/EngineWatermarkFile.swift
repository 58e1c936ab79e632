import Foundation
import Marks

/// A serving engine's watermark settings, as its `--watermark-config` takes them. Members that detection does not need are
/// ignored.
struct EngineWatermarkFile {
    /// What the engine calls the scheme.
    private(set) var algorithm: String?
    /// The engine's key; secret.
    private(set) var key: String?
    /// Tokens of context.
    private(set) var contextWidth: Int?
    /// The schemes' parameters, by their names.
    private(set) var parameters: [String: MarkValue] = [:]

    /// No file: everything is at its standard value.
    init() {}

    /// - Parameters:
    ///   - path: The file.
    ///   - registry: The schemes whose parameters are looked for.
    /// - Throws: ``DetectError/engineFile(path:reason:)``.
    init(path: String, registry: MarkRegistry) throws(DetectError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw .engineFile(path: path, reason: "cannot be read")
        }
        let members: Members
        do {
            members = try JSONDecoder().decode(Members.self, from: data)
        } catch {
            throw .engineFile(path: path, reason: "not a JSON object")
        }
        let container = members.container
        func read<Value: Decodable>(_ name: String, as type: Value.Type) throws(DetectError) -> Value? {
            do {
                return try container.decodeIfPresent(type, forKey: SettingKey(stringValue: name))
            } catch {
                throw .engineFile(path: path, reason: "member '\(name)' has the wrong type")
            }
        }
        algorithm = try read("algorithm", as: String.self)
        if let number = try? container.decodeIfPresent(UInt64.self, forKey: SettingKey(stringValue: "key")) {
            key = String(number)
        } else {
            key = try read("key", as: String.self)
        }
        contextWidth = try read("context_width", as: Int.self)
        for scheme in registry.tokenSchemes where scheme.keys == .engine {
            for parameter in scheme.parameterDescriptions where parameters[parameter.name] == nil {
                parameters[parameter.name] = try read(parameter.name, as: MarkValue.self)
            }
        }
    }

    private struct Members: Decodable {
        let container: KeyedDecodingContainer<SettingKey>

        init(from decoder: any Decoder) throws { container = try decoder.container(keyedBy: SettingKey.self) }
    }

    /// The scheme that the file names.
    ///
    /// - Throws: ``DetectError/engineFile(path:reason:)`` for an algorithm that no scheme is.
    func scheme(path: String, registry: MarkRegistry) throws(DetectError) -> TokenMarkName? {
        guard let algorithm else { return nil }
        guard let scheme = registry.tokenSchemes.first(where: { $0.engineAlgorithm == algorithm }) else {
            let known = registry.tokenSchemes.compactMap { $0.engineAlgorithm }.joined(separator: ", ")
            throw .engineFile(path: path, reason: "algorithm '\(algorithm)' is not one of \(known)")
        }
        return scheme.name
    }
}
