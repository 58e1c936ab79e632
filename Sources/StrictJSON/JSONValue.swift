import Foundation

/// Any JSON value: carries what is read without a shape, such as an engine's own sampling options.
public enum JSONValue: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without fraction that fits 64 bits.
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object; keys are written in sorted order when the encoder is asked to.
    case object([String: JSONValue])
}

extension JSONValue: Codable {
    /// Reads whichever kind of value is there.
    ///
    /// - Throws: `DecodingError` for anything else.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Writes the value as itself.
    ///
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue {
    /// Reads a whole text.
    ///
    /// - Throws: ``JSONError``, also for names that differ in Unicode normalisation only and for numbers that no double
    ///   holds.
    package init(scanning bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        self = try JSONValue(JSONView(scanning: bytes, limits: limits), 0)
    }

    /// Depth is bounded by the scanner's limit.
    private init(_ view: JSONView, _ index: Int) throws(JSONError) {
        switch view.kind(index) {
        case .literal: self = view.bool(index).map(JSONValue.bool) ?? .null
        case .string, .key: self = .string(view.string(index))
        case .number: self = try Self.number(view, index)
        case .array:
            var elements: [JSONValue] = []
            for element in view.tape.elements(of: index) { elements.append(try JSONValue(view, element)) }
            self = .array(elements)
        case .object:
            var members: [String: JSONValue] = [:]
            for (key, value) in view.tape.members(of: index) {
                guard members.updateValue(try JSONValue(view, value), forKey: view.string(key)) == nil else {
                    throw JSONError(.duplicateMember, at: view.offset(key), "a member is named twice in one object")
                }
            }
            self = .object(members)
        }
    }

    private static func number(_ view: JSONView, _ index: Int) throws(JSONError) -> JSONValue {
        let text = String(decoding: view.text(index), as: UTF8.self)
        if let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else {
            throw JSONError(.wrongType, at: view.offset(index), "a number outside the range of 64-bit floats")
        }
        return Int(exactly: number).map(JSONValue.integer) ?? .number(number)
    }
}
