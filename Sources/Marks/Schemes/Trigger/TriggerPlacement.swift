/// Finds the places where a sentence can be added to a trace without touching anything else.
enum TriggerPlacement {
    /// A place and what goes around the sentence there.
    struct Point: Equatable {
        /// UTF-8 offset of the insertion.
        var offset: Int
        var prefix: String
        var suffix: String
    }

    /// Every safe place, ascending: the ends of prose sentences, or, when there is none, line breaks after prose lines.
    ///
    /// - Parameters:
    ///   - bytes: The text.
    ///   - reasoning: Reasoning regions, ascending.
    ///   - protected: Spans that are never cut, ascending, disjoint: numbers, formulas, code, links, tags.
    ///   - limit: The start of the final answer; nothing is inserted after it.
    static func points(
        in bytes: UnsafeBufferPointer<UInt8>, reasoning: [Range<Int>], protected: [Range<Int>], limit: Int
    ) -> [Point] {
        let text = Text(bytes: bytes, protected: protected)
        var sentences: [Point] = []
        var lines: [Point] = []
        for region in reasoning {
            let region = region.clamped(to: 0..<min(bytes.count, max(0, limit)))
            var lineStart = region.lowerBound
            var sentenceStart = region.lowerBound
            var index = region.lowerBound
            while index < region.upperBound {
                let byte = bytes[index]
                if byte == UInt8(ascii: "\n") {
                    if text.mayTakeOwnLine(after: lineStart..<index, at: index + 1, region: region) {
                        let lineBreak = index > 0 && bytes[index - 1] == UInt8(ascii: "\r") ? "\r\n" : "\n"
                        lines.append(Point(offset: index + 1, prefix: "", suffix: lineBreak))
                    }
                    lineStart = index + 1
                    sentenceStart = index + 1
                } else if let end = text.sentenceEnd(at: index, region: region) {
                    if text.isProse(sentenceStart..<index), !text.isTableOrCode(lineStart), !text.cuts(end) {
                        sentences.append(Point(offset: end, prefix: " ", suffix: ""))
                    }
                    sentenceStart = end
                    index = end
                    continue
                }
                index += 1
            }
        }
        return sentences.isEmpty ? lines : sentences
    }

    /// The text and its protected spans.
    private struct Text {
        let bytes: UnsafeBufferPointer<UInt8>
        let protected: [Range<Int>]

        /// Whether a protected span reaches across `offset`.
        func cuts(_ offset: Int) -> Bool {
            guard let span = firstSpan(endingAfter: offset) else { return false }
            return span.lowerBound < offset
        }

        /// The first protected span whose end lies beyond `offset`.
        func firstSpan(endingAfter offset: Int) -> Range<Int>? {
            var low = 0
            var high = protected.count
            while low < high {
                let middle = (low + high) / 2
                if protected[middle].upperBound > offset { high = middle } else { low = middle + 1 }
            }
            return low < protected.count ? protected[low] : nil
        }

        /// The offset behind a sentence that ends with the `.`, `!` or `?` at `index` and its closing quotes, or nil.
        func sentenceEnd(at index: Int, region: Range<Int>) -> Int? {
            let byte = bytes[index]
            guard byte == UInt8(ascii: ".") || byte == UInt8(ascii: "!") || byte == UInt8(ascii: "?") else {
                return nil
            }
            var end = index + 1
            while end < region.upperBound, isCloser(bytes[end]) { end += 1 }
            if byte == UInt8(ascii: "."), endsAbbreviation(index, region: region) { return nil }
            guard end < region.upperBound else {
                // The region may have been cut at the answer: the sentence must end in the text as well.
                return end == bytes.count || bytes[end] <= UInt8(ascii: " ") || bytes[end] == UInt8(ascii: "<")
                    ? end : nil
            }
            guard isSpace(bytes[end]) || bytes[end] == UInt8(ascii: "\n") else { return nil }
            var next = end
            while next < region.upperBound, isSpace(bytes[next]) { next += 1 }
            // A capital, a line break or the end: in "approx. 5 apples" or "no. 7" the sentence goes on.
            guard next < region.upperBound else { return end }
            return bytes[next] == UInt8(ascii: "\n") || bytes[next] &- UInt8(ascii: "A") < 26 ? end : nil
        }

