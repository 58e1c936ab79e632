import ArgumentParser
import Denature

/// From settings to flags, and from what was given back to texts.
enum SettingFlags<Settings: JobSettings> {
    /// The headings of the job's settings, in their order.
    static var sections: [String] {
        var sections: [String] = []
        for setting in Settings.schema {
            if let section = setting.section, !sections.contains(section) { sections.append(section) }
        }
        return sections
    }

    static func settings(under section: String?) -> [Setting<Settings>] {
        Settings.schema.filter { $0.section == section }
    }

    /// How a setting is called on the command line.
    static func flag(_ name: String) -> String {
        guard let setting = Settings.setting(named: name), !setting.isPositional else { return name }
        return "--" + name.replacing("_", with: "-")
    }

    /// How a setting is given: `--top-p <p>`.
    static func usage(_ setting: Setting<Settings>) -> String {
        let value = setting.valueName ?? setting.name.replacing("_", with: "-")
        return setting.isPositional ? "<\(value)>" : flag(setting.name) + " <\(value)>"
    }

    /// The property wrapper that ArgumentParser makes a flag of.
    static func definition(_ setting: Setting<Settings>) -> any Sendable {
        let letter = setting.letter.map { [NameSpecification.Element.customShort($0)] } ?? []
        let long = ([setting.name.replacing("_", with: "-")] + setting.aliases).map {
            NameSpecification.Element.customLong($0)
        }
        let name = NameSpecification(letter + long)
        let value = setting.valueName ?? setting.name.replacing("_", with: "-")
        let help = ArgumentHelp(Self.help(setting), valueName: value)
        switch setting.form {
        case .flag: return Flag(wrappedValue: false, name: name, help: help)
        case .value: return Option<String?>(name: name, help: help)
        case .list: return Option<[String]>(wrappedValue: [], name: name, help: help)
        case .positional: return Argument<String?>(help: help)
        case .positionals: return Argument<[String]>(wrappedValue: [], help: help)
        }
    }

    /// The texts given for a setting, nil where it was not given.
    static func texts(
        _ setting: Setting<Settings>, _ container: KeyedDecodingContainer<SettingFlagKey>
    ) throws -> [String]? {
        let key = SettingFlagKey(stringValue: setting.name)
        switch setting.form {
        case .flag: return try container.decode(Flag<Bool>.self, forKey: key).wrappedValue ? ["true"] : nil
        case .value: return try container.decode(Option<String?>.self, forKey: key).wrappedValue.map { [$0] }
        case .positional: return try container.decode(Argument<String?>.self, forKey: key).wrappedValue.map { [$0] }
        case .list:
            let values = try container.decode(Option<[String]>.self, forKey: key).wrappedValue
            return values.isEmpty ? nil : values
        case .positionals:
            let values = try container.decode(Argument<[String]>.self, forKey: key).wrappedValue
            return values.isEmpty ? nil : values
        }
    }

    /// The sentence, with what can be given and what holds without it.
    private static func help(_ setting: Setting<Settings>) -> String {
        var notes: [String] = []
        if !setting.choices.isEmpty { notes.append("values: " + setting.choices.joined(separator: ", ")) }
        if setting.form == .value || setting.form == .positional, !setting.isRequired {
            let defaults = setting.arguments(in: Settings()).filter { !$0.isEmpty }
            if !defaults.isEmpty { notes.append("default: " + defaults.joined(separator: ",")) }
        }
        let help = SettingsError(setting.name, setting.help).description(naming: flag)
        return help + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))")
    }
}

extension Setting {
    fileprivate var isPositional: Bool { form == .positional || form == .positionals }
}

/// The name of a setting, as ArgumentParser asks for its value.
struct SettingFlagKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
}
