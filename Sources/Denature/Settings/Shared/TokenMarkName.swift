import Marks

/// The name of a mark in sampled tokens: any text, so that a program can name a scheme of its own.
public struct TokenMarkName: SettingValue, Hashable, ExpressibleByStringLiteral {
    /// The name.
    public var text: String

    public init(_ text: String) { self.text = text }

    public init(stringLiteral text: String) { self.text = text }

    public static var expectation: String { "one of " + choices.joined(separator: ", ") }

    /// The schemes that come with Denature.
    public static var choices: [String] { TokenWatermarkScheme.allCases.map(\.rawValue) }

    public init?(settingText text: String) { self.text = text }

    public var settingText: String { text }

    /// Reads a string.
    public init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    /// Writes a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
