import StrictJSON

// Answers between delimiters: \boxed{...}, ####, <answer>.

extension AnswerExtractor {
    // MARK: \boxed{...}

    /// The last `\boxed{...}` or `\fbox{...}` whose braces balance and whose content is not blank.
    ///
    /// A box that is still open at the end of the text keeps every enclosing box open too. So a box further left can only be
    /// closed before that one begins, and each byte is looked at once by the brace count.
    static func boxed(in bytes: Bytes) -> Location? {
        var limit = bytes.count
        var searchEnd = bytes.count
        while let slash = bytes.lastIndex(of: UInt8(ascii: "\\"), in: 0..<searchEnd) {
            searchEnd = slash
            var index: Int
            if bytes.matches("boxed", at: slash + 1) {
                index = slash + 6
            } else if bytes.matches("fbox", at: slash + 1) {
                index = slash + 5
            } else {
                continue
            }
            let name = index
            while index < limit, bytes[index].isASCIISpace { index += 1 }
            guard index < limit else { continue }
            guard bytes[index] == UInt8(ascii: "{") else {
                if index > name, let found = bare(in: bytes, from: index, boxAt: slash) { return found }
                continue
            }
            guard let close = closingBrace(in: bytes, openedAt: index, limit: limit) else {
                limit = slash
                continue
            }
            let content = bytes.trimmed((index + 1)..<close)
            if saysSomething(bytes, content) || bytes[content].elementsEqual("\\{\\}".utf8) {
                return Location(marker: .boxed, range: content, markerRange: slash..<(close + 1))
            }
        }
        return nil
    }

    /// `\boxed 5$`: TeX boxes one sign, those who write so mean all up to the dollar sign.
    private static func bare(in bytes: Bytes, from start: Int, boxAt slash: Int) -> Location? {
        var end = start
        let limit = min(bytes.count, start + 64)
        while end < limit, bytes[end] != UInt8(ascii: "$"), bytes[end] != UInt8(ascii: "\n") { end += 1 }
        guard end < limit, bytes[end] == UInt8(ascii: "$"), end > start else { return nil }
        let content = stripped(bytes, start..<end)
        guard !content.isEmpty, saysSomething(bytes, content) else { return nil }
        return Location(marker: .boxed, range: content, markerRange: slash..<content.upperBound)
    }

    /// Whether there is more than delimiters: a letter, a digit, a sign beyond ASCII.
    static func saysSomething(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        bytes[range].contains { $0.isAlphanumeric || $0 >= 0x80 }
    }

    private static func closingBrace(in bytes: Bytes, openedAt open: Int, limit: Int) -> Int? {
        var depth = 0
        var index = open
        while index < limit {
            switch bytes[index] {
            case UInt8(ascii: "\\"): index += 1  // The next byte is escaped: \{, \}, \\.
            case UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "}"):
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
            index += 1
        }
        return nil
    }

    // MARK: ####

