/// A value of a `JSONTape` with the path that led to it, for typed access whose errors name file and member.
struct JSONValue: Sendable {
    let tape: JSONTape
    let index: Int
    let path: String

    private var node: JSONTape.Node { tape.nodes[index] }

    var isNull: Bool { node.kind == .null }
    var isObject: Bool { node.kind == .object }
    var isArray: Bool { node.kind == .array }
    /// Elements of an array, members of an object.
    var count: Int { Int(node.count) }
    var isString: Bool { node.kind == .string || node.kind == .escapedString }

    func error(_ code: TokenizerError.Code, _ message: String) -> TokenizerError {
        TokenizerError(code, file: tape.file, keyPath: path, message)
    }

    // MARK: Scalars

    /// The UTF-8 of a string.
    func utf8() throws(TokenizerError) -> [UInt8] {
        guard isString else { throw error(.wrongType, "is not a string") }
        guard let bytes = tape.unescaped(node) else {
            throw error(.invalidUTF8, "holds an escape that is not one of JSON's or half a surrogate pair")
        }
        return bytes
    }

    func string() throws(TokenizerError) -> String {
        String(decoding: try utf8(), as: UTF8.self)
    }

    func bool() throws(TokenizerError) -> Bool {
        switch node.kind {
        case .yes: return true
        case .no: return false
        default: throw error(.wrongType, "is not true or false")
        }
    }

    /// A number written as an integer; nil if it is none or does not fit.
    private func integer() -> Int? {
        guard node.kind == .number else { return nil }
        return Int(String(decoding: tape.bytes[Int(node.start)..<Int(node.end)], as: UTF8.self))
    }

    /// A number between 0 and `bound`, exclusively.
    func id(below bound: Int32) throws(TokenizerError) -> Int32 {
        guard node.kind == .number else { throw error(.wrongType, "is not a token id") }
        guard let value = integer(), value >= 0, value < Int(bound) else {
            let text = String(
                decoding: tape.bytes[Int(node.start)..<min(Int(node.end), Int(node.start) + 24)], as: UTF8.self)
            throw error(.invalidID, "\(text) is not a token id from 0 to \(bound - 1)")
        }
        return Int32(value)
    }

    /// Whether this is the number zero or null, the two ways to write "no dropout".
    var isZeroOrNull: Bool {
        if isNull { return true }
        guard node.kind == .number else { return false }
        return Double(String(decoding: tape.bytes[Int(node.start)..<Int(node.end)], as: UTF8.self)) == 0
    }

    // MARK: Objects

    /// A member, or nil if there is none or it is null. Throws when the object names it twice.
    func optional(_ name: String) throws(TokenizerError) -> JSONValue? {
        guard isObject else { throw error(.wrongType, "is not an object") }
        var found: JSONValue?
        var child = index + 1
        for _ in 0..<node.count {
            let key = tape.nodes[child]
            let isMatch =
                key.kind == .string
                ? tape.bytes[Int(key.start)..<Int(key.end)].elementsEqual(name.utf8)
                : tape.unescaped(key)?.elementsEqual(name.utf8) == true
            if isMatch {
                guard found == nil else { throw error(.duplicateKey, "names \"\(name)\" twice") }
                found = JSONValue(tape: tape, index: child + 1, path: path.isEmpty ? name : path + "." + name)
            }
            child = Int(tape.nodes[child + 1].next)
        }
        return found.flatMap { $0.isNull ? nil : $0 }
    }

    /// A member that must be there and not null.
    func required(_ name: String) throws(TokenizerError) -> JSONValue {
        guard let value = try optional(name) else { throw error(.missingMember, "has no \"\(name)\"") }
        return value
    }

    /// A Boolean member, or `fallback` if there is none.
    func bool(_ name: String, default fallback: Bool) throws(TokenizerError) -> Bool {
        guard let value = try optional(name) else { return fallback }
        return try value.bool()
    }

    /// A string member, or nil.
    func string(_ name: String) throws(TokenizerError) -> String? {
        guard let value = try optional(name) else { return nil }
        return try value.string()
    }

    /// Calls `body` with the name and value of every member. Values get the path of the object, not their own: a path
    /// for each of 150,000 vocabulary entries would cost more than reading them.
    func forEachMember(_ body: ([UInt8], JSONValue) throws(TokenizerError) -> Void) throws(TokenizerError) {
        guard isObject else { throw error(.wrongType, "is not an object") }
        var child = index + 1
        for _ in 0..<node.count {
            let key = try JSONValue(tape: tape, index: child, path: path).utf8()
            try body(key, JSONValue(tape: tape, index: child + 1, path: path))
            child = Int(tape.nodes[child + 1].next)
        }
    }

    /// The value under the path of one of its members.
    func named(_ member: String) -> JSONValue {
        JSONValue(tape: tape, index: index, path: path + "." + member)
    }

    // MARK: Arrays

    /// The elements of an array, with `[i]` in their paths.
    func elements() throws(TokenizerError) -> [JSONValue] {
        var out: [JSONValue] = []
        try forEachElement { (i, value) throws(TokenizerError) in
            out.append(JSONValue(tape: tape, index: value.index, path: "\(path)[\(i)]"))
        }
        return out
    }

    /// Calls `body` with every element of an array. Elements have the array's path.
    func forEachElement(_ body: (Int, JSONValue) throws(TokenizerError) -> Void) throws(TokenizerError) {
        guard isArray else { throw error(.wrongType, "is not an array") }
        var child = index + 1
        for i in 0..<Int(node.count) {
            try body(i, JSONValue(tape: tape, index: child, path: path))
            child = Int(tape.nodes[child].next)
        }
    }
}
