/// Classes of a code point, as the regular expressions of `tokenizers` define them.
struct CodePointClass: OptionSet, Sendable {
    var rawValue: UInt8

    /// `\p{L}`
    static let letter = CodePointClass(rawValue: 1)
    /// `\p{N}`
    static let number = CodePointClass(rawValue: 2)
    /// `\s`
    static let space = CodePointClass(rawValue: 4)
    /// `\w`
    static let word = CodePointClass(rawValue: 8)
    /// Changes or moves under NFC, or composes with what is before it.
    static let normalizes = CodePointClass(rawValue: 16)
    /// A number for the Digits pre-tokenizer, which knows a newer Unicode version than the regular expressions.
    static let newerNumber = CodePointClass(rawValue: 32)

    /// One byte for each of the 0x110000 code points: a scanner reads one table entry per scalar.
    static let table: [UInt8] = {
        var table = [UInt8](repeating: 0, count: 0x110000)
        CodePointClassTable.ranges.forEachRange { codes, bits in
            for code in codes where code < table.count { table[code] = UInt8(truncatingIfNeeded: bits) }
        }
        return table
    }()
}

extension StaticString {
    /// Calls `body` with the numbers of every item: hexadecimal, with colons between, items separated by white space.
    /// A hyphen counts as a colon and sets `isRange`.
    func forEachItem(_ body: (_ fields: [Int], _ isRange: Bool) -> Void) {
        withUTF8Buffer { text in
            for item in text.split(whereSeparator: { $0 == 0x20 || $0 == 0x0A }) {
                var fields: [Int] = [0]
                var isRange = false
                for byte in item {
                    switch byte {
                    case UInt8(ascii: "-"), UInt8(ascii: ":"):
                        if byte == UInt8(ascii: "-") { isRange = true }
                        fields.append(0)
                    default:
                        let digit = Int(byte) - (byte <= UInt8(ascii: "9") ? 0x30 : 0x57)
                        fields[fields.count - 1] = fields[fields.count - 1] << 4 | digit
                    }
                }
                body(fields, isRange)
            }
        }
    }

    /// Calls `body` with the codes and the value of every item of the form `code:value` or `first-last:value`.
    func forEachRange(_ body: (_ codes: ClosedRange<Int>, _ value: Int) -> Void) {
        forEachItem { fields, isRange in
            guard fields.count == (isRange ? 3 : 2), let first = fields.first, let value = fields.last else { return }
            body(first...max(first, isRange ? fields[1] : first), value)
        }
    }
}

/// Decodes well-formed UTF-8, which is what a Swift string's bytes are.
struct UTF8Reader {
    let text: UnsafeBufferPointer<UInt8>
    let classes: UnsafeBufferPointer<UInt8>

    var count: Int { text.count }

    /// The scalar that starts at `i` and its length in bytes. `i` must be the start of a scalar.
    @inline(__always)
    func scalar(at i: Int) -> (code: Int, length: Int) {
        let lead = Int(text[i])
        if lead < 0x80 { return (lead, 1) }
        if lead < 0xE0 { return ((lead & 0x1F) << 6 | continuation(i + 1), 2) }
        if lead < 0xF0 { return ((lead & 0x0F) << 12 | continuation(i + 1) << 6 | continuation(i + 2), 3) }
        let high = (lead & 0x07) << 18 | continuation(i + 1) << 12
        return (high | continuation(i + 2) << 6 | continuation(i + 3), 4)
    }

    @inline(__always)
    private func continuation(_ i: Int) -> Int {
        i < text.count ? Int(text[i]) & 0x3F : 0
    }

    /// The class of the scalar that starts at `i` and its length in bytes.
    @inline(__always)
    func classify(at i: Int) -> (class: CodePointClass, length: Int) {
        let (code, length) = scalar(at: i)
        guard code < classes.count else { return ([], length) }
        return (CodePointClass(rawValue: classes[code]), length)
    }

    /// The start of the scalar that ends before `i`, which must be above 0.
    @inline(__always)
    func start(before i: Int) -> Int {
        var start = i - 1
        while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
        return start
    }

    /// The end of the run of scalars from `start` whose class meets `bits`.
    @inline(__always)
    func run(from start: Int, in bits: CodePointClass) -> Int {
        var i = start
        while i < text.count {
            let (kind, length) = classify(at: i)
            if kind.isDisjoint(with: bits) { break }
            i += length
        }
        return i
    }

    /// The end of the run of scalars from `start` whose class meets none of `bits`.
    @inline(__always)
    func run(from start: Int, outside bits: CodePointClass) -> Int {
        var i = start
        while i < text.count {
            let (kind, length) = classify(at: i)
            if !kind.isDisjoint(with: bits) { break }
            i += length
        }
        return i
    }
}
