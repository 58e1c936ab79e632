/// A JSON text (RFC 8259) as a flat list of values that point into its bytes.
///
/// A vocabulary of 150,000 entries and twice as many merges would be a million small objects in a tree of enums. It also
/// must not become a dictionary of `String`, whose equality is canonical equivalence: two tokens may differ only in it.
struct JSONTape: Sendable {
    enum Kind: UInt8 {
        case object, array, string, escapedString, number, yes, no, null
    }

    /// One value. The children of an array follow it; those of an object are its keys and values, alternating.
    struct Node {
        var kind: Kind
        /// First byte; for strings, the first after the quotation mark.
        var start: UInt32
        /// One past the last byte; for strings, the closing quotation mark.
        var end: UInt32
        /// The node after this value and all it holds.
        var next: UInt32
        /// Elements of an array, members of an object.
        var count: UInt32
    }

    static let largestFile = 512 << 20
    static let deepestNesting = 64

    let file: String
    let bytes: [UInt8]
    private(set) var nodes: [Node] = []

    /// The whole document.
    var root: JSONValue { JSONValue(tape: self, index: 0, path: "") }

    init(parsing bytes: [UInt8], file: String) throws(TokenizerError) {
        guard bytes.count <= Self.largestFile else {
            throw TokenizerError(.tooLarge, file: file, "\(bytes.count) bytes; at most \(Self.largestFile) are read")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw TokenizerError(.invalidUTF8, file: file, "not UTF-8")
        }
        self.file = file
        self.bytes = bytes
        nodes.reserveCapacity(bytes.count / 16)
        var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        try parseValue(at: &position, depth: 0)
        skipWhitespace(&position)
        guard position == bytes.count else { throw malformed(position, "more after the end of the value") }
    }

    private func malformed(_ position: Int, _ message: String) -> TokenizerError {
        let place = position >= bytes.count ? "at the end of the file" : "at byte \(position)"
        return TokenizerError(.malformedJSON, file: file, "\(message) \(place)")
    }

    private func byte(_ position: Int) -> UInt8 {
        position < bytes.count ? bytes[position] : 0
    }

