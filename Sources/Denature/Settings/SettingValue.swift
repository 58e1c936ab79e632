/// A type that a setting can have.
///
/// Codable says how it stands in JSON and YAML, ``init(settingText:)`` how it stands on a command line. Enumerations of strings
/// conform by naming the protocol.
public protocol SettingValue: Codable, Equatable, Sendable {
    /// What is expected, for messages: "a number".
    static var expectation: String { get }
    /// The texts that can be given, where they can be listed; empty where they cannot.
    static var choices: [String] { get }

    /// Reads a text; nil where it is none of this type's.
    init?(settingText text: String)

    /// The text that ``init(settingText:)`` reads back as this value.
    var settingText: String { get }
}

extension SettingValue {
    /// The texts that can be given.
    public static var choices: [String] { [] }
}

extension String: SettingValue {
    /// What is expected, for messages.
    public static var expectation: String { "a text" }
    /// Reads a text; nil where it is none of this type's.
    public init?(settingText text: String) { self = text }
    /// The text that reads back as this value.
    public var settingText: String { self }
}

extension Int: SettingValue {
    /// What is expected, for messages.
    public static var expectation: String { "a whole number" }
    /// Reads a text; nil where it is none of this type's.
    public init?(settingText text: String) { self.init(text) }
    /// The text that reads back as this value.
    public var settingText: String { String(self) }
}

extension UInt64: SettingValue {
    /// What is expected, for messages.
    public static var expectation: String { "a whole number from 0 to 2^64 - 1" }
    /// Reads a text; nil where it is none of this type's.
    public init?(settingText text: String) { self.init(text) }
    /// The text that reads back as this value.
    public var settingText: String { String(self) }
}

extension Double: SettingValue {
    /// What is expected, for messages.
    public static var expectation: String { "a number" }

    /// Decimal notation; neither infinities nor NaN, which no setting means.
    public init?(settingText text: String) {
        guard let value = Double(text), value.isFinite else { return nil }
        self = value
    }

    /// The shortest decimal that reads back as this number.
    public var settingText: String { description }
}

extension Bool: SettingValue {
    /// What is expected, for messages.
    public static var expectation: String { "true or false" }
    /// Reads a text; nil where it is none of this type's.
    public init?(settingText text: String) { self.init(text) }
    /// The text that reads back as this value.
    public var settingText: String { description }
}

extension SettingValue where Self: RawRepresentable & CaseIterable, RawValue == String {
    /// What is expected, for messages.
    public static var expectation: String { "one of " + choices.joined(separator: ", ") }
    /// The texts that can be given.
    public static var choices: [String] { allCases.map(\.rawValue) }
    /// Reads a text; nil where it is none of this type's.
    public init?(settingText text: String) { self.init(rawValue: text) }
    /// The text that reads back as this value.
    public var settingText: String { rawValue }
}
