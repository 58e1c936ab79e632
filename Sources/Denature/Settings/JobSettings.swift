/// A part of a job's settings that several jobs share, with the settings it consists of.
public protocol SettingsGroup: Codable, Equatable, Sendable {
    /// The settings that `validate()`, coding, flags, configuration files and a job's identity are derived from.
    static var schema: [Setting<Self>] { get }

    /// Everything at its default; what is required is empty.
    init()

    /// What no setting can say by itself: which of them go together.
    ///
    /// - Throws: ``SettingsError``.
    func validateTogether() throws(SettingsError)
}

/// All settings of a job: a value that can be written down, compared and run.
public protocol JobSettings: SettingsGroup {
    /// The job's name, as the sub-command has it.
    static var job: String { get }
}

extension SettingsGroup {
    /// What goes together.
    ///
    /// - Throws: ``SettingsError``.
    public func validateTogether() throws(SettingsError) {}

    /// Checks every setting by itself, then all of them together.
    ///
    /// - Throws: ``SettingsError`` naming the first that is wrong.
    public func validate() throws(SettingsError) {
        for setting in Self.schema { try setting.check(self) }
        try validateTogether()
    }

    /// Reads an object with any of the settings; the others stay at their defaults.
    ///
    /// - Throws: `DecodingError` for a member that is none of the settings, or has a value of another type. Ranges are
    ///   checked by ``validate()``.
    public init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: SettingKey.self)
        let known = Set(Self.schema.map(\.name))
        for key in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue })
        where !known.contains(key.stringValue) {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container, debugDescription: "there is no such setting")
        }
        for setting in Self.schema where container.contains(SettingKey(stringValue: setting.name)) {
            try setting.decode(&self, container)
        }
    }

    /// Writes an object with all settings that have a value.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: SettingKey.self)
        for setting in Self.schema { try setting.encode(self, &container) }
    }

    /// The setting of a name; nil where there is none.
    public static func setting(named name: String) -> Setting<Self>? { schema.first { $0.name == name } }
}

extension Array {
    /// The settings of a part, as settings of the whole.
    ///
    /// - Parameters:
    ///   - path: Where the part is.
    ///   - section: The heading in help texts, where the part does not have its own.
    public static func group<Root: SettingsGroup, Part: SettingsGroup>(
        _ path: any WritableKeyPath<Root, Part> & Sendable, section: String? = nil
    ) -> [Setting<Root>] where Element == Setting<Root> {
        Part.schema.map { $0.lifted(path, section: section) }
    }
}
