import KeyedPRF
import TraceRewriting

extension FailurePolicy: SettingValue {}

/// Marks by name, as they are ordered: `lexical,trigger`; `none` for an empty order.
extension TraceMarks.Order: SettingValue {
    /// What is expected, for messages.
    public static var expectation: String { "a list of " + choices.dropLast().joined(separator: ", ") + ", or none" }
    /// The texts that can be given.
    public static var choices: [String] { named.map(\.name) + ["none"] }

    /// Reads a text; nil where it is none of this type's.
    public init?(settingText text: String) {
        self = []
        if text == "none" { return }
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let mark = Self.named.first(where: { $0.name == item.trimming(while: \.isWhitespace) })?.mark else {
                return nil
            }
            insert(mark)
        }
    }

    /// The text that reads back as this value.
    public var settingText: String { isEmpty ? "none" : names.joined(separator: ",") }

    /// A value with these parts.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let order = Self(settingText: text) else {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: "marks must be \(Self.expectation)"))
        }
        self = order
    }

    /// Writes an object.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(settingText)
    }

    private static let named: [(name: String, mark: TraceMarks.Order)] = [
        ("lexical", .lexical), ("trigger", .trigger), ("selection", .selection),
    ]

    /// The names of the marks in a fixed order.
    public var names: [String] { Self.named.filter { contains($0.mark) }.map(\.name) }

    /// What each mark's key is for, in the same order.
    public var purposes: [KeyPurpose] { names.compactMap(KeyPurpose.init(rawValue:)) }
}

/// Lengths of new over old reasoning: `0.5:3`.
extension ClosedRange<Double>: SettingValue {
    /// What is expected, for messages.
    public static var expectation: String { "LOW:HIGH, such as 0.5:3" }

    /// Reads a text; nil where it is none of this type's.
    public init?(settingText text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
        guard parts.count == 2, let low = parts[0], let high = parts[1], low >= 0, high >= low, high.isFinite else {
            return nil
        }
        self = low...high
    }

    /// The text that reads back as this value.
    public var settingText: String {
        [lowerBound, upperBound].map { bound in
            let text = bound.settingText
            return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        }.joined(separator: ":")
    }
}
