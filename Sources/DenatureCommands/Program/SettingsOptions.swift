import ArgumentParser
import Denature

/// The flags of a job, made of its settings: `top_p` is `--top-p`.
///
/// ArgumentParser looks for flags in the mirror of a type's empty value. This one's mirror shows a flag for every setting in
/// place of stored properties, so that a setting is named in one place.
struct SettingsOptions<Settings: JobSettings>: ParsableArguments {
    /// What was given on the command line; the rest at its defaults.
    private(set) var settings = Settings()
    /// The names of the settings that were given.
    private(set) var given: Set<String> = []
    private var problem: SettingsError?

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: SettingFlagKey.self)
        for setting in SettingFlags<Settings>.settings(under: nil) {
            take(setting, try SettingFlags.texts(setting, container))
        }
        for (index, section) in SettingFlags<Settings>.sections.enumerated() {
            let key = SettingFlagKey(stringValue: SettingSection.key(index))
            let texts = try SettingSection.all[index].texts(of: Settings.self, container, key)
            for setting in SettingFlags<Settings>.settings(under: section) { take(setting, texts[setting.name]) }
        }
    }

    private mutating func take(_ setting: Setting<Settings>, _ texts: [String]?) {
        guard let texts else { return }
        given.insert(setting.name)
        do throws(SettingsError) {
            try setting.set(texts, in: &settings)
        } catch {
            // Said by `validate()`: whoever asks for help wants no complaint about the values beside it.
            problem = problem ?? error
        }
    }

    mutating func validate() throws {
        do throws(SettingsError) {
            if let problem { throw problem }
            for setting in Settings.schema where setting.isRequired && !given.contains(setting.name) {
                throw SettingsError(
                    setting.name, "Missing expected argument '\(SettingFlags<Settings>.usage(setting))'")
            }
            try settings.validate()
        } catch {
            throw ValidationError(error.description(naming: SettingFlags<Settings>.flag))
        }
    }
}

extension SettingsOptions: CustomReflectable {
    var customMirror: Mirror {
        let children = SettingMirrors.children(of: Self.self) {
            SettingFlags<Settings>.settings(under: nil).map { ($0.name, SettingFlags<Settings>.definition($0)) }
                + SettingFlags<Settings>.sections.enumerated().map { index, title in
                    (SettingSection.key(index), SettingSection.all[index].group(of: Settings.self, title: title))
                }
        }
        return Mirror(self, children: children)
    }
}
