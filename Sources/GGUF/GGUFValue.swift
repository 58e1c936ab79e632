/// A value of a file's metadata.
public enum GGUFValue: Hashable, Sendable {
    /// An integer of any of the format's widths that fits.
    case integer(Int)
    /// An unsigned integer above what `Int` holds.
    case large(UInt64)
    /// A number in single precision.
    case float(Float)
    /// A number in double precision.
    case double(Double)
    /// True or false.
    case bool(Bool)
    /// A text, in UTF-8 by the format's rules; nothing has checked it.
    case string([UInt8])
    /// A list of texts.
    case strings([[UInt8]])
    /// A list of integers.
    case integers([Int])
    /// A list of numbers in single precision.
    case floats([Float])
    /// Any other list.
    case list([GGUFValue])

    /// The text of a string.
    public var text: String? {
        if case .string(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }

    /// An integer.
    public var integer: Int? { if case .integer(let value) = self { value } else { nil } }

    /// True or false.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// A number. One in single precision becomes the double with the same shortest decimal: 1e-5 stays 1e-5.
    public var number: Double? {
        switch self {
        case .float(let value): Double("\(value)")
        case .double(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    /// A list of texts; the empty list whatever its elements' type.
    public var strings: [[UInt8]]? {
        switch self {
        case .strings(let values): values
        case .integers([]), .floats([]), .list([]): []
        default: nil
        }
    }

    /// A list of integers.
    public var integers: [Int]? {
        switch self {
        case .integers(let values): values
        case .strings([]), .floats([]), .list([]): []
        default: nil
        }
    }

    /// A list of numbers in single precision.
    public var floats: [Float]? {
        switch self {
        case .floats(let values): values
        case .strings([]), .integers([]), .list([]): []
        default: nil
        }
    }
}

/// The format's value types, by their numbers.
enum GGUFValueType: UInt32 {
    case uint8 = 0
    case int8
    case uint16
    case int16
    case uint32
    case int32
    case float32
    case bool
    case string
    case array
    case uint64
    case int64
    case float64

    /// The fewest bytes that a value of the type occupies: what bounds the length of a list by the bytes there are.
    func leastBytes(narrow: Bool) -> Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        case .string: narrow ? 4 : 8
        case .array: narrow ? 8 : 12
        }
    }
}
