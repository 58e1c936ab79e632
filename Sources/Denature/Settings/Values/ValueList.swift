/// Several values of one type, in the order given: `green,gumbel` on a command line, a list or such a text in JSON and YAML.
public struct ValueList<Element: SettingValue>: SettingValue {
    /// The values.
    public var values: [Element]

    /// - Parameter values: In their order.
    public init(_ values: [Element]) { self.values = values }
}

extension ValueList: ExpressibleByArrayLiteral {
    /// A value with these parts.
    public init(arrayLiteral elements: Element...) { values = elements }
}

extension ValueList {
    /// What is expected, for messages.
    public static var expectation: String {
        choices.isEmpty ? "a list with commas" : "a list of " + choices.joined(separator: ", ")
    }

    /// The texts that can be given.
    public static var choices: [String] { Element.choices }

    /// Reads items between commas; spaces around them and empty ones count for nothing.
    public init?(settingText text: String) {
        values = []
        for item in text.split(separator: ",").map({ $0.trimming(while: \.isWhitespace) }) where !item.isEmpty {
            guard let value = Element(settingText: String(item)) else { return nil }
            values.append(value)
        }
    }

    /// The text that reads back as this value.
    public var settingText: String { values.map(\.settingText).joined(separator: ",") }

    /// Reads a list of values, or a text with commas.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let text = try? container.decode(String.self) else {
            self.init(try container.decode([Element].self))
            return
        }
        guard let list = Self(settingText: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(Self.expectation) is expected")
        }
        self = list
    }

    /// Writes a list of values.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(values)
    }
}

extension Substring {
    func trimming(while condition: (Character) -> Bool) -> Substring {
        var rest = drop(while: condition)
        while let last = rest.last, condition(last) { rest.removeLast() }
        return rest
    }
}
