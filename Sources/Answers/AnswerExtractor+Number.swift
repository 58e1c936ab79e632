import StrictJSON

// The last number of a text that marks no answer.

extension AnswerExtractor {
    /// The last number that is not part of a word, as a reader takes it: with its sign, separators, decimals, exponent,
    /// fraction, root, percent sign and "million", without currency and unit; a point or interval in its brackets; all of a
    /// formula between dollar signs or `\(…\)`. Numbers in a remark in brackets, and citations, only count where the line
    /// has no other.
    static func lastNumber(in bytes: Bytes) -> Location? {
        var index = bytes.count
        while index > 0 {
            index -= 1
            guard NumeralScanner.isDigit(in: bytes, at: index) else { continue }
            let window = NumeralScanner.window(in: bytes, around: index)
            if let found = NumeralScanner(bytes: bytes, window: window).last {
                return Location(marker: .lastNumber, range: found, markerRange: found)
            }
            index = window.lowerBound
        }
        return nil
    }
}

/// Reads the numbers of a line from left to right.
struct NumeralScanner {
    let bytes: Bytes
    let window: Range<Int>

    /// Bytes before the last digit of a line that are read, and behind it.
    private static let reach = (before: 512, behind: 64)
    /// The longest formula, remark or argument, in bytes.
    static let longestGroup = 512

    /// A digit of any script, or a fraction that is one character.
    static func isDigit(in bytes: Bytes, at index: Int) -> Bool {
        let byte = bytes[index]
        if byte < 0x80 { return byte.isASCIIDigit }
        return NumeralScript.digit(in: bytes, at: index) != nil
            || NumeralScript.vulgarFraction(in: bytes, at: index) != nil
    }

    /// The part of the line around `index` that is read; it begins where a word does.
    static func window(in bytes: Bytes, around index: Int) -> Range<Int> {
        var start = index
        while start > 0, bytes[start - 1] != 0x0A {
            let before = bytes[start - 1]
            if index - start > reach.before, before == 0x20 { break }
            // A long line without spaces is cut, but no number is.
            if index - start > 8 * reach.before, !before.isASCIIDigit, !",./".utf8.contains(before) { break }
            start -= 1
        }
        while start < index, bytes[start] & 0xC0 == 0x80 { start += 1 }
        var end = index
        while end < bytes.count, bytes[end] != 0x0A, end - index < reach.behind { end += 1 }
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        return start..<end
    }

    /// The last number of the window.
    var last: Range<Int>? {
        var strong: Range<Int>?
        var weak: Range<Int>?
        var remarkEnd = window.lowerBound
        var index = window.lowerBound
        while index < window.upperBound {
            let byte = bytes[index]
            if let (formula, end) = formula(at: index) {
                if let formula {
                    if index < remarkEnd { weak = formula } else { strong = formula }
                }
                index = end
                continue
            }
            if "([{".utf8.contains(byte) {
                if let close = tuple(at: index) {
                    if index < remarkEnd { weak = index..<close } else { strong = index..<close }
                    index = close
                    continue
                }
                if let close = remark(at: index) { remarkEnd = max(remarkEnd, close) }
            }
            if let number = number(at: index) {
                if index < remarkEnd { weak = number } else { strong = number }
                index = max(number.upperBound, index + 1)
                continue
            }
            index = skipped(at: index)
        }
        return strong ?? weak
    }

    /// Where reading goes on behind something that is no number: behind all digits of a word such as "CO2".
    private func skipped(at index: Int) -> Int {
        guard bytes[index].isASCIILetter || bytes[index] == UInt8(ascii: "_") else { return index + 1 }
        var end = index + 1
        while end < window.upperBound, bytes[end].isAlphanumeric || bytes[end] == UInt8(ascii: "_") { end += 1 }
        return end
    }

    private func byte(_ index: Int) -> UInt8 {
        index >= window.lowerBound && index < window.upperBound ? bytes[index] : 0
    }

    private func matches(_ word: StaticString, at index: Int) -> Bool {
        index + word.utf8CodeUnitCount <= window.upperBound && bytes.matches(word, at: index)
    }

    // MARK: Formulas

