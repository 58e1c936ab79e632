/// A strict JSON reader for keyrings.
///
/// Foundation's decoders quote the input in their errors and keep copies of it; this one reports a line, a column and
/// a fixed sentence, and leaves strings where they are until they are asked for.
struct KeyringJSON {
    /// A value and where it starts.
    struct Node {
        var offset: Int
        var value: Value
    }

    enum Value {
        case object([String: Node])
        case array([Node])
        /// The bytes between the quotes, escapes included.
        case string(Range<Int>)
        case number(Range<Int>)
        /// `true`, `false` or `null`.
        case literal
    }

    private static let maximumDepth = 8

    let bytes: UnsafeRawBufferPointer
    let source: String
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer, source: String) {
        self.bytes = bytes
        self.source = source
    }

    /// The error for a fault at a byte offset.
    func malformed(_ offset: Int, _ reason: String) -> KeyedPRFError {
        let before = bytes.prefix(offset)
        let line = before.reduce(1) { $1 == UInt8(ascii: "\n") ? $0 + 1 : $0 }
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return .malformedKeyring(source: source, line: line, column: offset - lineStart + 1, reason: reason)
    }

    /// Reads the one value of the document.
    mutating func document() throws(KeyedPRFError) -> Node {
        skipSpace()
        guard position < bytes.count else { throw malformed(position, "the keyring is empty") }
        let node = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw malformed(position, "unexpected text after the keyring") }
        return node
    }

    /// The text of a string value, escapes resolved, in an erased buffer.
    func text(_ range: Range<Int>) throws(KeyedPRFError) -> SecretText {
        let text = SecretText(capacity: range.count)
        var i = range.lowerBound
        while i < range.upperBound {
            guard bytes[i] == UInt8(ascii: "\\") else {
                text.append(bytes[i])
                i += 1
                continue
            }
            let escape = bytes[i + 1]  // the scanner saw that a character follows
            i += 2
            switch escape {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"):
                let start = i - 2
                var unit = codeUnit(&i, end: range.upperBound)
                if let high = unit, (0xD800..<0xDC00).contains(high), i + 1 < range.upperBound,
                    bytes[i] == UInt8(ascii: "\\"), bytes[i + 1] == UInt8(ascii: "u")
                {
                    i += 2
                    let low = codeUnit(&i, end: range.upperBound)
                    unit = low.flatMap {
                        (0xDC00..<0xE000).contains($0) ? 0x10000 + (high - 0xD800) << 10 + ($0 - 0xDC00) : nil
                    }
                }
                guard let unit, let scalar = Unicode.Scalar(unit) else {
                    throw malformed(start, "invalid \\u escape")
                }
                text.append(String(Character(scalar)))
            default:
                throw malformed(i - 2, "invalid escape in a string")
            }
        }
        return text
    }

    private func codeUnit(_ i: inout Int, end: Int) -> UInt32? {
        guard i + 4 <= end else { return nil }
        var unit: UInt32 = 0
        for offset in i..<i + 4 {
            guard let digit = Hexadecimal.digit(bytes[offset]) else { return nil }
            unit = unit << 4 | UInt32(digit)
        }
        i += 4
        return unit
    }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func value(depth: Int) throws(KeyedPRFError) -> Node {
        guard depth < Self.maximumDepth else { throw malformed(position, "nested too deeply") }
        skipSpace()
        guard position < bytes.count else { throw malformed(position, "the text ends early") }
        let start = position
        switch bytes[position] {
        case UInt8(ascii: "{"): return Node(offset: start, value: try object(depth: depth))
        case UInt8(ascii: "["): return Node(offset: start, value: try array(depth: depth))
        case UInt8(ascii: "\""): return Node(offset: start, value: .string(try string()))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            while position < bytes.count, Array("+-.eE0123456789".utf8).contains(bytes[position]) { position += 1 }
            return Node(offset: start, value: .number(start..<position))
        default:
            for word in ["true", "false", "null"] where bytes[position...].starts(with: word.utf8) {
                position += word.utf8.count
                return Node(offset: start, value: .literal)
            }
            throw malformed(start, "a JSON value is expected here")
        }
    }

    private mutating func object(depth: Int) throws(KeyedPRFError) -> Value {
        var members: [String: Node] = [:]
        position += 1
        if skip(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            let start = position
            guard start < bytes.count else { throw malformed(start, "the text ends early") }
            guard bytes[start] == UInt8(ascii: "\"") else { throw malformed(start, "a member name is expected here") }
            let range = try string()
            guard let name = try text(range).string else {
                throw malformed(start, "not valid UTF-8")
            }
            guard skip(UInt8(ascii: ":")) else { throw expected("':'") }
            let node = try value(depth: depth + 1)
            guard members.updateValue(node, forKey: name) == nil else {
                throw malformed(start, "this member occurs twice")
            }
            if skip(UInt8(ascii: "}")) { return .object(members) }
            guard skip(UInt8(ascii: ",")) else { throw expected("',' or '}'") }
        }
    }

    private mutating func array(depth: Int) throws(KeyedPRFError) -> Value {
        var elements: [Node] = []
        position += 1
        if skip(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            if skip(UInt8(ascii: "]")) { return .array(elements) }
            guard skip(UInt8(ascii: ",")) else { throw expected("',' or ']'") }
        }
    }

    /// Steps over spaces and then over `byte`, if it is next.
    private mutating func skip(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private func expected(_ what: String) -> KeyedPRFError {
        malformed(position, position < bytes.count ? "\(what) is expected here" : "the text ends early")
    }

    private mutating func string() throws(KeyedPRFError) -> Range<Int> {
        let start = position + 1
        var i = start
        while i < bytes.count, bytes[i] != UInt8(ascii: "\"") {
            guard bytes[i] >= 0x20 else { throw malformed(i, "control character in a string") }
            i += bytes[i] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard i < bytes.count else { throw malformed(bytes.count, "the text ends inside a string") }
        position = i + 1
        return start..<i
    }
}
