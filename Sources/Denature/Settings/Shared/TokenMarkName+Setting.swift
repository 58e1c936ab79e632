import Marks

/// Any text, so that a program can name a scheme of its own; whoever has the registry refuses what it does not know.
extension TokenMarkName: SettingValue {
    /// The schemes that come with Denature.
    public static var expectation: String { "one of " + choices.joined(separator: ", ") }

    /// The schemes that come with Denature and can be embedded.
    public static var choices: [String] { MarkRegistry.standard.embeddableNames.map(\.text) }

    /// Takes any text.
    public init?(settingText text: String) { self.init(text) }

    /// The name.
    public var settingText: String { text }
}
