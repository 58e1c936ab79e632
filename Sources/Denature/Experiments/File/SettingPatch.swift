/// Settings of a job that an experiment's file sets, by name, with their values as texts.
public struct SettingPatch: Hashable, Sendable {
    /// A setting.
    struct Entry: Hashable, Sendable {
        /// Its name, in snake_case.
        var name: String
        /// Its values, as the setting reads them.
        var texts: [String]
    }

    private(set) var entries: [Entry] = []

    /// Nothing set.
    public init() {}

    /// The settings that are set.
    public var names: [String] { entries.map(\.name) }

    /// The value of a setting; of a list the last one.
    public subscript(name: String) -> String? { entries.first { $0.name == name }?.texts.last }

    /// Sets or replaces a setting.
    public mutating func set(_ name: String, _ texts: String...) { set(name, texts) }

    mutating func set(_ name: String, _ texts: [String]) {
        if let place = entries.firstIndex(where: { $0.name == name }) {
            entries[place].texts = texts
        } else {
            entries.append(Entry(name: name, texts: texts))
        }
    }

    /// These settings with others over them.
    public func merged(with other: SettingPatch) -> SettingPatch {
        var merged = self
        for entry in other.entries { merged.set(entry.name, entry.texts) }
        return merged
    }

    /// Only some of the settings.
    public func only(_ names: some Collection<String>) -> SettingPatch {
        var patch = self
        patch.entries.removeAll { !names.contains($0.name) }
        return patch
    }

    /// Puts the values into a job's settings, or a part of one's. What they do not know is left out.
    ///
    /// - Throws: ``SettingsError``.
    public func apply<Settings: SettingsGroup>(to settings: inout Settings) throws(SettingsError) {
        for entry in entries {
            guard let setting = Settings.setting(named: entry.name) else { continue }
            try setting.set(entry.texts, in: &settings)
        }
    }
}
