import StrictJSON

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A mark around reasoning, an answer, a reply or a tool's text, as it stands in a text.
struct RegionTag: Equatable {
    /// Which end belongs to which start: a name that is an element's name for a parser of markup.
    var element: String
    /// What the mark encloses.
    var region: ReasoningTable.Region
    var isEnd: Bool
    var isSelfClosing = false
    /// UTF-8 offsets of the mark, brackets included.
    var range: Range<Int>

    var isAnswer: Bool { region != .reasoning }
}

/// Finds the marks of a text by ``ReasoningTable``: tags (`<think>`, also escaped), control tokens (`<|begin_of_thought|>`),
/// brackets (`[THINK]`), `◁think▷`, channels. Not those inside comments, or inside attributes of other tags.
enum TagScanner {
    /// A text with more tags than this is treated as ending its tags there, so that nesting stays cheap.
    static let maxTags = 8192
    private static let maxTagBytes = 1024
    private static let maxTokenBytes = 96

    static func tags(in bytes: UnsafeRawBufferPointer) -> [RegionTag] {
        var tags: [RegionTag] = []
        var cursor = 0
        var commentsEnd = true
        var channels = ChannelMarks()
        var details = 0
        while cursor < bytes.count, tags.count < maxTags {
            guard let open = nextCandidate(bytes, from: cursor) else { break }
            cursor = open + 1
            guard cursor < bytes.count else { break }
            if bytes[open] != 0x3C {
                if let tag = bracketed(bytes, open) {
                    tags.append(tag)
                    cursor = tag.range.upperBound
                }
                continue
            }
            let next = bytes[cursor]
            if next == 0x21 {
                guard commentsEnd, cursor + 2 < bytes.count, bytes[cursor + 1] == 0x2D, bytes[cursor + 2] == 0x2D else {
                    continue
                }
                if let end = endOfComment(bytes, from: cursor + 3) {
                    cursor = end
                } else {
                    // A comment that does not end is text, and so is every later one.
                    commentsEnd = false
                }
                continue
            }
            if let found = channels.marks(bytes, open) {
                tags += found
                cursor = found.last?.range.upperBound ?? cursor
                continue
            }
            if next == 0x7C || next == 0xEF {
                if let tag = token(bytes, open) {
                    tags.append(tag)
                    cursor = tag.range.upperBound
                }
                continue
            }
            guard next == 0x2F || (next | 0x20) &- 0x61 < 26, let end = endOfTag(bytes, from: cursor) else { continue }
            if let tag = regionTag(bytes, open..<end, &details) { tags.append(tag) }
            cursor = end
        }
        return pairedBrackets(tags, bytes)
    }

    // MARK: Tags

    /// `<`, `[`, `&` or the first byte of `◁`, whichever comes first.
    private static func nextCandidate(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var index = start
        let count = bytes.count
        while index < count {
            switch bytes[index] {
            case 0x3C: return index
            case 0x5B where index + 2 < count && (bytes[index + 1] == 0x2F || bytes[index + 1].isASCIILetter):
                return index
            case 0x26 where index + 3 < count && bytes[index + 1] == 0x6C && bytes[index + 2] == 0x74: return index
            case 0xE2 where index + 2 < count && bytes[index + 1] == 0x97 && bytes[index + 2] == 0x81: return index
            default: index += 1
            }
        }
        return nil
    }

    private static func endOfComment(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var cursor = start
        while cursor < bytes.count, let base = bytes.baseAddress,
            let hit = memchr(base + cursor, 0x3E, bytes.count - cursor)
        {
            let close = UnsafeRawPointer(hit) - base
            if close >= start + 2, bytes[close - 1] == 0x2D, bytes[close - 2] == 0x2D { return close + 1 }
            cursor = close + 1
        }
        return nil
    }