    /// A formula that begins here: `$x = 5$`, `\(…\)`, `\[…\]`. Nil range: one without a number.
    private func formula(at index: Int) -> (Range<Int>?, Int)? {
        let close: StaticString
        var inner = index
        if matches("$$", at: index) {
            close = "$$"
            inner += 2
        } else if matches("\\(", at: index) {
            close = "\\)"
            inner += 2
        } else if matches("\\[", at: index) {
            close = "\\]"
            inner += 2
        } else if byte(index) == UInt8(ascii: "$"), byte(index - 1) != UInt8(ascii: "\\"),
            !byte(index + 1).isASCIISpace, !".,;:)".utf8.contains(byte(index + 1))
        {
            close = "$"
            inner += 1
        } else {
            return nil
        }
        var end = inner
        let limit = min(window.upperBound, inner + Self.longestGroup)
        while end < limit {
            if matches(close, at: end), bytes[end - 1] != UInt8(ascii: "\\") { break }
            end += 1
        }
        guard end < limit, end > inner else { return nil }
        let behind = end + close.utf8CodeUnitCount
        if close.utf8CodeUnitCount == 1 {
            // "$5 and $6" are two prices.
            guard !bytes[end - 1].isASCIISpace, !byte(behind).isASCIIDigit else { return nil }
        }
        let content = bytes.trimmed(inner..<end)
        guard content.contains(where: { Self.isDigit(in: bytes, at: $0) }) else { return (nil, behind) }
        return (rightSide(content), behind)
    }

    /// What stands behind the last equals sign of a formula, where that holds a number; the formula otherwise, and for an
    /// equation such as `2x + 3 = 7`.
    private func rightSide(_ range: Range<Int>) -> Range<Int> {
        guard let sign = bytes.lastIndex(of: UInt8(ascii: "="), in: range), sign > range.lowerBound,
            !"<>!\\".utf8.contains(bytes[sign - 1])
        else { return range }
        let right = bytes.trimmed((sign + 1)..<range.upperBound)
        guard right.contains(where: { Self.isDigit(in: bytes, at: $0) }) else { return range }
        let isChain = bytes[range].firstIndex(of: UInt8(ascii: "=")) != sign
        return isChain || !isSum(range.lowerBound..<sign) ? right : range
    }

    /// Whether variables stand in it with a factor or as terms: what is left of the sign of an equation.
    private func isSum(_ range: Range<Int>) -> Bool {
        var hasVariable = false
        var hasOperator = false
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\\") {
                index += 1
                while index < range.upperBound, bytes[index].isASCIILetter { index += 1 }
                continue
            }
            if byte.isASCIILetter {
                hasVariable = true
                if index > range.lowerBound, bytes[index - 1].isASCIIDigit { return true }
            }
            if "+-".utf8.contains(byte) { hasOperator = true }
            index += 1
        }
        return hasVariable && hasOperator
    }

    // MARK: Brackets

    /// Where a point, interval or set of numbers ends that begins here: "(3, 4)", "[0, 5)".
    private func tuple(at index: Int) -> Int? {
        guard !byte(index - 1).isAlphanumeric else { return nil }
        var end = index + 1
        var commas = 0
        var digits = 0
        while end < window.upperBound, end - index < 128 {
            switch bytes[end] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits += 1
            case 0x20, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "/"): break
            case UInt8(ascii: ","), UInt8(ascii: ";"):
                guard digits > 0 || bytes[end - 1] >= 0x80 else { return nil }
                commas += 1
            // The minus sign and infinity.
            case 0xE2 where matches("−", at: end) || matches("∞", at: end): end += 2
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
                return commas > 0 && digits > 0 ? end + 1 : nil
            default: return nil
            }
            end += 1
        }
        return nil
    }

    /// Where a remark in brackets ends that begins here: "(see step 3)", or a citation: "[3]".
    private func remark(at index: Int) -> Int? {
        let close = bytes[index] == UInt8(ascii: "(") ? UInt8(ascii: ")") : UInt8(ascii: "]")
        guard bytes[index] != UInt8(ascii: "{") else { return nil }
        var end = index + 1
        var letters = 0
        let limit = min(window.upperBound, index + Self.longestGroup)
        while end < limit, bytes[end] != close {
            if bytes[end].isASCIILetter, bytes[end - 1].isASCIILetter { letters += 1 }
            end += 1
        }
        guard end < limit else { return nil }
        let isCitation = close == UInt8(ascii: "]") && bytes[(index + 1)..<end].allSatisfy(\.isASCIIDigit)
        return letters > 0 || isCitation ? end + 1 : nil
    }
}
