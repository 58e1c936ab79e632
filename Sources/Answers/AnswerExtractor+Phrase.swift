import StrictJSON

// Phrases that announce an answer: "The answer is 72", "Final Answer:", "答案是", "Ответ:".

extension AnswerExtractor {
    /// The longest content of a phrase, in words, that is still an answer: after a verb, and after a bare "Answer:".
    private static let maximumWords = (sentence: 16, bareLabel: 6)

    /// Phrases that are looked at from the end, so that no text costs much time.
    private static let maximumPhrases = 1000

    /// The last phrase of `range` that announces an answer: "Final Answer: 72", "**Final Answer** 72", "The answer is 72.",
    /// "the answer to this would be 72", "Answer: 72", and their like in other languages. An answer that is only denied
    /// ("the answer is not 5") ends the search.
    static func phrase(in bytes: Bytes, within range: Range<Int>) -> Location? {
        var index = range.upperBound
        var tooLong = TooLong(afterLabel: .max, afterVerb: .max)
        var remaining = maximumPhrases
        while index > range.lowerBound, remaining > 0 {
            index -= 1
            guard let word = AnswerNoun.find(in: bytes, at: index, within: range) else { continue }
            guard let verb = AnnouncingVerb.find(in: bytes, after: word, within: range) else { continue }
            if verb.isDenial { return nil }
            remaining -= 1
            let known = verb.isBareLabel ? tooLong.afterLabel : tooLong.afterVerb
            let words = verb.isBareLabel ? maximumWords.bareLabel : maximumWords.sentence
            switch content(in: bytes, from: verb.end, to: range.upperBound, maximumWords: words, tooLongFrom: known) {
            case .tooLong(let start):
                if verb.isBareLabel { tooLong.afterLabel = start } else { tooLong.afterVerb = start }
            case .none: continue
            case .found(let content, let end):
                guard saysSomething(bytes, content), !NoAnswer.isOne(bytes, content) else { continue }
                return Location(marker: .phrase, range: content, markerRange: word.phraseStart..<end)
            }
        }
        return nil
    }

    /// Where the last content began that was too long: a content that runs into it is too long as well, and need not be read
    /// to its end.
    private struct TooLong {
        var afterLabel: Int
        var afterVerb: Int
    }

    private enum Content {
        case found(Range<Int>, end: Int)
        case tooLong(from: Int)
        case none
    }

    /// What is announced: the text of a display or fence on the next lines, or the rest of the sentence.
    private static func content(
        in bytes: Bytes, from start: Int, to end: Int, maximumWords: Int, tooLongFrom: Int
    ) -> Content {
        var index = start
        while index < end,
            bytes[index].isASCIISpace || bytes[index] == UInt8(ascii: "*") || bytes[index] == UInt8(ascii: "_")
                || bytes[index] == UInt8(ascii: "`") && !bytes.matches("```", at: index)
        {
            index += 1
        }
        if let display = display(in: bytes, at: index, to: end) {
            guard let (content, close) = display else { return .none }
            return .found(resultOfEquation(in: bytes, content), end: close)
        }
        guard
            let sentence = sentence(
                in: bytes, from: index, to: end, maximumWords: maximumWords, tooLongFrom: tooLongFrom)
        else { return .tooLong(from: index) }
        guard !sentence.isEmpty else { return .none }
        return .found(resultOfEquation(in: bytes, withoutRemark(in: bytes, sentence)), end: sentence.upperBound)
    }