    /// The offset after the `>` of the tag whose name begins at `start`; nil when what stands there is no tag.
    private static func endOfTag(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var cursor = start
        var quote: UInt8 = 0
        var previous: UInt8 = 0
        let limit = min(bytes.count, start + maxTagBytes)
        while cursor < limit {
            let byte = bytes[cursor]
            if quote != 0 {
                if byte == quote { quote = 0 }
            } else {
                switch byte {
                case 0x3E: return cursor + 1
                case 0x3C: return nil
                case 0x22, 0x27: if previous == 0x3D { quote = byte }
                default: break
                }
            }
            if byte > 0x20 { previous = byte }
            cursor += 1
        }
        return nil
    }

    private static func regionTag(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ details: inout Int
    ) -> RegionTag? {
        var start = range.lowerBound + 1
        let isEnd = bytes[start] == 0x2F
        if isEnd { start += 1 }
        var end = start
        while end < range.upperBound - 1, isNameByte(bytes[end]) { end += 1 }
        // After the name: the end, a blank, or the slash of a self-closing tag.
        let after = bytes[end]
        guard after == 0x3E || after <= 0x20 || after == 0x2F, end > start, end - start <= 40 else { return nil }
        let word = Self.word(bytes, start..<end)
        if word == "details" { return detailsTag(bytes, range, isEnd, &details) }
        guard let region = ReasoningTable.region(ofWord: word, isToken: false) else { return nil }
        let isSelfClosing = !isEnd && bytes[range.upperBound - 2] == 0x2F
        return RegionTag(
            element: element(word), region: region, isEnd: isEnd, isSelfClosing: isSelfClosing, range: range)
    }

    /// `<details type="reasoning">`: other details are the reply's own.
    private static func detailsTag(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ isEnd: Bool, _ details: inout Int
    ) -> RegionTag? {
        if isEnd {
            guard details > 0 else { return nil }
            details -= 1
            return RegionTag(element: "reasoningdetails", region: .reasoning, isEnd: true, range: range)
        }
        let attributes = String(decoding: bytes[range], as: UTF8.self).lowercased()
        guard
            attributes.contains("type=\"reasoning\"") || attributes.contains("type='reasoning'")
                || attributes.contains("type=reasoning")
        else {
            // Details within the reasoning have ends of their own.
            if details > 0 { details += 1 }
            return details > 0
                ? RegionTag(element: "reasoningdetails", region: .reasoning, isEnd: false, range: range) : nil
        }
        details += 1
        return RegionTag(element: "reasoningdetails", region: .reasoning, isEnd: false, range: range)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x5F || byte == 0x2D || byte == 0x3A
    }

