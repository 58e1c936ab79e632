/// What is wrong with a line of token ids.
public struct TokenLineError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the line, in bytes from 0.
    public var offset: Int
    /// What is wrong there.
    public var reason: String

    /// `column N: reason`.
    public var description: String { "column \(offset + 1): \(reason)" }
}

/// Reads lines like `{"tokens":[5, 17], "prompt":[3]}`. Members of other names are skipped.
///
/// A scanner of its own because lines of numbers are long: general JSON readers spend more time on a number than the
/// detector does.
public struct TokenLine: Hashable, Sendable {
    /// `tokens`, or `token_ids` as serving engines call it; then `tokens` may be their number.
    public var tokens: [Int32]
    /// `prompt`, or `prompt_token_ids`; nil if the line has none.
    public var prompt: [Int32]?

    /// Reads one JSON object.
    ///
    /// - Throws: ``TokenLineError`` for a line that is no such object.
    public init(parsing line: UnsafeBufferPointer<UInt8>) throws(TokenLineError) {
        var scanner = TokenLineScanner(bytes: line)
        var tokens: [Int32]?
        var prompt: [Int32]?
        var countOffset: Int?
        try scanner.expect(UInt8(ascii: "{"), "an object such as {\"tokens\":[1,2]} is expected")
        if !scanner.take(UInt8(ascii: "}")) {
            repeat {
                let start = scanner.position
                let name = try scanner.name()
                try scanner.expect(UInt8(ascii: ":"), "a colon is expected")
                switch name {
                case "tokens" where scanner.isAtNumber:
                    countOffset = scanner.position
                    try scanner.skipValue()
                case "tokens", "token_ids":
                    guard tokens == nil else { throw TokenLineError(offset: start, reason: "tokens are given twice") }
                    tokens = try scanner.tokens()
                case "prompt", "prompt_token_ids":
                    guard prompt == nil else { throw TokenLineError(offset: start, reason: "a prompt is given twice") }
                    prompt = try scanner.tokens()
                default: try scanner.skipValue()
                }
            } while scanner.take(UInt8(ascii: ","))
            try scanner.expect(UInt8(ascii: "}"), "a comma or } is expected")
        }
        try scanner.expectEnd()
        guard let tokens else {
            guard let countOffset else { throw TokenLineError(offset: 0, reason: "the line has no \"tokens\"") }
            throw TokenLineError(
                offset: countOffset, reason: "an array of token ids is expected, here or as \"token_ids\"")
        }
        self.tokens = tokens
        self.prompt = prompt
    }

    /// Reads one JSON object.
    ///
    /// - Throws: ``TokenLineError`` for a line that is no such object.
    public init(parsing line: String) throws(TokenLineError) {
        let bytes = Array(line.utf8)
        var result: Result<TokenLine, TokenLineError> = .failure(TokenLineError(offset: 0, reason: "an empty line"))
        bytes.withUnsafeBufferPointer { bytes in
            do throws(TokenLineError) {
                result = .success(try TokenLine(parsing: bytes))
            } catch {
                result = .failure(error)
            }
        }
        self = try result.get()
    }

    /// The line as a document.
    public var document: TokenDocument { TokenDocument(tokens: tokens, prompt: prompt ?? []) }
}

private struct TokenLineScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position = 0

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0D, 0x0A].contains(bytes[position]) { position += 1 }
    }

    private func failure(_ reason: String) -> TokenLineError { TokenLineError(offset: position, reason: reason) }

    /// Whether the next value is a number.
    var isAtNumber: Bool {
        mutating get {
            skipSpace()
            return position < bytes.count && (bytes[position] &- 0x30 < 10 || bytes[position] == UInt8(ascii: "-"))
        }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func expect(_ byte: UInt8, _ reason: String) throws(TokenLineError) {
        if !take(byte) { throw failure(reason) }
    }

    mutating func expectEnd() throws(TokenLineError) {
        skipSpace()
        if position < bytes.count { throw failure("text after the object") }
    }

    /// A member's name. Escapes are kept as they are: no name that is looked for has one.
    mutating func name() throws(TokenLineError) -> String {
        skipSpace()
        let start = position
        try skipString()
        return String(decoding: bytes[start + 1..<position - 1], as: UTF8.self)
    }

    mutating func tokens() throws(TokenLineError) -> [Int32] {
        try expect(UInt8(ascii: "["), "an array of token ids is expected")
        var tokens: [Int32] = []
        if take(UInt8(ascii: "]")) { return tokens }
        tokens.reserveCapacity((bytes.count - position) / 6)
        repeat {
            skipSpace()
            let start = position
            var value: Int64 = 0
            while position < bytes.count, bytes[position] &- 0x30 < 10, value <= Int64(Int32.max) {
                value = value * 10 + Int64(bytes[position] &- 0x30)
                position += 1
            }
            guard position > start else { throw failure("a token id is expected: a whole number from 0") }
            guard value <= Int64(Int32.max) else {
                throw TokenLineError(offset: start, reason: "a token id is too large")
            }
            tokens.append(Int32(truncatingIfNeeded: value))
        } while take(UInt8(ascii: ","))
        try expect(UInt8(ascii: "]"), "a comma or ] is expected")
        return tokens
    }

    private mutating func skipString() throws(TokenLineError) {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            throw failure("a member's name is expected")
        }
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += byte == UInt8(ascii: "\\") ? 2 : 1
            if byte == UInt8(ascii: "\"") { return }
        }
        position = bytes.count
        throw failure("a string does not end")
    }

    /// Any value. Brackets are only counted: what another tool reads from them is its business.
    mutating func skipValue() throws(TokenLineError) {
        skipSpace()
        var depth = 0
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                position += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                guard depth > 0 else {
                    if position == start { throw failure("a value is expected") }
                    return
                }
                depth -= 1
                position += 1
                if depth == 0 { return }
            case UInt8(ascii: ",") where depth == 0:
                if position == start { throw failure("a value is expected") }
                return
            default: position += 1
            }
        }
        throw failure("a value does not end")
    }
}
