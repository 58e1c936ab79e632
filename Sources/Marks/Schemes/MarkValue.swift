/// The value of a scheme's parameter.
public enum MarkValue: Hashable, Sendable, CustomStringConvertible {
    /// A number.
    case number(Double)
    /// A whole number.
    case whole(Int)
    /// A word.
    case text(String)

    /// Reads what a user wrote: a whole number, a number, or else a word.
    public init(parsing text: String) {
        if let whole = Int(text) {
            self = .whole(whole)
        } else if let number = Double(text) {
            self = .number(number)
        } else {
            self = .text(text)
        }
    }

    /// The value as reports show it.
    public var description: String {
        switch self {
        case .number(let value): "\(value)"
        case .whole(let value): "\(value)"
        case .text(let value): value
        }
    }
}

extension MarkValue: Codable {
    /// Reads a number or a string. A number without a fraction is a whole one.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let whole = try? container.decode(Int.self) {
            self = .whole(whole)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    /// Writes a number or a string.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let value): try container.encode(value)
        case .whole(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        }
    }
}
