import StrictJSON

// Choices that stand as the answer: "(B)", "option C", "B.".

extension AnswerExtractor {
    /// The longest last line, in bytes, that is looked through for a choice.
    private static let longestLine = 4096

    /// A choice on the last line that is not blank: "(B)", "option C", "the correct choice is **C**", or a line that is or
    /// begins with "B.", "B)" or "B:". One that is turned down ("not (A)", "option A is wrong") is none.
    static func choice(in bytes: Bytes) -> Location? {
        let text = bytes.trimmed(0..<bytes.count)
        guard !text.isEmpty else { return nil }
        let last = max(text.lowerBound, text.upperBound - longestLine)..<text.upperBound
        guard
            let lineStart = bytes.lastIndex(of: UInt8(ascii: "\n"), in: last).map({ $0 + 1 })
                ?? (last.lowerBound == text.lowerBound ? text.lowerBound : nil)
        else { return nil }
        let line = stripped(bytes, lineStart..<text.upperBound)
        var index = line.upperBound
        // Marks of a list further right: "A: 5 apples. B: 6 apples" gives no choice.
        var marks = 0
        while index > line.lowerBound {
            index -= 1
            let letter = bytes[index]
            guard letter.isASCIILetter, AnswerChoice.isLetter(letter & 0xDF) else { continue }
            let next = index + 1 < line.upperBound ? bytes[index + 1] : 0
            let previous = index > line.lowerBound ? bytes[index - 1] : 0
            guard !previous.isAlphanumeric, !next.isAlphanumeric, next != UInt8(ascii: "'"),
                next < 0x80 || isWideMark(in: bytes, at: index + 1)
            else { continue }
            let isCapital = AnswerChoice.isLetter(letter)
            if previous == UInt8(ascii: "("), next == UInt8(ascii: ")") {
                // f(A) is no choice.
                let before = index - 1 > line.lowerBound ? bytes[index - 2] : 0
                guard isCapital, !before.isAlphanumeric,
                    !isTurnedDown(in: bytes, from: index - 1, to: index + 2, within: line)
                else { continue }
                return Location(
                    marker: .choice, range: index..<(index + 1),
                    markerRange: namedStart(in: bytes, before: index - 1, within: line)..<(index + 2))
            }
            if let start = announced(in: bytes, letterAt: index, isCapital: isCapital, within: line),
                !isTurnedDown(in: bytes, from: start, to: index + 1, within: line)
            {
                return Location(marker: .choice, range: index..<(index + 1), markerRange: start..<(index + 1))
            }
            let isMark = next == UInt8(ascii: ".") || next == UInt8(ascii: ")") || next == UInt8(ascii: ":")
            // "I" is a word.
            guard index == line.lowerBound, isCapital, letter != UInt8(ascii: "I") else {
                if isMark, isCapital, previous == 0x20 { marks += 1 }
                continue
            }
            if next == 0 || isMark && marks == 0 {
                let end = isMark ? index + 2 : index + 1
                return Location(marker: .choice, range: index..<(index + 1), markerRange: index..<end)
            }
        }
        return nil
    }

    private static let announcements: [StaticString] = [
        "option", "choice", "choose", "choosing", "chose", "select", "selected", "pick", "选", "选择", "選", "選擇",
    ]

    /// The full stop, comma or exclamation mark of Chinese.
    private static func isWideMark(in bytes: Bytes, at index: Int) -> Bool {
        bytes.matches("。", at: index) || bytes.matches("，", at: index) || bytes.matches("！", at: index)
    }

    /// Where "option C", "choice is **C**" or "Choice: c" begins, for a letter that such a word announces.
    private static func announced(
        in bytes: Bytes, letterAt letter: Int, isCapital: Bool, within line: Range<Int>
    ) -> Int? {
        var index = letter
        var hasColon = false
        let limit = max(line.lowerBound, letter - 12)
        func skip() {
            while index > limit, bytes[index - 1] == 0x20 || "*\"'$=:(".utf8.contains(bytes[index - 1]) {
                if bytes[index - 1] == UInt8(ascii: ":") { hasColon = true }
                index -= 1
            }
            if bytes.matches("：", before: index) { index -= 3 }
        }
        skip()
        guard index < letter || index > line.lowerBound && bytes[index - 1] >= 0x80 else { return nil }
        for verb in [" is" as StaticString, " as", " be"] where bytes.matches(verb, before: index) {
            index -= 3
            skip()
            break
        }
        guard isCapital || hasColon else { return nil }
        for word in announcements where bytes.matches(word, before: index) {
            let start = index - word.utf8CodeUnitCount
            guard start >= line.lowerBound, start == line.lowerBound || !bytes[start - 1].isAlphanumeric else {
                continue
            }
            return start
        }
        return nil
    }

    /// Where "option" stands before a bracket, or the bracket itself.
    private static func namedStart(in bytes: Bytes, before bracket: Int, within line: Range<Int>) -> Int {
        for word in ["option " as StaticString, "choice "] where bytes.matches(word, before: bracket) {
            let start = bracket - word.utf8CodeUnitCount
            if start >= line.lowerBound { return start }
        }
        return bracket
    }

    /// "not (A)", "rather than option A", "(A) is wrong".
    private static func isTurnedDown(in bytes: Bytes, from start: Int, to end: Int, within line: Range<Int>) -> Bool {
        var before = start
        if bytes.matches("the ", before: before) { before -= 4 }
        for word in [
            "not " as StaticString, "n't ", "n’t ", "than ", "nor ", "except ", "reject ", "eliminate ", "of ",
        ]
        where before - word.utf8CodeUnitCount >= line.lowerBound && bytes.matches(word, before: before) { return true }
        for word in [
            " is wrong" as StaticString, " is incorrect", " is not", " isn't", " cannot", " can't", " is false",
            " fails",
            " is out", " does not", " doesn't",
        ]
        where end + word.utf8CodeUnitCount <= line.upperBound && bytes.matches(word, at: end) { return true }
        return false
    }
}
