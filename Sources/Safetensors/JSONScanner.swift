/// A strict reader of JSON text (RFC 8259) for headers and indexes.
///
/// The caller says what it expects at each place, so no tree is built and a header cannot nest deeper than the format.
/// Keys that occur twice in an object are refused everywhere.
struct JSONScanner {
    /// Nesting allowed in values that are skipped.
    static let maximumDepth = 32

    private let bytes: UnsafeRawBufferPointer
    private let file: String
    private(set) var offset = 0
    /// The tensor that errors name.
    var tensor: String?

    init(_ bytes: UnsafeRawBufferPointer, file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// The next byte, 0 at the end (NUL is never valid where it is asked for).
    private var current: UInt8 {
        offset < bytes.count ? bytes[offset] : 0
    }

    private var isAtEnd: Bool { offset >= bytes.count }

    func problem(_ problem: SafetensorsError.Problem) -> SafetensorsError {
        SafetensorsError(file, tensor: tensor, problem)
    }

    func malformed(_ reason: String) -> SafetensorsError {
        problem(.malformedJSON(offset: offset, reason: isAtEnd ? reason + ", found the end" : reason))
    }

    mutating func skipWhitespace() {
        while offset < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[offset]) { offset += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard !isAtEnd, current == byte else { return false }
        offset += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(SafetensorsError) {
        guard take(UInt8(ascii: character)) else { throw malformed("expected '\(character)'") }
    }

    /// Only whitespace may follow.
    mutating func end() throws(SafetensorsError) {
        skipWhitespace()
        guard isAtEnd else { throw malformed("expected the end of the JSON text") }
    }

    /// Reads an object; `member` reads the value of each key.
    mutating func object(
        _ member: (inout JSONScanner, String) throws(SafetensorsError) -> Void
    ) throws(SafetensorsError) {
        skipWhitespace()
        try expect("{")
        skipWhitespace()
        if take(UInt8(ascii: "}")) { return }
        var keys: Set<String> = []
        repeat {
            skipWhitespace()
            let start = offset
            let key = try string()
            guard keys.insert(key).inserted else { throw problem(.duplicateKey(key, offset: start)) }
            skipWhitespace()
            try expect(":")
            try member(&self, key)
            skipWhitespace()
        } while take(UInt8(ascii: ","))
        try expect("}")
    }

    /// Reads an array; `element` reads each of its values.
    mutating func array(_ element: (inout JSONScanner) throws(SafetensorsError) -> Void) throws(SafetensorsError) {
        skipWhitespace()
        try expect("[")
        skipWhitespace()
        if take(UInt8(ascii: "]")) { return }
        repeat {
            try element(&self)
            skipWhitespace()
        } while take(UInt8(ascii: ","))
        try expect("]")
    }

    /// Reads an integer that is not negative and fits an `Int`. Fractions and exponents are refused even where the
    /// value is whole.
    mutating func count() throws(SafetensorsError) -> Int {
        skipWhitespace()
        let start = offset
        try skipNumber()
        var value = 0
        for position in start..<offset {
            guard case let digit = bytes[position] &- UInt8(ascii: "0"), digit < 10 else {
                offset = start
                throw malformed("expected an integer that is not negative")
            }
            let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int(digit))
            guard !overflow, !carry else {
                offset = start
                throw malformed("an integer too large for 63 bits")
            }
            value = sum
        }
        return value
    }

    /// Reads a number as it is written.
    mutating func numberText() throws(SafetensorsError) -> String {
        skipWhitespace()
        let start = offset
        try skipNumber()
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private mutating func skipNumber() throws(SafetensorsError) {
        let start = offset
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try skipDigits() }
        if take(UInt8(ascii: ".")) { try skipDigits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try skipDigits()
        }
        if case UInt8(ascii: "0")...UInt8(ascii: "9") = current {
            offset = start
            throw malformed("a number with a leading zero")
        }
    }

    private mutating func skipDigits() throws(SafetensorsError) {
        let start = offset
        while case UInt8(ascii: "0")...UInt8(ascii: "9") = current { offset += 1 }
        guard offset > start else { throw malformed("expected a number") }
    }

    /// Passes over any value, objects and arrays to a bounded depth.
    mutating func skipValue(depth: Int = 0) throws(SafetensorsError) {
        guard depth < Self.maximumDepth else { throw malformed("nested too deeply") }
        skipWhitespace()
        switch current {
        case UInt8(ascii: "{"):
            try object { scanner, _ throws(SafetensorsError) in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "["):
            try array { scanner throws(SafetensorsError) in try scanner.skipValue(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: try skipNumber()
        }
    }

    private mutating func literal(_ word: StaticString) throws(SafetensorsError) {
        for position in 0..<word.utf8CodeUnitCount {
            guard take(word.utf8Start[position]) else { throw malformed("expected '\(word)'") }
        }
    }
}

// MARK: - Strings

extension JSONScanner {
    /// Reads a string. Its bytes must be UTF-8, its escapes whole characters.
    mutating func string() throws(SafetensorsError) -> String {
        skipWhitespace()
        guard take(UInt8(ascii: "\"")) else { throw malformed("expected a string") }
        let start = offset
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\""):
                let text = try utf8(bytes[start..<offset], at: start)
                offset += 1
                return text
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case ..<0x20: throw malformed("a control character in a string")
            default: offset += 1
            }
        }
        throw malformed("expected '\"'")
    }

    private func utf8(_ slice: some Sequence<UInt8>, at start: Int) throws(SafetensorsError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw problem(.malformedJSON(offset: start, reason: "a string that is not UTF-8"))
        }
        return text
    }

    /// The rest of a string with escapes, from its first byte on.
    private mutating func escapedString(from start: Int) throws(SafetensorsError) -> String {
        var text = Array(bytes[start..<offset])
        while offset < bytes.count {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "\""):
                offset += 1
                return try utf8(text, at: start)
            case UInt8(ascii: "\\"):
                offset += 1
                let scalar = try escape()
                text.append(contentsOf: String(Character(scalar)).utf8)
            case ..<0x20: throw malformed("a control character in a string")
            default:
                text.append(byte)
                offset += 1
            }
        }
        throw malformed("expected '\"'")
    }

    private mutating func escape() throws(SafetensorsError) -> Unicode.Scalar {
        let kind = current
        let simple: Unicode.Scalar
        switch kind {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): simple = Unicode.Scalar(kind)
        case UInt8(ascii: "b"): simple = "\u{8}"
        case UInt8(ascii: "f"): simple = "\u{C}"
        case UInt8(ascii: "n"): simple = "\n"
        case UInt8(ascii: "r"): simple = "\r"
        case UInt8(ascii: "t"): simple = "\t"
        case UInt8(ascii: "u"):
            offset += 1
            return try unicodeEscape()
        default: throw malformed("an unknown escape")
        }
        offset += 1
        return simple
    }

    private mutating func unicodeEscape() throws(SafetensorsError) -> Unicode.Scalar {
        let first = try hexUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // Not a character by itself: the first half of a surrogate pair, which the second half must follow.
        guard (0xD800..<0xDC00).contains(first), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
            throw malformed("half of a surrogate pair")
        }
        let second = try hexUnit()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else {
            throw malformed("half of a surrogate pair")
        }
        return scalar
    }

    private mutating func hexUnit() throws(SafetensorsError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(current)).hexDigitValue else {
                throw malformed("expected four hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
            offset += 1
        }
        return value
    }
}
