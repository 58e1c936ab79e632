import Denature

/// Settings that differ from others in one setting: another value for any, found by a rule, so that no test lists settings
/// and none can be forgotten.
///
///     let variations = SettingVariations(of: base, texts: ["model": otherFolder])
///     for setting in SampleSettings.schema { let other = try variations.varied(setting) … }
package struct SettingVariations<Settings: JobSettings>: Sendable {
    /// What is varied.
    package let base: Settings
    private let texts: [String: String]
    private let adjustments: [String: @Sendable (inout Settings) -> Void]

    /// Why no other value was found.
    package struct Exhausted: Error, CustomStringConvertible {
        package var description: String
    }

    /// - Parameters:
    ///   - base: What is varied.
    ///   - texts: Other values where the rule's would not do, as of files that are read.
    ///   - adjustments: What else must change with a setting, as where two exclude each other.
    package init(
        of base: Settings, texts: [String: String] = [:],
        adjustments: [String: @Sendable (inout Settings) -> Void] = [:]
    ) {
        self.base = base
        self.texts = texts
        self.adjustments = adjustments
    }

    /// The names of all settings of these roles, for parameterised tests.
    package static func names(_ roles: SettingRole...) -> [String] {
        Settings.schema.filter { roles.contains($0.role) }.map(\.name)
    }

    /// The settings with another value for the one of this name.
    ///
    /// A flag is turned over, of choices another is taken, a number is moved within its bounds, a text gets an "x".
    package func varied(_ name: String) throws -> Settings {
        guard let setting = Settings.setting(named: name) else {
            throw Exhausted(description: "there is no setting \(name)")
        }
        return try varied(setting)
    }

    /// The same by the setting itself.
    package func varied(_ setting: Setting<Settings>) throws -> Settings {
        let before = setting.arguments(in: base)
        for texts in candidates(setting, before) {
            var varied = base
            guard (try? setting.set(texts, in: &varied)) != nil, setting.arguments(in: varied) != before,
                (try? setting.validate(varied)) != nil
            else { continue }
            adjustments[setting.name]?(&varied)
            return varied
        }
        throw Exhausted(description: "no other value of \(setting.name) is known: name one")
    }

    private func candidates(_ setting: Setting<Settings>, _ before: [String]) -> [[String]] {
        if let text = texts[setting.name] { return [[text]] }
        switch setting.form {
        case .flag: return [[before.isEmpty ? "true" : "false"]]
        case .list, .positionals: return Self.values(setting, before.last).map { before + [$0] }
        case .value, .positional: return Self.values(setting, before.last).map { [$0] }
        }
    }

    private static func values(_ setting: Setting<Settings>, _ before: String?) -> [String] {
        if !setting.choices.isEmpty { return setting.choices.filter { $0 != before } }
        var values: [String] = []
        if let before, let number = Int(before) {
            values = [number &+ 1, number &- 1].map { "\($0)" }
        } else if let before, let number = Double(before) {
            values = [number + 1, number / 2, number - 1].map { "\($0)" }
        } else if let before {
            values = [before + "x"]
        }
        return values + ["2", "0.5", "1", "0", "x"]
    }
}
