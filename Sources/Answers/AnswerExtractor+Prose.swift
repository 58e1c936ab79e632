import StrictJSON

// Answers in running text: phrases, choices, the last number.

extension AnswerExtractor {
    // MARK: "Final Answer:", "The answer is"

    /// The longest content of a phrase, in words, that is still an answer: after a verb, and after a bare "Answer:".
    private static let maximumWords = (sentence: 16, bareLabel: 6)

    /// The last phrase of `range` that announces an answer: "Final Answer: 72", "**Final Answer** 72", "The answer is 72.",
    /// "the answer to this is 72", "Answer: 72".
    static func phrase(in bytes: Bytes, within range: Range<Int>) -> Location? {
        var index = range.upperBound
        var tooLong = TooLong(afterLabel: .max, afterVerb: .max)
        // "w" is the rarest letter of "answer".
        while index > range.lowerBound {
            index -= 1
            guard bytes[index] | 0x20 == UInt8(ascii: "w") else { continue }
            let start = index - 3
            guard start >= range.lowerBound, index + 3 <= range.upperBound, bytes.matches("answer", at: start) else {
                continue
            }
            guard start == range.lowerBound || !bytes[start - 1].isAlphanumeric else { continue }
            if let found = announcedAnswer(in: bytes, wordAt: start, within: range, tooLong: &tooLong) { return found }
        }
        return nil
    }

    /// Where the last content began that was too long: a content that runs into it is too long as well, and need not be read
    /// to its end.
    private struct TooLong {
        var afterLabel: Int
        var afterVerb: Int
    }

    private static func announcedAnswer(
        in bytes: Bytes, wordAt start: Int, within range: Range<Int>, tooLong: inout TooLong
    ) -> Location? {
        let end = range.upperBound
        var phraseStart = start
        let isFinal = precededBy("final ", in: bytes, at: &phraseStart, from: range.lowerBound)
        let hasArticle = precededBy("the ", in: bytes, at: &phraseStart, from: range.lowerBound)

        var index = start + 6
        func skipInline() {
            while index < end,
                bytes[index] == 0x20 || bytes[index] == UInt8(ascii: "*") || bytes[index] == UInt8(ascii: "_")
            {
                index += 1
            }
        }
        func skipToContent() {
            while index < end,
                bytes[index].isASCIISpace || bytes[index] == UInt8(ascii: "*") || bytes[index] == UInt8(ascii: "_")
                    || bytes[index] == UInt8(ascii: "`")
            {
                index += 1
            }
        }
        skipInline()
        if hasArticle, bytes.matches("to ", at: index), let verb = verbOfSentence(in: bytes, from: index, to: end) {
            index = verb
        }
        var isBareLabel = false
        if index < end, bytes[index] == UInt8(ascii: ":") || bytes[index] == UInt8(ascii: "=") {
            index += 1
            isBareLabel = !isFinal
        } else if index + 2 < end, bytes.matches("is", at: index), !bytes[index + 2].isAlphanumeric {
            index += 2
            skipInline()
            if index < end, bytes[index] == UInt8(ascii: ":") { index += 1 }
        } else if !(isFinal && index < end && (bytes[index] == 0x0A || bytes[index] == 0x0D)) {
            return nil
        }
        skipToContent()
        let maximum = isBareLabel ? maximumWords.bareLabel : maximumWords.sentence
        let known = isBareLabel ? tooLong.afterLabel : tooLong.afterVerb
        guard let content = sentence(in: bytes, from: index, to: end, maximumWords: maximum, tooLongFrom: known) else {
            if isBareLabel { tooLong.afterLabel = index } else { tooLong.afterVerb = index }
            return nil
        }
        guard !content.isEmpty else { return nil }
        return Location(marker: .phrase, range: content, markerRange: phraseStart..<content.upperBound)
    }

    private static func precededBy(_ word: StaticString, in bytes: Bytes, at start: inout Int, from lower: Int) -> Bool
    {
        let candidate = start - word.utf8CodeUnitCount
        guard candidate >= lower, bytes.matches(word, at: candidate) else { return false }
        guard candidate == lower || !bytes[candidate - 1].isAlphanumeric else { return false }
        start = candidate
        return true
    }

