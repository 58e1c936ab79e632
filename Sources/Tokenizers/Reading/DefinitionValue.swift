import StrictJSON

/// A value of a `DefinitionText` with the path that led to it, for typed access whose errors name file and member.
struct DefinitionValue: Sendable {
    let text: DefinitionText
    let index: Int
    let path: String

    private var token: JSONTape.Token { text.tape.tokens[index] }

    var isNull: Bool { isLiteral("n") }
    var isObject: Bool { token.kind == .object }
    var isArray: Bool { token.kind == .array }
    /// Elements of an array, members of an object.
    var count: Int { text.tape.count(of: index) }
    var isString: Bool { token.kind == .string }

    private func isLiteral(_ first: Unicode.Scalar) -> Bool {
        token.kind == .literal && text.bytes[Int(token.start)] == UInt8(ascii: first)
    }

    func error(_ code: TokenizerError.Code, _ message: String) -> TokenizerError {
        TokenizerError(code, file: text.file, keyPath: path, message)
    }

    // MARK: Scalars

    /// The UTF-8 of a string.
    func utf8() throws(TokenizerError) -> [UInt8] {
        guard isString else { throw error(.wrongType, "is not a string") }
        return text.utf8(index)
    }

    func string() throws(TokenizerError) -> String {
        String(decoding: try utf8(), as: UTF8.self)
    }

    func bool() throws(TokenizerError) -> Bool {
        if isLiteral("t") { return true }
        if isLiteral("f") { return false }
        throw error(.wrongType, "is not true or false")
    }

    /// A number written as an integer; nil if it is none or does not fit.
    private func integer() -> Int? {
        guard token.kind == .number else { return nil }
        return Int(String(decoding: text.bytes[token.range], as: UTF8.self))
    }

    /// A number between 0 and `bound`, exclusively.
    func id(below bound: Int32) throws(TokenizerError) -> Int32 {
        guard token.kind == .number else { throw error(.wrongType, "is not a token id") }
        guard let value = integer(), value >= 0, value < Int(bound) else {
            let number = String(decoding: text.bytes[token.range].prefix(24), as: UTF8.self)
            throw error(.invalidID, "\(number) is not a token id from 0 to \(bound - 1)")
        }
        return Int32(value)
    }

    /// The value of a number; nil if it is none.
    var number: Double? {
        guard token.kind == .number else { return nil }
        return Double(String(decoding: text.bytes[token.range], as: UTF8.self))
    }

    /// A member that is a count, below a million; 0 if there is none.
    func count(_ name: String) throws(TokenizerError) -> Int {
        guard let value = try optional(name) else { return 0 }
        guard let count = value.integer(), (0..<1_000_000).contains(count) else {
            throw value.error(.wrongType, "is not a count")
        }
        return count
    }

    /// Whether this is the number zero or null, the two ways to write "no dropout".
    var isZeroOrNull: Bool {
        if isNull { return true }
        guard token.kind == .number else { return false }
        return Double(String(decoding: text.bytes[token.range], as: UTF8.self)) == 0
    }

    // MARK: Objects

    /// A member, or nil if there is none or it is null.
    func optional(_ name: String) throws(TokenizerError) -> DefinitionValue? {
        guard isObject else { throw error(.wrongType, "is not an object") }
        var child = index + 1
        let end = Int(token.next)
        while child < end {
            if text.isKey(child, name) {
                let value = DefinitionValue(text: text, index: child + 1, path: path.isEmpty ? name : path + "." + name)
                return value.isNull ? nil : value
            }
            child = Int(text.tape.tokens[child + 1].next)
        }
        return nil
    }

    /// A member that must be there and not null.
    func required(_ name: String) throws(TokenizerError) -> DefinitionValue {
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
    func forEachMember(_ body: ([UInt8], DefinitionValue) throws(TokenizerError) -> Void) throws(TokenizerError) {
        guard isObject else { throw error(.wrongType, "is not an object") }
        var child = index + 1
        let end = Int(token.next)
        while child < end {
            try body(text.utf8(child), DefinitionValue(text: text, index: child + 1, path: path))
            child = Int(text.tape.tokens[child + 1].next)
        }
    }

    /// The value under the path of one of its members.
    func named(_ member: String) -> DefinitionValue {
        DefinitionValue(text: text, index: index, path: path + "." + member)
    }

    // MARK: Arrays

    /// The elements of an array, with `[i]` in their paths.
    func elements() throws(TokenizerError) -> [DefinitionValue] {
        var out: [DefinitionValue] = []
        try forEachElement { (i, value) throws(TokenizerError) in
            out.append(DefinitionValue(text: text, index: value.index, path: "\(path)[\(i)]"))
        }
        return out
    }

    /// Calls `body` with every element of an array. Elements have the array's path.
    func forEachElement(_ body: (Int, DefinitionValue) throws(TokenizerError) -> Void) throws(TokenizerError) {
        guard isArray else { throw error(.wrongType, "is not an array") }
        var child = index + 1
        var i = 0
        let end = Int(token.next)
        while child < end {
            try body(i, DefinitionValue(text: text, index: child, path: path))
            child = Int(text.tape.tokens[child].next)
            i += 1
        }
    }
}
