import StrictJSON

// Signs beyond ASCII: digits of other scripts, superscripts, fractions, operators, spaces.

extension AnswerNormalizer {
    /// Writes the character that begins at `start` in plain notation. Returns where reading goes on.
    mutating func nonASCII(_ input: Bytes, at start: Int) -> Int {
        if let (digit, length) = NumeralScript.digit(in: input, at: start) {
            output.append(UInt8(ascii: "0") + digit)
            return start + length
        }
        if NumeralScript.superscript(in: input, at: start) != nil { return superscripts(input, from: start) }
        if let (fraction, length) = NumeralScript.vulgarFraction(in: input, at: start) {
            emit(fraction)
            return start + length
        }
        let second = start + 1 < input.count ? input[start + 1] : 0
        let third = start + 2 < input.count ? input[start + 2] : 0
        switch (input[start], second) {
        case (0xC2, 0xA0): space()
        case (0xC2, 0xB7), (0xC3, 0x97): emit("*")
        case (0xC3, 0xB7): emit("/")
        case (0xCF, 0x80): emit("\\pi ")
        default: return wide(input, at: start, second, third)
        }
        return start + 2
    }

    /// Characters of three bytes.
    private mutating func wide(_ input: Bytes, at start: Int, _ second: UInt8, _ third: UInt8) -> Int {
        switch (input[start], second, third) {
        case (0xE2, 0x80, 0x80...0x8A), (0xE2, 0x80, 0xAF), (0xE2, 0x81, 0x9F), (0xE3, 0x80, 0x80): space()
        case (0xE2, 0x80, 0x8B), (0xE2, 0x81, 0xA0), (0xEF, 0xBB, 0xBF): break  // Zero width.
        case (0xE2, 0x80, 0x90...0x93), (0xE2, 0x88, 0x92), (0xEF, 0xBC, 0x8D): emit("-")
        case (0xE2, 0x80, 0x98), (0xE2, 0x80, 0x99): emit("'")
        case (0xE2, 0x80, 0x9C), (0xE2, 0x80, 0x9D): emit("\"")
        case (0xE2, 0x8B, 0x85), (0xE2, 0x88, 0x99): emit("*")
        case (0xE2, 0x81, 0x84), (0xE2, 0x88, 0x95), (0xEF, 0xBC, 0x8F): emit("/")
        case (0xE2, 0x88, 0x9A): return unicodeRoot(input, from: start + 3)
        case (0xEF, 0xBC, 0x85): emit("%")
        case (0xEF, 0xBC, 0x88): emit("(")
        case (0xEF, 0xBC, 0x89): emit(")")
        case (0xEF, 0xBC, 0x8B): emit("+")
        case (0xEF, 0xBC, 0x8C): emit(",")
        case (0xEF, 0xBC, 0x8E): emit(".")
        case (0xEF, 0xBC, 0x9D): emit("=")
        case (0xEF, 0xBF, 0xA5): emit("¥")
        default:
            output.append(input[start])
            return start + 1
        }
        return start + 3
    }

    /// "√12" is the root of 12, as readers take it.
    private mutating func unicodeRoot(_ input: Bytes, from start: Int) -> Int {
        emit("\\sqrt")
        var end = start
        while end < input.count, input[end].isASCIIDigit { end += 1 }
        if end == start, end < input.count, input[end].isASCIILetter { end += 1 }
        guard end > start else { return start }
        output.append(UInt8(ascii: "{"))
        output.append(contentsOf: input[start..<end])
        output.append(UInt8(ascii: "}"))
        return end
    }

    /// "10⁻⁶" is `10^{-6}`, and "x²" is `x^2`.
    private mutating func superscripts(_ input: Bytes, from start: Int) -> Int {
        var index = start
        var exponent: [UInt8] = []
        while let (sign, length) = NumeralScript.superscript(in: input, at: index) {
            exponent.append(sign)
            index += length
        }
        output.append(UInt8(ascii: "^"))
        if exponent.count > 1 { output.append(UInt8(ascii: "{")) }
        output += exponent
        if exponent.count > 1 { output.append(UInt8(ascii: "}")) }
        return index
    }
}

/// Digits as scripts write them, by their UTF-8 bytes.
enum NumeralScript {
    /// A decimal digit beyond ASCII: Arabic, Persian, Devanagari, full width.
    static func digit(in bytes: Bytes, at index: Int) -> (UInt8, length: Int)? {
        guard index + 1 < bytes.count else { return nil }
        switch bytes[index] {
        case 0xD9: return digit(bytes[index + 1], from: 0xA0, length: 2)
        case 0xDB: return digit(bytes[index + 1], from: 0xB0, length: 2)
        case 0xE0 where bytes[index + 1] == 0xA5 && index + 2 < bytes.count:
            return digit(bytes[index + 2], from: 0xA6, length: 3)
        case 0xEF where bytes[index + 1] == 0xBC && index + 2 < bytes.count:
            return digit(bytes[index + 2], from: 0x90, length: 3)
        default: return nil
        }
    }

    private static func digit(_ byte: UInt8, from zero: UInt8, length: Int) -> (UInt8, length: Int)? {
        byte &- zero < 10 ? (byte - zero, length) : nil
    }

    /// The ASCII sign of a superscript digit or sign.
    static func superscript(in bytes: Bytes, at index: Int) -> (UInt8, length: Int)? {
        guard index + 1 < bytes.count else { return nil }
        switch (bytes[index], bytes[index + 1]) {
        case (0xC2, 0xB9): return (UInt8(ascii: "1"), 2)
        case (0xC2, 0xB2): return (UInt8(ascii: "2"), 2)
        case (0xC2, 0xB3): return (UInt8(ascii: "3"), 2)
        case (0xE2, 0x81):
            guard index + 2 < bytes.count else { return nil }
            switch bytes[index + 2] {
            case 0xB0, 0xB4...0xB9: return (UInt8(ascii: "0") + (bytes[index + 2] - 0xB0), 3)
            case 0xBB: return (UInt8(ascii: "-"), 3)
            default: return nil
            }
        default: return nil
        }
    }

    /// A fraction that is one character, with the space that makes a mixed number of it.
    static func vulgarFraction(in bytes: Bytes, at index: Int) -> (StaticString, length: Int)? {
        guard index + 1 < bytes.count else { return nil }
        switch (bytes[index], bytes[index + 1]) {
        case (0xC2, 0xBC): return (" 1/4", 2)
        case (0xC2, 0xBD): return (" 1/2", 2)
        case (0xC2, 0xBE): return (" 3/4", 2)
        case (0xE2, 0x85):
            guard index + 2 < bytes.count, bytes[index + 2] &- 0x90 < 15 else { return nil }
            return (fractions[Int(bytes[index + 2] - 0x90)], 3)
        default: return nil
        }
    }

    private static let fractions: [StaticString] = [
        " 1/7", " 1/9", " 1/10", " 1/3", " 2/3", " 1/5", " 2/5", " 3/5", " 4/5", " 1/6", " 5/6", " 1/8", " 3/8", " 5/8",
        " 7/8",
    ]
}