    /// The inside of `$$…$$`, `\[…\]` or a code fence that begins at `start`, and where it ends. The outer value is nil where
    /// nothing of the kind begins, the inner one where it does not end.
    private static func display(in bytes: Bytes, at start: Int, to end: Int) -> (Range<Int>, Int)?? {
        let limit = min(end, start + 2048)
        var inner = start
        let close: StaticString
        if bytes.matches("$$", at: start) {
            close = "$$"
            inner += 2
        } else if bytes.matches("\\[", at: start) {
            close = "\\]"
            inner += 2
        } else if bytes.matches("```", at: start) {
            close = "```"
            while inner < limit, bytes[inner] != UInt8(ascii: "\n") { inner += 1 }
        } else {
            return nil
        }
        var index = inner
        while index < limit {
            if bytes.matches(close, at: index) {
                let content = stripped(bytes, inner..<index)
                guard !content.isEmpty else { return .some(nil) }
                return (content, min(end, index + close.utf8CodeUnitCount))
            }
            index += 1
        }
        return .some(nil)
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
                if next.isASCIISpace || "*\"<[".utf8.contains(next) {
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
                if startsClause(in: bytes, at: index + 1, to: end, after: start..<index) { break scan }
            case 0x20:
                if next != 0x20 { words += 1 }
                if words > maximumWords { return nil }
                if index > start, startsReason(in: bytes, at: index + 1) { break scan }
            case 0xE3 where bytes.matches("。", at: index), 0xEF where endsWide(in: bytes, at: index, after: start):
                break scan
            default:
                break
            }
            // Text without spaces has no words to count.
            if byte >= 0xE3, index - start > 120 { return nil }
            index += 1
        }
        return stripped(bytes, start..<index)
    }

    /// "！", "？" and "；" end a sentence, and "，" does behind a number.
    private static func endsWide(in bytes: Bytes, at index: Int, after start: Int) -> Bool {
        if bytes.matches("！", at: index) || bytes.matches("？", at: index) || bytes.matches("；", at: index) {
            return true
        }
        return bytes.matches("，", at: index) && bytes[start..<index].contains(where: \.isASCIIDigit)
    }

    /// Whether a comma is followed by a remark, not by more of the answer.
    private static func startsClause(in bytes: Bytes, at index: Int, to end: Int, after content: Range<Int>) -> Bool {
        guard index < end, bytes[index] == 0x20 else { return false }
        if startsReason(in: bytes, at: index + 1) || bytes.matches("so ", at: index + 1)
            || bytes.matches("as ", at: index + 1) || bytes.matches("where ", at: index + 1)
        {
            return true
        }
        // Behind a number a word begins a remark, unless it joins another number.
        guard bytes[content].contains(where: \.isASCIIDigit) else { return false }
        var start = index + 1
        if bytes.matches("and ", at: start) || bytes.matches("or ", at: start) {
            start += bytes[start].asciiLowercased == UInt8(ascii: "a") ? 4 : 3
        }
        var letters = 0
        while start + letters < end, bytes[start + letters].isASCIILetter { letters += 1 }
        return letters > 1
    }

    private static func startsReason(in bytes: Bytes, at index: Int) -> Bool {
        bytes.matches("since ", at: index) || bytes.matches("because ", at: index)
            || bytes.matches("which ", at: index)
    }

    /// Without a remark in brackets at the end, such as "(see step 3)". Others stay: "5 (mod 7)".
    private static func withoutRemark(in bytes: Bytes, _ range: Range<Int>) -> Range<Int> {
        guard range.count > 4, bytes[range.upperBound - 1] == UInt8(ascii: ")"),
            let open = bytes.lastIndex(of: UInt8(ascii: "("), in: range), open > range.lowerBound,
            bytes[open - 1] == 0x20
        else { return range }
        let words: [StaticString] = [
            "see ", "since ", "because ", "not ", "from ", "as ", "i.e", "given ", "of ", "checked", "rounded",
        ]
        guard words.contains(where: { bytes.matches($0, at: open + 1) }) else { return range }
        return stripped(bytes, range.lowerBound..<open)
    }
}

/// What stands where an answer is announced and says nothing: "The answer is not obvious".
private enum NoAnswer {
    private static let words: [StaticString] = [
        "correct", "wrong", "right", "incorrect", "unclear", "clear", "obvious", "unknown", "simple", "easy",
        "straightforward", "an integer", "a number", "an even", "an odd", "positive", "given", "found", "not",
        "supposed", "expected", "what", "whether", "how", "still", "yet", "likely", "probably", "in the form",
        "of the form", "let's", "let us",
    ]

    static func isOne(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        guard let word = words.first(where: { bytes.matches($0, at: range.lowerBound) }) else { return false }
        let end = range.lowerBound + word.utf8CodeUnitCount
        guard end >= range.upperBound || !bytes[end].isAlphanumeric else { return false }
        return !bytes[range].contains { $0.isASCIIDigit || $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "$") }
    }
}