    private func skipWhitespace(_ position: inout Int) {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) {
            position += 1
        }
    }

    private mutating func parseValue(at position: inout Int, depth: Int) throws(TokenizerError) {
        guard depth < Self.deepestNesting else {
            throw TokenizerError(.tooLarge, file: file, "nested more than \(Self.deepestNesting) levels deep")
        }
        skipWhitespace(&position)
        switch byte(position) {
        case UInt8(ascii: "{"): try parseContainer(.object, at: &position, depth: depth)
        case UInt8(ascii: "["): try parseContainer(.array, at: &position, depth: depth)
        case UInt8(ascii: "\""): try parseString(at: &position)
        case UInt8(ascii: "t"): try parseWord("true", .yes, at: &position)
        case UInt8(ascii: "f"): try parseWord("false", .no, at: &position)
        case UInt8(ascii: "n"): try parseWord("null", .null, at: &position)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try parseNumber(at: &position)
        default: throw malformed(position, position < bytes.count ? "no JSON value" : "ends where a value should be")
        }
    }

    private mutating func parseContainer(_ kind: Kind, at position: inout Int, depth: Int) throws(TokenizerError) {
        let index = nodes.count
        let close = kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")
        nodes.append(Node(kind: kind, start: UInt32(position), end: 0, next: 0, count: 0))
        position += 1
        skipWhitespace(&position)
        var count = 0
        if byte(position) != close {
            while true {
                if kind == .object {
                    skipWhitespace(&position)
                    guard byte(position) == UInt8(ascii: "\"") else { throw malformed(position, "no member name") }
                    try parseString(at: &position)
                    skipWhitespace(&position)
                    guard byte(position) == UInt8(ascii: ":") else { throw malformed(position, "no colon") }
                    position += 1
                }
                try parseValue(at: &position, depth: depth + 1)
                count += 1
                skipWhitespace(&position)
                if byte(position) == close { break }
                guard byte(position) == UInt8(ascii: ",") else { throw malformed(position, "no comma or bracket") }
                position += 1
            }
        }
        position += 1
        nodes[index].end = UInt32(position)
        nodes[index].next = UInt32(nodes.count)
        nodes[index].count = UInt32(count)
    }

    private mutating func parseString(at position: inout Int) throws(TokenizerError) {
        let start = position + 1
        var kind = Kind.string
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
            guard bytes[end] >= 0x20 else { throw malformed(end, "a control character in a string") }
            if bytes[end] == UInt8(ascii: "\\") {
                kind = .escapedString
                end += 1
            }
            end += 1
        }
        guard end < bytes.count else { throw malformed(bytes.count, "a string without its end") }
        nodes.append(
            Node(kind: kind, start: UInt32(start), end: UInt32(end), next: UInt32(nodes.count + 1), count: 0))
        position = end + 1
    }

    private mutating func parseWord(_ word: StaticString, _ kind: Kind, at position: inout Int) throws(TokenizerError) {
        let end = position + word.utf8CodeUnitCount
        let matches = end <= bytes.count && word.withUTF8Buffer { bytes[position..<end].elementsEqual($0) }
        guard matches else { throw malformed(position, "no JSON value") }
        append(kind, position, end)
        position = end
    }

    private mutating func parseNumber(at position: inout Int) throws(TokenizerError) {
        func digits(_ end: inout Int) -> Bool {
            let start = end
            while case UInt8(ascii: "0")...UInt8(ascii: "9") = byte(end) { end += 1 }
            return end > start
        }
        var end = position
        if byte(end) == UInt8(ascii: "-") { end += 1 }
        let leadingZero = byte(end) == UInt8(ascii: "0")
        let first = end
        var valid = digits(&end) && !(leadingZero && end > first + 1)
        if valid, byte(end) == UInt8(ascii: ".") {
            end += 1
            valid = digits(&end)
        }
        if valid, byte(end) | 0x20 == UInt8(ascii: "e") {
            end += 1
            if byte(end) == UInt8(ascii: "+") || byte(end) == UInt8(ascii: "-") { end += 1 }
            valid = digits(&end)
        }
        guard valid else { throw malformed(position, "not a number") }
        append(.number, position, end)
        position = end
    }

    private mutating func append(_ kind: Kind, _ start: Int, _ end: Int) {
        nodes.append(
            Node(kind: kind, start: UInt32(start), end: UInt32(end), next: UInt32(nodes.count + 1), count: 0))
    }

    // MARK: Contents

    /// The UTF-8 of a string node, escapes resolved; nil when an escape is not one of JSON's.
    func unescaped(_ node: Node) -> [UInt8]? {
        let raw = bytes[Int(node.start)..<Int(node.end)]
        guard node.kind == .escapedString else { return Array(raw) }
        var out: [UInt8] = []
        out.reserveCapacity(raw.count)
        var i = raw.startIndex
        while i < raw.endIndex {
            guard raw[i] == UInt8(ascii: "\\") else {
                out.append(raw[i])
                i += 1
                continue
            }
            guard i + 1 < raw.endIndex else { return nil }
            i += 2
            switch raw[i - 1] {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(raw[i - 1])
            case UInt8(ascii: "b"): out.append(0x08)
            case UInt8(ascii: "f"): out.append(0x0C)
            case UInt8(ascii: "n"): out.append(0x0A)
            case UInt8(ascii: "r"): out.append(0x0D)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "u"):
                guard var value = hexDigits(i, in: raw) else { return nil }
                i += 4
                if 0xD800..<0xDC00 ~= value, i + 1 < raw.endIndex, raw[i] == UInt8(ascii: "\\"),
                    raw[i + 1] == UInt8(ascii: "u"), let low = hexDigits(i + 2, in: raw), 0xDC00..<0xE000 ~= low
                {
                    value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
                    i += 6
                }
                guard let scalar = Unicode.Scalar(value) else { return nil }
                out.append(contentsOf: UTF8.encode(scalar).map(Array.init) ?? [])
            default: return nil
            }
        }
        return out
    }

    private func hexDigits(_ start: Int, in raw: ArraySlice<UInt8>) -> UInt32? {
        guard start + 4 <= raw.endIndex else { return nil }
        var value: UInt32 = 0
        for digit in raw[start..<start + 4] {
            guard let nibble = Character(Unicode.Scalar(digit)).hexDigitValue, digit < 0x80 else { return nil }
            value = value << 4 | UInt32(nibble)
        }
        return value
    }
}