        /// Whether the full stop belongs to an abbreviation, an initial, an ellipsis or a list number.
        private func endsAbbreviation(_ index: Int, region: Range<Int>) -> Bool {
            var start = index
            while start > region.lowerBound, isWordByte(bytes[start - 1]) { start -= 1 }
            if start == index {
                return index > region.lowerBound && bytes[index - 1] == UInt8(ascii: ".")
            }
            let word = String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
            if word.utf8.allSatisfy(TriggerScanner.isDigit) {
                var before = start
                while before > region.lowerBound, isSpace(bytes[before - 1]) { before -= 1 }
                // "2." at the start of a line or of a sentence numbers a list item.
                return before == region.lowerBound || ".!?\n".utf8.contains(bytes[before - 1])
            }
            if word.utf8.count == 1, let only = word.utf8.first, TriggerScanner.isASCIILetter(only) { return true }
            return Self.abbreviations.contains(word)
        }

        private static let abbreviations: Set<String> = [
            "mr", "mrs", "ms", "dr", "prof", "st", "vs", "etc", "no", "fig", "eq", "approx", "cf", "al", "inc", "jr",
            "sr",
            "ave", "dept", "est", "min", "max", "avg", "vol", "ch", "sec", "ex",
        ]

        /// At least two ordinary words outside protected spans: the sentence is prose, not a formula.
        func isProse(_ range: Range<Int>) -> Bool {
            var words = 0
            var index = range.lowerBound
            while index < range.upperBound {
                if let span = firstSpan(endingAfter: index), span.lowerBound <= index {
                    index = span.upperBound
                    continue
                }
                var end = index
                while end < range.upperBound, isLetter(bytes[end]) { end += 1 }
                if end - index >= 2 { words += 1 }
                if words >= 2 { return true }
                index = max(end, index + 1)
            }
            return false
        }

        /// Whether a line starts like a table row, an indented block, a fence, a heading or a quotation.
        func isTableOrCode(_ start: Int) -> Bool {
            guard start < bytes.count else { return false }
            switch bytes[start] {
            case UInt8(ascii: "|"), UInt8(ascii: "\t"), UInt8(ascii: "`"), UInt8(ascii: "~"), UInt8(ascii: "#"),
                UInt8(ascii: ">"):
                return true
            case UInt8(ascii: " "):
                return start + 3 < bytes.count && bytes[start..<start + 4].allSatisfy { $0 == UInt8(ascii: " ") }
            default: return false
            }
        }

        /// Whether a line starts like a list item, which a new line before or after would tear apart.
        private func isListItem(_ start: Int) -> Bool {
            guard start < bytes.count else { return false }
            switch bytes[start] {
            case UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "+"): return true
            default:
                var index = start
                while index < bytes.count, TriggerScanner.isDigit(bytes[index]) { index += 1 }
                return index > start && index + 1 < bytes.count
                    && (bytes[index] == UInt8(ascii: ".") || bytes[index] == UInt8(ascii: ")"))
                    && isSpace(bytes[index + 1])
            }
        }

        /// Whether a new line may stand at `offset`, behind the line at `line`.
        func mayTakeOwnLine(after line: Range<Int>, at offset: Int, region: Range<Int>) -> Bool {
            guard isProse(line), !cuts(offset), !isTableOrCode(line.lowerBound), !isListItem(line.lowerBound) else {
                return false
            }
            var last = line.upperBound
            while last > line.lowerBound, bytes[last - 1] <= UInt8(ascii: " ") { last -= 1 }
            // "The total is:" and "3 apples," go on in the next line.
            if last > line.lowerBound, Self.continuing.contains(bytes[last - 1]) { return false }
            if offset < region.upperBound, isTableOrCode(offset) || isListItem(offset) { return false }
            return true
        }

        private static let continuing = Set(":,;=+-*/(<&|\\".utf8)

        private func isCloser(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") || byte == UInt8(ascii: ")")
        }

        private func isSpace(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
        }

        private func isLetter(_ byte: UInt8) -> Bool { TriggerScanner.isASCIILetter(byte) || byte >= 0x80 }

        private func isWordByte(_ byte: UInt8) -> Bool { isLetter(byte) || TriggerScanner.isDigit(byte) }
    }
}