    /// The last `####` (exactly four) that is followed by an answer on its line.
    ///
    /// Four hashes are also a Markdown heading. A heading is told apart by text after it: an answer stands on the last line
    /// that is not blank, or looks like a value.
    static func hashes(in bytes: Bytes) -> Location? {
        let hash = UInt8(ascii: "#")
        var lineEnd = bytes.count
        var index = bytes.count
        while index > 0 {
            index -= 1
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") {
                lineEnd = index
                continue
            }
            guard byte == hash else { continue }
            let end = index + 1
            while index > 0, bytes[index - 1] == hash { index -= 1 }
            guard end - index == 4 else { continue }
            let content = answerSpan(in: bytes, within: end..<lineEnd)
            guard saysSomething(bytes, content) else {
                lineEnd = index
                continue
            }
            if looksLikeValue(bytes, content) || isBlank(bytes, from: lineEnd) {
                let inner = phrase(in: bytes, within: content)?.range ?? content
                return Location(marker: .hashes, range: inner, markerRange: index..<content.upperBound)
            }
            // Text after this line: no heading above it can be on the last line either, but it may hold a value. The rest of
            // this line is not read again.
            lineEnd = index
        }
        return nil
    }

    /// Whether only white space follows. Stops at the first other byte, so that many candidates stay cheap.
    private static func isBlank(_ bytes: Bytes, from start: Int) -> Bool {
        var index = start
        while index < bytes.count, bytes[index].isASCIISpace { index += 1 }
        return index == bytes.count
    }

    /// Starts as a value does, and is not a numbered heading ("3. Compute the total").
    private static func looksLikeValue(_ bytes: Bytes, _ range: Range<Int>) -> Bool {
        var index = range.lowerBound
        guard index < range.upperBound else { return false }
        switch bytes[index] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            while index < range.upperBound, bytes[index].isASCIIDigit { index += 1 }
            guard index + 1 < range.upperBound else { return true }
            let isListMark = bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: ")")
            return !(isListMark && bytes[index + 1].isASCIISpace)
        case UInt8(ascii: "$"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "("),
            UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\\"), 0x80...:
            return range.count <= 64
        default:
            return false
        }
    }

    /// `range` up to a tag or an end-of-text token, without white space, emphasis and a closing full stop.
    static func answerSpan(in bytes: Bytes, within range: Range<Int>) -> Range<Int> {
        var end = range.lowerBound
        while end < range.upperBound {
            if bytes[end] == UInt8(ascii: "<"), end + 1 < range.upperBound,
                bytes[end + 1] == UInt8(ascii: "/") || bytes[end + 1] == UInt8(ascii: "|")
            {
                break
            }
            end += 1
        }
        return stripped(bytes, range.lowerBound..<end)
    }

    /// Without white space and Markdown emphasis at both ends, and without one full stop at the end.
    static func stripped(_ bytes: Bytes, _ range: Range<Int>) -> Range<Int> {
        var lower = range.lowerBound
        var upper = range.upperBound
        func isEdge(_ byte: UInt8) -> Bool {
            byte.isASCIISpace || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "`")
        }
        while lower < upper, isEdge(bytes[lower]) { lower += 1 }
        while lower < upper, isEdge(bytes[upper - 1]) { upper -= 1 }
        let stop = UInt8(ascii: ".")
        if upper - lower > 1, bytes[upper - 1] == stop, bytes[upper - 2] != stop {
            upper -= 1
            while lower < upper, isEdge(bytes[upper - 1]) { upper -= 1 }
        }
        return lower..<upper
    }

    // MARK: <answer>

    /// The last closed `<answer>...</answer>` that is not blank; without one, the last tag that was never closed.
    static func answerTag(in bytes: Bytes) -> Location? {
        var close: Range<Int>?
        var unclosed: Location?
        var contentLimit = bytes.count
        var searchEnd = bytes.count
        while let open = bytes.lastIndex(of: UInt8(ascii: "<"), in: 0..<searchEnd) {
            searchEnd = open
            if let end = tagEnd(in: bytes, after: open, slash: true) {
                close = open..<end
            } else if let start = tagEnd(in: bytes, after: open, slash: false) {
                if let closing = close {
                    close = nil
                    let content = bytes.trimmed(start..<closing.lowerBound)
                    guard saysSomething(bytes, content) else { continue }
                    let inner = phrase(in: bytes, within: content)?.range ?? content
                    return Location(marker: .answerTag, range: inner, markerRange: open..<closing.upperBound)
                }
                guard unclosed == nil else { continue }
                let content = answerSpan(in: bytes, within: start..<max(start, contentLimit))
                contentLimit = open
                guard saysSomething(bytes, content) else { continue }
                let inner = phrase(in: bytes, within: content)?.range ?? content
                unclosed = Location(marker: .answerTag, range: inner, markerRange: open..<content.upperBound)
            }
        }
        return unclosed
    }

    /// The end of an `answer` tag that begins at `open`.
    private static func tagEnd(in bytes: Bytes, after open: Int, slash: Bool) -> Int? {
        var index = open + 1
        if slash {
            guard index < bytes.count, bytes[index] == UInt8(ascii: "/") else { return nil }
            index += 1
        }
        if bytes.matches("final_", at: index) || bytes.matches("final-", at: index) { index += 6 }
        guard bytes.matches("answer", at: index) else { return nil }
        index += 6
        // Attributes are allowed, within reason.
        let limit = min(bytes.count, index + 128)
        guard index < limit, bytes[index] == UInt8(ascii: ">") || bytes[index].isASCIISpace else { return nil }
        while index < limit {
            if bytes[index] == UInt8(ascii: ">") { return index + 1 }
            if bytes[index] == UInt8(ascii: "<") { return nil }
            index += 1
        }
        return nil
    }

    // MARK: {"answer": ...}

    /// The last member "answer" or "final_answer" of an object in the text: a string, or what stands before the comma or
    /// brace.
    static func answerMember(in bytes: Bytes) -> Location? {
        var searchEnd = bytes.count
        while let quote = bytes[..<searchEnd].lastIndex(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "'") })
        {
            searchEnd = quote
            guard quote >= 7, bytes.matches("answer", before: quote) else { continue }
            var start = quote - 6
            if bytes.matches("final_", before: start) || bytes.matches("final ", before: start) { start -= 6 }
            guard start > 0, bytes[start - 1] == bytes[quote] else { continue }
            var index = quote + 1
            while index < bytes.count, bytes[index].isASCIISpace { index += 1 }
            guard index < bytes.count, bytes[index] == UInt8(ascii: ":") else { continue }
            index += 1
            while index < bytes.count, bytes[index].isASCIISpace { index += 1 }
            guard let content = memberValue(in: bytes, from: index), saysSomething(bytes, content) else { continue }
            return Location(marker: .answerTag, range: content, markerRange: (start - 1)..<content.upperBound)
        }
        return nil
    }

    private static func memberValue(in bytes: Bytes, from start: Int) -> Range<Int>? {
        let limit = min(bytes.count, start + 512)
        guard start < limit else { return nil }
        var end = start
        if bytes[start] == UInt8(ascii: "\"") || bytes[start] == UInt8(ascii: "'") {
            end += 1
            while end < limit, bytes[end] != bytes[start] {
                end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
            }
            return end < limit ? bytes.trimmed((start + 1)..<end) : nil
        }
        while end < limit, !",}\n\r".utf8.contains(bytes[end]) { end += 1 }
        return bytes.trimmed(start..<end)
    }
}
