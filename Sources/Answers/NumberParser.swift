import StrictJSON

/// Reads one exact rational number in any of its usual notations, from normalised bytes.
///
///     number   := sign? term
///     term     := factor (("*" | "/") factor)*           at most one "/", as "1/2/3" is more likely a date
///     factor   := primary ("^" integer)?
///     primary  := decimal (space? fraction)? | fraction | "(" number ")" | "{" number "}"
///     decimal  := digits with thousands separators, a point, an exponent
///     fraction := digits "/" digits | \frac a b
///
/// Sums are not evaluated: "5-10" is more likely a range than −5.
struct NumberParser {
    private let bytes: ArraySlice<UInt8>
    private(set) var index: Int
    /// Whether numbers were multiplied that are not written as a number times a power of ten.
    private(set) var hasPlainProduct = false
    private var depth = 0

    private static let maximumDepth = 32

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        index = bytes.startIndex
    }

    /// The number that is all of `bytes`.
    static func parse(_ bytes: ArraySlice<UInt8>) -> AnswerRational? {
        var parser = NumberParser(bytes)
        guard let value = parser.number() else { return nil }
        parser.skipSpaces()
        return parser.index == bytes.endIndex ? value : nil
    }

    private func peek(_ offset: Int = 0) -> UInt8 {
        let position = index + offset
        return position >= bytes.startIndex && position < bytes.endIndex ? bytes[position] : 0
    }

    private mutating func skipSpaces() {
        while peek() == 0x20 { index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        index += 1
        return true
    }

    private var startsFraction: Bool {
        peek() == UInt8(ascii: "\\") && peek(1) == UInt8(ascii: "f") && peek(2) == UInt8(ascii: "r")
            && peek(3) == UInt8(ascii: "a") && peek(4) == UInt8(ascii: "c")
    }

    // MARK: Grammar

    /// A signed product at the current place; the rest of the input is left alone.
    mutating func number() -> AnswerRational? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { return nil }
        skipSpaces()
        var isNegative = false
        if take(UInt8(ascii: "-")) { isNegative = true } else { _ = take(UInt8(ascii: "+")) }
        skipSpaces()
        guard let value = term() else { return nil }
        return isNegative ? value.negated : value
    }

    private mutating func term() -> AnswerRational? {
        guard var value = factor() else { return nil }
        var divisions = 0
        while true {
            let start = index
            skipSpaces()
            if take(UInt8(ascii: "*")) {
                skipSpaces()
                let isPowerOfTen =
                    peek() == UInt8(ascii: "1") && peek(1) == UInt8(ascii: "0") && peek(2) == UInt8(ascii: "^")
                if !isPowerOfTen { hasPlainProduct = true }
                guard let next = factor(), let product = value.multiplied(by: next) else { return nil }
                value = product
            } else if peek() == UInt8(ascii: "/"), startsOperand(afterSlash: 1) {
                index += 1
                divisions += 1
                skipSpaces()
                guard divisions == 1, let next = factor()?.inverse, let quotient = value.multiplied(by: next) else {
                    return nil
                }
                value = quotient
            } else {
                index = start
                return value
            }
        }
    }

    /// A slash before a letter belongs to a unit ("km/h"), not to the number.
    private func startsOperand(afterSlash offset: Int) -> Bool {
        var offset = offset
        while peek(offset) == 0x20 { offset += 1 }
        let next = peek(offset)
        return next.isASCIIDigit || next == UInt8(ascii: ".") || next == UInt8(ascii: "(") || next == UInt8(ascii: "{")
            || next == UInt8(ascii: "\\")
    }

    private mutating func factor() -> AnswerRational? {
        guard let base = primary() else { return nil }
        let start = index
        skipSpaces()
        guard take(UInt8(ascii: "^")) else {
            index = start
            return base
        }
        let isGrouped = take(UInt8(ascii: "{")) || take(UInt8(ascii: "("))
        skipSpaces()
        let isNegative = take(UInt8(ascii: "-"))
        var exponent = 0
        var digits = 0
        while peek().isASCIIDigit {
            guard exponent <= AnswerRational.maximumDigits else { return nil }
            exponent = exponent * 10 + Int(peek() & 0x0F)
            digits += 1
            index += 1
        }
        skipSpaces()
        guard digits > 0 else { return nil }
        if isGrouped {
            guard take(UInt8(ascii: "}")) || take(UInt8(ascii: ")")) else { return nil }
        }
        return base.power(isNegative ? -exponent : exponent)
    }

    private mutating func primary() -> AnswerRational? {
        if startsFraction { return fraction() }
        if take(UInt8(ascii: "(")) { return grouped(close: UInt8(ascii: ")")) }
        if take(UInt8(ascii: "{")) { return grouped(close: UInt8(ascii: "}")) }
        guard let (whole, isInteger, isGrouped) = decimal() else { return nil }
        return isInteger ? mixed(whole: whole, isGrouped: isGrouped) : whole
    }

    private mutating func grouped(close: UInt8) -> AnswerRational? {
        guard let value = number() else { return nil }
        skipSpaces()
        return take(close) ? value : nil
    }

    /// `\frac{a}{b}`, `\frac12`, `\frac{1}2`.
    private mutating func fraction() -> AnswerRational? {
        index += 5
        guard let numerator = argument(), let denominator = argument()?.inverse else { return nil }
        return numerator.multiplied(by: denominator)
    }

    private mutating func argument() -> AnswerRational? {
        skipSpaces()
        if take(UInt8(ascii: "{")) { return grouped(close: UInt8(ascii: "}")) }
        guard peek().isASCIIDigit else { return nil }
        defer { index += 1 }
        return AnswerRational(Int64(peek() & 0x0F))
    }

    /// The fraction after the whole part of a mixed number: "3 1/2", "3\frac{1}{2}". Without one, the whole part.
    ///
    /// An improper fraction may be meant as a factor, so it makes the number unreadable rather than wrong.
    private mutating func mixed(whole: AnswerRational, isGrouped: Bool) -> AnswerRational? {
        let start = index
        skipSpaces()
        let hasSpace = index > start
        if startsFraction {
            guard let part = fraction() else { return nil }
            return properSum(whole, part)
        }
        guard hasSpace, peek().isASCIIDigit else {
            index = start
            return whole
        }
        guard let (numerator, isInteger, _) = decimal(), isInteger, !isGrouped, peek() == UInt8(ascii: "/") else {
            return nil
        }
        index += 1
        guard let (denominator, isIntegerToo, _) = decimal(), isIntegerToo, let inverse = denominator.inverse,
            let part = numerator.multiplied(by: inverse), peek() != UInt8(ascii: "/")
        else { return nil }
        return properSum(whole, part)
    }

    private func properSum(_ whole: AnswerRational, _ part: AnswerRational) -> AnswerRational? {
        guard !part.isNegative, let excess = part.adding(AnswerRational(-1)), excess.isNegative else { return nil }
        return whole.adding(part)
    }

    // MARK: Decimals

    /// Digits with thousands separators, a point and an exponent.
    /// Returns the value, whether it was written as an integer, and whether spaces separate its groups.
    private mutating func decimal() -> (AnswerRational, isInteger: Bool, isGrouped: Bool)? {
        var digits: [UInt8] = []
        while peek().isASCIIDigit {
            digits.append(peek())
            index += 1
        }
        var separator: UInt8 = 0
        if (1...3).contains(digits.count), digits.first != UInt8(ascii: "0") || digits.count == 1 {
            while isGroup(after: separator), digits.first != UInt8(ascii: "0") {
                separator = peek()
                digits.append(contentsOf: [peek(1), peek(2), peek(3)])
                index += 4
            }
        }
        let integerDigits = digits.count
        var isInteger = true
        if peek() == UInt8(ascii: "."), peek(1) != UInt8(ascii: "."), integerDigits > 0 || peek(1).isASCIIDigit {
            isInteger = false
            index += 1
            while peek().isASCIIDigit {
                digits.append(peek())
                index += 1
            }
        }
        guard !digits.isEmpty, peek() != UInt8(ascii: ".") else { return nil }
        guard let value = AnswerRational(digits: digits, fractionDigits: digits.count - integerDigits) else {
            return nil
        }
        guard peek() | 0x20 == UInt8(ascii: "e"), let (exponent, end) = exponent() else {
            return (value, isInteger, separator == 0x20)
        }
        index = end
        guard let scale = AnswerRational(10).power(exponent), let scaled = value.multiplied(by: scale) else {
            return nil
        }
        return (scaled, false, false)
    }

    /// Whether a separator and a group of exactly three digits stand here. All separators of a number are the same.
    private func isGroup(after separator: UInt8) -> Bool {
        let byte = peek()
        guard byte == separator || separator == 0 else { return false }
        guard byte == UInt8(ascii: ",") || byte == 0x20 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "'") else {
            return false
        }
        guard peek(1).isASCIIDigit, peek(2).isASCIIDigit, peek(3).isASCIIDigit, !peek(4).isASCIIDigit else {
            return false
        }
        // "3 100/200" may be a mixed number.
        return !(byte == 0x20 && peek(4) == UInt8(ascii: "/"))
    }

    /// The exponent of "1.2e3", and where it ends.
    private func exponent() -> (Int, Int)? {
        var offset = 1
        var isNegative = false
        if peek(offset) == UInt8(ascii: "-") || peek(offset) == UInt8(ascii: "+") {
            isNegative = peek(offset) == UInt8(ascii: "-")
            offset += 1
        }
        guard peek(offset).isASCIIDigit else { return nil }
        var value = 0
        while peek(offset).isASCIIDigit {
            // Saturates: what is beyond the bound is refused by the power.
            if value <= AnswerRational.maximumDigits { value = value * 10 + Int(peek(offset) & 0x0F) }
            offset += 1
        }
        return (isNegative ? -value : value, index + offset)
    }
}
