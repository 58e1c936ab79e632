import StrictJSON

/// What a template is given: JSON, with the members of objects in their order, and whole numbers told from others.
public enum ChatTemplateValue: Hashable, Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number written without fraction or exponent.
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([ChatTemplateValue])
    /// An object.
    case object([Member])

    /// A member of an object.
    public struct Member: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Its value.
        public var value: ChatTemplateValue

        /// - Parameters:
        ///   - name: Its name.
        ///   - value: Its value.
        public init(_ name: String, _ value: ChatTemplateValue) {
            self.name = name
            self.value = value
        }
    }

    /// The value of the first member with a name; nil if there is none, or if this is no object.
    public subscript(_ name: String) -> ChatTemplateValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    /// Reads a JSON text.
    ///
    /// - Throws: ``ChatTemplateError`` with code `value` for what is no JSON, or a whole number of more than 64 bits.
    public init(json: [UInt8]) throws(ChatTemplateError) {
        do throws(JSONError) {
            self = try json.withUnsafeBufferPointer { (bytes) throws(JSONError) in
                try ChatTemplateValue(JSONView(scanning: UnsafeRawBufferPointer(bytes)), 0)
            }
        } catch {
            throw ChatTemplateError(.value, line: 0, error.description)
        }
    }

    /// Depth is bounded by the scanner's limit.
    private init(_ view: JSONView, _ index: Int) throws(JSONError) {
        switch view.kind(index) {
        case .literal: self = view.bool(index).map(ChatTemplateValue.bool) ?? .null
        case .string, .key: self = .string(view.string(index))
        case .number:
            let text = String(decoding: view.text(index), as: UTF8.self)
            if let integer = Int(text) {
                self = .integer(integer)
            } else if text.utf8.contains(where: { [0x2E, 0x45, 0x65].contains($0) }), let number = Double(text),
                number.isFinite
            {
                self = .number(number)
            } else {
                throw JSONError(.wrongType, at: view.offset(index), "a number outside the range of 64 bits")
            }
        case .array:
            var elements: [ChatTemplateValue] = []
            for element in view.tape.elements(of: index) { elements.append(try ChatTemplateValue(view, element)) }
            self = .array(elements)
        case .object:
            var members: [Member] = []
            for (key, value) in view.tape.members(of: index) {
                members.append(Member(view.string(key), try ChatTemplateValue(view, value)))
            }
            self = .object(members)
        }
    }
}

extension ChatTemplateValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
    /// An array.
    public init(arrayLiteral elements: ChatTemplateValue...) { self = .array(elements) }
    /// An object, in the order given.
    public init(dictionaryLiteral elements: (String, ChatTemplateValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }
}
