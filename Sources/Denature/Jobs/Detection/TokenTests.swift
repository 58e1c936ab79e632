import Foundation
import KeyedPRF
import Marks

/// From settings to the tests of token ids.
struct TokenTests {
    typealias Test = (configuration: TokenTestConfiguration, keys: [TokenTestKey])

    let settings: DetectSettings
    let registry: MarkRegistry
    /// The keyring, loaded when a scheme needs it.
    let keyring: () throws -> Keyring?

    /// - Throws: ``SettingsError``, ``DetectError`` or `KeyedPRFError`.
    func make() throws -> [Test] {
        var engine = EngineWatermarkFile()
        var names = try settings.names.map(known)
        if let path = settings.tokenIDs.watermarkConfig {
            engine = try EngineWatermarkFile(path: path, registry: registry)
            if let named = try engine.scheme(path: path, registry: registry) {
                if let names, names != [named] {
                    throw SettingsError("scheme", "`scheme` contradicts the algorithm of \(path)")
                }
                names = [named]
            }
        }
        guard let names, !names.isEmpty else {
            throw SettingsError("scheme", "`scheme` is needed: one or more of \(allNames)")
        }
        let native = names.filter { registry.tokenScheme(named: $0)?.keys == .keyring }
        var subkeys: [TokenTestKey] = []
        if let first = native.first {
            guard let keyring = try keyring() else {
                throw SettingsError("keyring", "`keyring` is needed for \(first)")
            }
            subkeys = try TestedKeys.select(
                from: keyring, purposes: [.token], tenant: settings.tenant, epoch: settings.epoch
            ).map { .subkey($0) }
        }
        var engineKeys: [TokenTestKey] = []
        if native.count < names.count {
            guard let key = settings.tokenIDs.key ?? engine.key else {
                throw SettingsError("key", "`key` is needed for the serving engine's schemes")
            }
            engineKeys = [.engine(try Self.engineKey(key))]
        }
        try checkOptions(names)
        return try names.map { name in
            let isNative = native.contains(name)
            return (
                try configuration(name, isNative ? EngineWatermarkFile() : engine), isNative ? subkeys : engineKeys
            )
        }
    }

    private var allNames: String { registry.tokenNames.map(\.text).joined(separator: ", ") }

    private func known(_ list: [String]) throws(SettingsError) -> [TokenMarkName] {
        let names = list.map { TokenMarkName($0) }
        for name in names where registry.tokenScheme(named: name) == nil {
            throw SettingsError("scheme", "`scheme` '\(name)' is not a mark of tokens; choose from \(allNames)")
        }
        guard Set(names).count == names.count else {
            throw SettingsError("scheme", "`scheme` names a scheme twice")
        }
        return names
    }

    /// Settings that schemes share may be there for one of several; a parameter that is named for none of them is a mistake.
    private func checkOptions(_ names: [TokenMarkName]) throws(SettingsError) {
        let taken = Set(
            names.flatMap { registry.tokenScheme(named: $0)?.parameterDescriptions.map(\.option) ?? [] })
        for option in try MarkOptions.parse(settings.tokenIDs.markOption, of: "mark_option").keys.sorted()
        where !taken.contains(option) {
            throw SettingsError("mark_option", "`mark_option` \(option): no tested scheme has such a parameter")
        }
    }

    private func configuration(
        _ name: TokenMarkName, _ engine: EngineWatermarkFile
    ) throws(SettingsError) -> TokenTestConfiguration {
        var options: [String: MarkValue] = [:]
        for parameter in registry.tokenScheme(named: name)?.parameterDescriptions ?? [] {
            options[parameter.option] = engine.parameters[parameter.name]
        }
        options.merge(try settings.tokenIDs.options) { $1 }
        if settings.alphaIsParameter(in: registry), let alpha = settings.alpha { options["alpha"] = .number(alpha) }
        do {
            return try TokenTestConfiguration(
                registry.mark(name, options: options, leavesOthers: true),
                width: settings.tokenIDs.contextWidth ?? engine.contextWidth ?? 4,
                deduplicates: !settings.tokenIDs.noDedup)
        } catch {
            throw SettingsError("scheme", "`scheme` \(name): \(error)")
        }
    }

    /// The engine's key; no error repeats it.
    private static func engineKey(_ text: String) throws -> EngineKey {
        var number = text
        if text.hasPrefix("env:") {
            let name = String(text.dropFirst(4))
            guard let value = ProcessInfo.processInfo.environment[name] else { throw DetectError.noVariable(name) }
            number = value
        } else if text.hasPrefix("file:") {
            let path = String(text.dropFirst(5))
            guard let data = FileManager.default.contents(atPath: path) else {
                throw DetectError.unreadableKey(path: path)
            }
            number = String(decoding: data, as: UTF8.self)
        }
        guard let key = EngineKey(number.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw SettingsError(
                "key", "`key` must be a whole number from 0 to 2^256 - 1, in decimal digits or after 0x")
        }
        return key
    }
}