    /// Where "is" stands in "the answer to this question is", within the sentence.
    private static func verbOfSentence(in bytes: Bytes, from start: Int, to end: Int) -> Int? {
        var index = start
        let limit = min(end, start + 96)
        while index < limit {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "?") { return nil }
            if byte == 0x20, bytes.matches(" is ", at: index) || bytes.matches(" is:", at: index) { return index + 1 }
            index += 1
        }
        return nil
    }

    /// The text up to the end of the sentence or line, or nil when it has more words than an answer has.
    ///
    /// A full stop ends a sentence when white space, a quotation mark, emphasis or the end follows: never within a decimal.
    private static func sentence(
        in bytes: Bytes, from start: Int, to end: Int, maximumWords: Int, tooLongFrom: Int
    ) -> Range<Int>? {
        var index = start
        var words = 1
        scan: while index < end {
            if index == tooLongFrom, index > start { return nil }
            let byte = bytes[index]
            let next = index + 1 < end ? bytes[index + 1] : UInt8(ascii: "\n")
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                break scan
            case UInt8(ascii: "."), UInt8(ascii: "?"), UInt8(ascii: "!"):
                if next.isASCIISpace || next == UInt8(ascii: "*") || next == UInt8(ascii: "\"")
                    || next == UInt8(ascii: "<")
                {
                    // "\!" is a LaTeX space.
                    if !(byte == UInt8(ascii: "!") && index > start && bytes[index - 1] == UInt8(ascii: "\\")) {
                        break scan
                    }
                }
            case UInt8(ascii: "<"):
                if next == UInt8(ascii: "/") || next == UInt8(ascii: "|") { break scan }
            case UInt8(ascii: ";"):
                if next.isASCIISpace, index > start, bytes[index - 1] != UInt8(ascii: "\\") { break scan }
            case UInt8(ascii: ","):
                if startsClause(in: bytes, at: index + 1) { break scan }
            case 0x20:
                if next != 0x20 { words += 1 }
                if words > maximumWords { return nil }
            default:
                break
            }
            index += 1
        }
        return stripped(bytes, start..<index)
    }

    /// Whether a comma is followed by an explanation, not by more of the answer.
    private static func startsClause(in bytes: Bytes, at index: Int) -> Bool {
        bytes.matches(" since ", at: index) || bytes.matches(" because ", at: index)
            || bytes.matches(" which ", at: index)
            || bytes.matches(" so ", at: index) || bytes.matches(" as ", at: index)
            || bytes.matches(" where ", at: index)
    }

    // MARK: A to E

    /// A choice on the last line that is not blank: "(B)", "option C", or a line that is or begins with "B.", "B)" or "B:".
    static func choice(in bytes: Bytes) -> Location? {
        let text = bytes.trimmed(0..<bytes.count)
        guard !text.isEmpty else { return nil }
        let lineStart = bytes.lastIndex(of: UInt8(ascii: "\n"), in: text).map { $0 + 1 } ?? text.lowerBound
        let line = stripped(bytes, lineStart..<text.upperBound)
        var index = line.upperBound
        while index > line.lowerBound {
            index -= 1
            guard isChoiceLetter(bytes[index]) else { continue }
            let next = index + 1 < line.upperBound ? bytes[index + 1] : 0
            let previous = index > line.lowerBound ? bytes[index - 1] : 0
            if previous == UInt8(ascii: "("), next == UInt8(ascii: ")") {
                // f(A) is no choice.
                guard index - 1 == line.lowerBound || !bytes[index - 2].isAlphanumeric else { continue }
                return Location(marker: .choice, range: index..<(index + 1), markerRange: (index - 1)..<(index + 2))
            }
            guard !next.isAlphanumeric, next < 0x80, next != UInt8(ascii: "'") else { continue }
            if bytes.matches("option ", before: index), index - 7 >= line.lowerBound {
                return Location(marker: .choice, range: index..<(index + 1), markerRange: (index - 7)..<(index + 1))
            }
            if bytes.matches("choice ", before: index), index - 7 >= line.lowerBound {
                return Location(marker: .choice, range: index..<(index + 1), markerRange: (index - 7)..<(index + 1))
            }
            guard index == line.lowerBound else { continue }
            let isMark = next == UInt8(ascii: ".") || next == UInt8(ascii: ")") || next == UInt8(ascii: ":")
            if next == 0 || isMark {
                let end = isMark ? index + 2 : index + 1
                return Location(marker: .choice, range: index..<(index + 1), markerRange: index..<end)
            }
        }
        return nil
    }

    private static func isChoiceLetter(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "A") < 5 }

    // MARK: Last number

    /// The last number that is not part of a word: with its sign, thousands separators, decimals, exponent, denominator and
    /// percent sign, without currency and unit.
    static func lastNumber(in bytes: Bytes) -> Location? {
        var index = bytes.count
        while index > 0 {
            index -= 1
            guard bytes[index].isASCIIDigit else { continue }
            var end = index + 1
            let start = numberStart(in: bytes, lastDigit: index)
            if start > 0, bytes[start - 1].isASCIILetter || bytes[start - 1] == UInt8(ascii: "_") {
                index = start
                continue
            }
            if end < bytes.count, bytes[end] == UInt8(ascii: "%") {
                end += 1
            } else if end + 1 < bytes.count, bytes[end] == UInt8(ascii: "\\"), bytes[end + 1] == UInt8(ascii: "%") {
                end += 2
            }
            let lower = signedStart(in: bytes, numberAt: start)
            return Location(marker: .lastNumber, range: lower..<end, markerRange: lower..<end)
        }
        return nil
    }

    /// Where the number begins whose last digit is at `lastDigit`, without its sign.
    private static func numberStart(in bytes: Bytes, lastDigit: Int) -> Int {
        var start = lastDigit
        var slashes = 0
        while start > 0 {
            let byte = bytes[start - 1]
            if byte.isASCIIDigit {
                start -= 1
                continue
            }
            // Everything else must stand between two digits.
            guard start >= 2 else { break }
            let before = bytes[start - 2]
            switch byte {
            case UInt8(ascii: ","):
                // A separator is followed by exactly three digits, else it divides two numbers.
                guard before.isASCIIDigit, isGroupOfThree(in: bytes, at: start) else { return start }
            case UInt8(ascii: "."):
                if !before.isASCIIDigit {
                    // ".5", but not the dot of a sentence or of a list.
                    return before.isASCIISpace || before == UInt8(ascii: "$") || before == UInt8(ascii: "-")
                        ? start - 1 : start
                }
            case UInt8(ascii: "/"):
                guard before.isASCIIDigit, slashes == 0 else { return start }
                slashes += 1
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard before.isASCIIDigit else { return start }
            case UInt8(ascii: "-"), UInt8(ascii: "+"):
                guard before | 0x20 == UInt8(ascii: "e"), start >= 3, bytes[start - 3].isASCIIDigit else {
                    return start
                }
                start -= 1
            default:
                return start
            }
            start -= 1
        }
        return start
    }

    private static func isGroupOfThree(in bytes: Bytes, at index: Int) -> Bool {
        guard index + 3 <= bytes.count else { return false }
        for offset in 0..<3 where !bytes[index + offset].isASCIIDigit { return false }
        return index + 3 == bytes.count || !bytes[index + 3].isASCIIDigit
    }

    /// Includes a minus sign that is not a subtraction: "-3", "-$3", "−3".
    private static func signedStart(in bytes: Bytes, numberAt start: Int) -> Int {
        var index = start
        if index > 1, bytes[index - 1] == UInt8(ascii: "$"), bytes[index - 2] == UInt8(ascii: "-") { index -= 1 }
        var signStart: Int
        if index > 0, bytes[index - 1] == UInt8(ascii: "-") {
            signStart = index - 1
        } else if index > 2, bytes[index - 3] == 0xE2, bytes[index - 2] == 0x88, bytes[index - 1] == 0x92 {
            signStart = index - 3
        } else {
            return start
        }
        if signStart > 0 {
            let before = bytes[signStart - 1]
            if before.isAlphanumeric || before == UInt8(ascii: ")") || before == UInt8(ascii: "}") || before >= 0x80 {
                signStart = start
            }
        }
        return signStart
    }
}
