import ArgumentParser
import Denature

/// The place of a heading among those of a job. ArgumentParser makes a heading of a type, so there is a type for each place.
protocol SettingSectionPlace {
    static var index: Int { get }
}

/// What stands under one heading.
struct SettingSectionOptions<Settings: JobSettings, Place: SettingSectionPlace>: ParsableArguments, CustomReflectable {
    private(set) var texts: [String: [String]] = [:]

    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: SettingFlagKey.self)
        for setting in Self.settings { texts[setting.name] = try SettingFlags.texts(setting, container) }
    }

    private static var settings: [Setting<Settings>] {
        SettingFlags<Settings>.settings(under: SettingFlags<Settings>.sections[Place.index])
    }

    var customMirror: Mirror {
        let children = SettingMirrors.children(of: Self.self) {
            Self.settings.map { ($0.name, SettingFlags<Settings>.definition($0)) }
        }
        return Mirror(self, children: children)
    }
}

/// The headings by their places.
enum SettingSection {
    private enum First: SettingSectionPlace { static let index = 0 }
    private enum Second: SettingSectionPlace { static let index = 1 }
    private enum Third: SettingSectionPlace { static let index = 2 }
    private enum Fourth: SettingSectionPlace { static let index = 3 }
    private enum Fifth: SettingSectionPlace { static let index = 4 }
    private enum Sixth: SettingSectionPlace { static let index = 5 }
    private enum Seventh: SettingSectionPlace { static let index = 6 }
    private enum Eighth: SettingSectionPlace { static let index = 7 }

    /// As many as any job has; a test sees to that.
    static var all: [any SettingSectionReading.Type] {
        [
            Reading<First>.self, Reading<Second>.self, Reading<Third>.self, Reading<Fourth>.self, Reading<Fifth>.self,
            Reading<Sixth>.self, Reading<Seventh>.self, Reading<Eighth>.self,
        ]
    }

    static func key(_ index: Int) -> String { "section\(index)" }

    private enum Reading<Place: SettingSectionPlace>: SettingSectionReading {
        static func group<Settings: JobSettings>(of: Settings.Type, title: String) -> any Sendable {
            OptionGroup<SettingSectionOptions<Settings, Place>>(title: title)
        }

        static func texts<Settings: JobSettings>(
            of: Settings.Type, _ container: KeyedDecodingContainer<SettingFlagKey>, _ key: SettingFlagKey
        ) throws -> [String: [String]] {
            try container.decode(OptionGroup<SettingSectionOptions<Settings, Place>>.self, forKey: key).wrappedValue
                .texts
        }
    }
}

/// One heading of any job.
protocol SettingSectionReading {
    /// The property wrapper that ArgumentParser makes a heading of.
    static func group<Settings: JobSettings>(of: Settings.Type, title: String) -> any Sendable

    /// What was given under it, by the names of settings.
    static func texts<Settings: JobSettings>(
        of: Settings.Type, _ container: KeyedDecodingContainer<SettingFlagKey>, _ key: SettingFlagKey
    ) throws -> [String: [String]]
}
