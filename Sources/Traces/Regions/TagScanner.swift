#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A tag that wraps reasoning or an answer, as it stands in a text.
struct RegionTag: Equatable {
    enum Name: UInt8, CaseIterable {
        case think
        case thinking
        case thought
        case reasoning
        case reflection
        case scratchpad
        case answer
        case finalAnswer

        var text: String { self == .finalAnswer ? "final_answer" : "\(self)" }
        var isAnswer: Bool { self == .answer || self == .finalAnswer }
    }

    var name: Name
    var isEnd: Bool
    var isSelfClosing: Bool
    /// UTF-8 offsets of the tag, brackets included.
    var range: Range<Int>
}

/// Finds the region tags of a text: not those inside comments, or inside attributes of other tags.
enum TagScanner {
    /// A text with more tags than this is treated as ending its tags there, so that nesting stays cheap.
    private static let maxTags = 8192
    private static let maxTagBytes = 1024
    private static let names: [(name: RegionTag.Name, bytes: [UInt8])] =
        RegionTag.Name.allCases.map { ($0, Array($0.text.utf8)) }

    static func tags(in bytes: UnsafeRawBufferPointer) -> [RegionTag] {
        var tags: [RegionTag] = []
        var cursor = 0
        var commentsEnd = true
        while let open = find(0x3C, in: bytes, from: cursor) {
            cursor = open + 1
            guard cursor < bytes.count else { break }
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
            guard next == 0x2F || (next | 0x20) &- 0x61 < 26, let end = endOfTag(bytes, from: cursor) else { continue }
            if let tag = regionTag(bytes, open..<end) {
                tags.append(tag)
                if tags.count == maxTags { break }
            }
            cursor = end
        }
        return tags
    }

    private static func find(_ byte: Int32, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        guard start < bytes.count, let base = bytes.baseAddress,
            let hit = memchr(base + start, byte, bytes.count - start)
        else { return nil }
        return UnsafeRawPointer(hit) - base
    }

    private static func endOfComment(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var cursor = start
        while let close = find(0x3E, in: bytes, from: cursor) {
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

    private static func regionTag(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> RegionTag? {
        var start = range.lowerBound + 1
        let isEnd = bytes[start] == 0x2F
        if isEnd { start += 1 }
        var end = start
        while end < range.upperBound - 1, isNameByte(bytes[end]) { end += 1 }
        // After the name: the end, a blank, or the slash of a self-closing tag.
        let after = bytes[end]
        guard after == 0x3E || after <= 0x20 || after == 0x2F else { return nil }
        for (name, spelling) in names where spelling.count == end - start {
            if spelling.indices.allSatisfy({ bytes[start + $0] | (spelling[$0] & 0x20) == spelling[$0] }) {
                let isSelfClosing = !isEnd && bytes[range.upperBound - 2] == 0x2F
                return RegionTag(name: name, isEnd: isEnd, isSelfClosing: isSelfClosing, range: range)
            }
        }
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == 0x5F || byte == 0x2D || byte == 0x3A
    }
}
