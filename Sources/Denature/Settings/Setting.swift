/// What a setting means to a job that is run again: whether another value is another job.
public enum SettingRole: Hashable, Sendable, CaseIterable {
    /// Decides the result: another value is another job.
    case result
    /// A file or folder that is read: other contents are another job.
    case input
    /// Where results go, and whether what is there gives way.
    case output
    /// Names a secret; what is known of it (a key's id) is for the job to add to its identity.
    case secret
    /// How the work is done, and nothing of what comes out: threads, batches, progress.
    case conduct
}

/// One setting of a job: its name, its place in the value, what it means. Everything a user can see of it (flag, YAML key,
/// JSON member, the ledger's parameter) follows from this.
public struct Setting<Root: Sendable>: Sendable {
    /// How it is given on a command line.
    public enum Form: Hashable, Sendable {
        /// Present or absent.
        case flag
        /// With one value.
        case value
        /// With a value each time it is given.
        case list
        /// By its place, without a name.
        case positional
        /// All that have no name.
        case positionals
    }

    /// The name in JSON and YAML, in snake_case.
    public let name: String
    /// One sentence.
    public let help: String
    /// What the value is called in help texts.
    public let valueName: String?
    /// Other long names on the command line.
    public let aliases: [String]
    /// A one-letter name on the command line.
    public let letter: Character?
    /// How it is given on a command line.
    public let form: Form
    /// Whether another value is another job.
    public let role: SettingRole
    /// Whether it must be given.
    public let isRequired: Bool
    /// The texts that can be given, where they can be listed.
    public let choices: [String]
    /// The heading it stands under in help texts.
    public internal(set) var section: String?

    typealias Encoding = KeyedEncodingContainer<SettingKey>
    typealias Decoding = KeyedDecodingContainer<SettingKey>

    let read: @Sendable (Root) -> [String]
    let assign: @Sendable (inout Root, [String]) throws(SettingsError) -> Void
    let check: @Sendable (Root) throws(SettingsError) -> Void
    let encode: @Sendable (Root, inout Encoding) throws -> Void
    let decode: @Sendable (inout Root, Decoding) throws -> Void

    /// The values in a job's settings as texts: none for what is unset or false.
    public func arguments(in settings: Root) -> [String] { read(settings) }

    /// Sets it from texts as they stand on a command line.
    ///
    /// - Parameters:
    ///   - texts: One for a value, any number for a list, none or `true` or `false` for a flag.
    ///   - settings: What to change.
    /// - Throws: ``SettingsError`` where a text is not one of the setting's type; ranges are checked by `validate()`.
    public func set(_ texts: [String], in settings: inout Root) throws(SettingsError) { try assign(&settings, texts) }

    /// Checks the value in a job's settings by itself: whether it is in its range, and whether a text has any.
    ///
    /// - Throws: ``SettingsError`` naming the setting.
    public func validate(_ settings: Root) throws(SettingsError) { try check(settings) }
}

/// The name of a setting as a coding key.
struct SettingKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
}
