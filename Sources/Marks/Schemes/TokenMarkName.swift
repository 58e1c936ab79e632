/// The name of a scheme of token marks: on the command line, in JSON, and in the keyed words of its own.
///
/// A scheme's folder adds its name here, so that `.green` can be written where a name is expected.
public struct TokenMarkName: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The name itself.
    public var text: String

    /// - Parameter text: The name.
    public init(_ text: String) { self.text = text }

    /// The name as it is written in a program.
    public init(stringLiteral text: String) { self.text = text }

    /// The name itself.
    public var description: String { text }
}

extension TokenMarkName: Codable {
    /// Reads a string.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }

    /// Writes a string.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
