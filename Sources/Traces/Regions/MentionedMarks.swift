/// Marks that a text only talks about: those in code and in quotation marks, and starts in the middle of a reply's sentence.
enum MentionedMarks {
    /// How far a quotation is followed on its line, in bytes.
    private static let maxQuotation = 400

    /// The marks that count.
    ///
    /// An end in code or quotation marks counts where no later one can be the end: the code may be a block that the
    /// reasoning never closed.
    static func removed(
        from tags: [RegionTag], in bytes: UnsafeRawBufferPointer, role: TraceField.Role
    ) -> [RegionTag] {
        guard !tags.isEmpty else { return [] }
        let fences = FencedBlocks.find(in: bytes)
        let isMention = tags.map { tag in
            fences.contains { $0.contains(tag.range.lowerBound) } || isQuoted(tag.range, in: bytes)
        }
        guard isMention.contains(true) || role != .trace else { return tags }
        var kept: [RegionTag] = []
        var opened: [String: Int] = [:]
        /// Where starts were that are only mentioned: an end on the same line belongs to such a one.
        var mentioned: [String: Int] = [:]
        for (index, tag) in tags.enumerated() {
            if tag.isEnd, opened[tag.element, default: 0] == 0, let start = mentioned[tag.element],
                !bytes[start..<tag.range.lowerBound].contains(0x0A)
            {
                continue
            }
            if role != .trace, tag.isEnd, tag.region == .reasoning, opened[tag.element, default: 0] == 0,
                isInSentence(tag.range, in: bytes)
            {
                continue
            }
            if isMention[index] {
                let hasLater = tags.indices.contains {
                    $0 > index && !isMention[$0] && tags[$0].isEnd && tags[$0].element == tag.element
                }
                if !tag.isEnd { mentioned[tag.element] = tag.range.upperBound }
                if !tag.isEnd || hasLater { continue }
            }
            // A reply that explains a mark writes it into a sentence; a model that thinks begins with it.
            if role != .trace, !tag.isEnd, tag.region == .reasoning,
                !TextStart.isLineStart(bytes, tag.range.lowerBound),
                !(kept.last.map { $0.range.upperBound == tag.range.lowerBound || $0.isEnd } ?? false)
            {
                mentioned[tag.element] = tag.range.upperBound
                continue
            }
            // Beside separate reasoning, marks count only as a pair.
            if role == .content, !tag.isEnd, tag.region == .reasoning,
                !tags.contains(where: {
                    $0.isEnd && $0.element == tag.element && $0.range.lowerBound >= tag.range.upperBound
                })
            {
                continue
            }
            opened[tag.element, default: 0] += tag.isEnd ? -1 : 1
            kept.append(tag)
        }
        return kept
    }

    /// Whether words go on around a mark: an end that closes what the prompt began stands at the end of a sentence.
    private static func isInSentence(_ range: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Bool {
        guard range.lowerBound > 0, range.upperBound < bytes.count, bytes[range.lowerBound - 1] == 0x20,
            bytes[range.upperBound] != 0x0A, bytes[range.upperBound] != 0x0D,
            let last = bytes[..<range.lowerBound].last(where: { $0 > 0x20 })
        else { return false }
        return last &- 0x30 < 10 || (last | 0x20) &- 0x61 < 26 || last == 0x2C || last >= 0x80
    }

    /// Whether a range stands between quotation marks or backticks on its line.
    static func isQuoted(_ range: Range<Int>, in bytes: UnsafeRawBufferPointer) -> Bool {
        // Most marks have no quotation mark before them on their line.
        var start = range.lowerBound
        let first = max(0, start - maxQuotation)
        var hasMark = false
        while start > first, bytes[start - 1] != 0x0A {
            start -= 1
            switch bytes[start] {
            case 0x22, 0x27, 0x60, 0xC2, 0xE2, 0xE3: hasMark = true
            default: break
            }
        }
        guard hasMark else { return false }
        var end = range.upperBound
        let last = min(bytes.count, end + maxQuotation)
        while end < last, bytes[end] != 0x0A { end += 1 }
        let head = bytes[start..<range.lowerBound]
        let tail = bytes[range.upperBound..<end]
        if head.last == 0x27, tail.first == 0x27 { return true }
        for quote in [0x22, 0x60] as [UInt8] where head.count(where: { $0 == quote }) % 2 == 1 && tail.contains(quote) {
            return true
        }
        for (open, close) in [("“", "”"), ("‘", "’"), ("«", "»"), ("「", "」")] {
            guard let opened = Self.last(Array(open.utf8), in: head) else { continue }
            let closed = Self.last(Array(close.utf8), in: head)
            if closed ?? -1 < opened, Self.last(Array(close.utf8), in: tail) != nil { return true }
        }
        return false
    }

    private static func last(_ pattern: [UInt8], in bytes: Slice<UnsafeRawBufferPointer>) -> Int? {
        var index = bytes.endIndex - pattern.count
        while index >= bytes.startIndex {
            if bytes[index...].starts(with: pattern) { return index }
            index -= 1
        }
        return nil
    }
}

/// Blocks of code between fences (```` ``` ```` or `~~~`), closed ones only.
enum FencedBlocks {
    static func find(in bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
        var blocks: [Range<Int>] = []
        var open: (start: Int, mark: UInt8, length: Int)?
        var line = 0
        while line < bytes.count {
            var end = line
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            var first = line
            while first < end, bytes[first] == 0x20 || bytes[first] == 0x09 { first += 1 }
            if first < end, bytes[first] == 0x60 || bytes[first] == 0x7E {
                let mark = bytes[first]
                var after = first
                while after < end, bytes[after] == mark { after += 1 }
                let length = after - first
                if let begun = open {
                    let isBare = bytes[after..<end].allSatisfy { $0 <= 0x20 }
                    if mark == begun.mark, length >= begun.length, isBare {
                        blocks.append(begun.start..<end)
                        open = nil
                    }
                } else if length >= 3 {
                    open = (line, mark, length)
                }
            }
            line = end + 1
        }
        return blocks
    }
}