    /// A mark's word as the table has it.
    static func word(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
        var word: [UInt8] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            // The low line of the tokens of some models: U+2581.
            if byte == 0xE2, index + 2 < range.upperBound, bytes[index + 1] == 0x96, bytes[index + 2] == 0x81 {
                word.append(0x5F)
                index += 3
                continue
            }
            word.append(byte &- 0x41 < 26 ? byte | 0x20 : byte == 0x20 || byte == 0x2D ? 0x5F : byte)
            index += 1
        }
        return String(decoding: word, as: UTF8.self)
    }

    private static func element(_ word: String) -> String { word.replacing(":", with: "") }

    // MARK: Tokens

    /// `<|begin_of_thought|>`, `<|END_THINKING|>`, `<|thought_start|>`, `<|/think|>`, also with full-width bars.
    private static func token(_ bytes: UnsafeRawBufferPointer, _ open: Int) -> RegionTag? {
        let isWide = bytes[open + 1] == 0xEF
        let bar: [UInt8] = isWide ? [0xEF, 0xBD, 0x9C] : [0x7C]
        let start = open + 1 + bar.count
        guard start < bytes.count, bytes[(open + 1)...].starts(with: bar) else { return nil }
        var end = start
        let limit = min(bytes.count, start + maxTokenBytes)
        while end < limit, bytes[end] != bar[0], bytes[end] > 0x20, bytes[end] != 0x3C, bytes[end] != 0x3E { end += 1 }
        guard end < limit, bytes[end...].starts(with: bar + [0x3E]) else { return nil }
        var word = Self.word(bytes, start..<end)
        var isEnd = false
        func cut(prefix: String) -> Bool {
            guard word.hasPrefix(prefix), word.utf8.count > prefix.utf8.count else { return false }
            word.removeFirst(prefix.count)
            return true
        }
        func cut(suffix: String) -> Bool {
            guard word.hasSuffix(suffix), word.utf8.count > suffix.utf8.count else { return false }
            word.removeLast(suffix.count)
            return true
        }
        if cut(prefix: "/") || cut(prefix: "end_of_") || cut(prefix: "end_") || cut(prefix: "stop_")
            || cut(suffix: "_end") || cut(suffix: "_stop")
        {
            isEnd = true
        } else {
            _ =
                cut(prefix: "begin_of_") || cut(prefix: "start_of_") || cut(prefix: "begin_") || cut(prefix: "start_")
                || cut(suffix: "_start") || cut(suffix: "_begin")
        }
        guard let region = ReasoningTable.region(ofWord: word, isToken: true) else { return nil }
        return RegionTag(
            element: "token" + element(word), region: region, isEnd: isEnd, range: open..<(end + bar.count + 1))
    }

    // MARK: Brackets

    /// `[THINK]`, `◁think▷`, `&lt;think&gt;`.
    private static func bracketed(_ bytes: UnsafeRawBufferPointer, _ open: Int) -> RegionTag? {
        let prefix: String
        let opening: Int
        let closing: [UInt8]
        switch bytes[open] {
        case 0x5B: (prefix, opening, closing) = ("bracket", 1, [0x5D])
        case 0x26:
            guard bytes[open...].starts(with: "&lt;".utf8) else { return nil }
            (prefix, opening, closing) = ("escaped", 4, Array("&gt;".utf8))
        default: (prefix, opening, closing) = ("triangle", 3, [0xE2, 0x96, 0xB7])
        }
        var start = open + opening
        guard start < bytes.count else { return nil }
        let isEnd = bytes[start] == 0x2F
        if isEnd { start += 1 }
        var end = start
        let limit = min(bytes.count, start + 40)
        while end < limit, isNameByte(bytes[end]) { end += 1 }
        guard end > start, end < bytes.count, bytes[end...].starts(with: closing),
            let region = ReasoningTable.region(ofWord: word(bytes, start..<end), isToken: false)
        else { return nil }
        return RegionTag(
            element: prefix + element(word(bytes, start..<end)), region: region, isEnd: isEnd,
            range: open..<(end + closing.count))
    }

    /// Square brackets are used for much else: they count where both marks are there.
    private static func pairedBrackets(_ tags: [RegionTag], _ bytes: UnsafeRawBufferPointer) -> [RegionTag] {
        guard tags.contains(where: { $0.element.hasPrefix("bracket") }) else { return tags }
        let starts = Set(tags.lazy.filter { !$0.isEnd }.map(\.element))
        let ends = Set(tags.lazy.filter(\.isEnd).map(\.element))
        return tags.filter { tag in
            guard tag.element.hasPrefix("bracket") else { return true }
            if tag.isEnd { return starts.contains(tag.element) || bytes[tag.range.lowerBound + 2].isASCIIUpper }
            return ends.contains(tag.element)
                || bytes[tag.range.lowerBound + 1].isASCIIUpper
                    && TextStart.isBlank(bytes, before: tag.range.lowerBound)
        }
    }
}

/// Where a text begins.
enum TextStart {
    /// Whether nothing but white space stands before an offset.
    static func isBlank(_ bytes: UnsafeRawBufferPointer, before offset: Int) -> Bool {
        bytes[..<offset].allSatisfy { $0 <= 0x20 }
    }

    /// Whether nothing but blanks stands before an offset on its line.
    static func isLineStart(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Bool {
        var index = offset
        while index > 0, bytes[index - 1] == 0x20 || bytes[index - 1] == 0x09 { index -= 1 }
        return index == 0 || bytes[index - 1] == 0x0A || bytes[index - 1] == 0x0D
    }
}
