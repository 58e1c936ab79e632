/// Marks that are lines or phrases: headings (`## Reasoning` … `## Answer`), labels (`Thought:` … `Observation:`), and the
/// pairs of ``ReasoningTable``. Looked for where a text has no other marks around reasoning.
enum LineMarks {
    static func tags(in bytes: UnsafeRawBufferPointer) -> [RegionTag] {
        if let pair = exactPair(bytes) { return pair }
        guard mayBegin(bytes) else { return [] }
        let fences = FencedBlocks.find(in: bytes)
        let lines = lines(of: bytes).filter { line in !fences.contains { $0.contains(line.lowerBound) } }
        return headings(bytes, lines) ?? labels(bytes, lines)
    }

    /// Whether the first line that is not blank may be a heading, or any line has a label of reasoning: most texts have
    /// neither, and are not looked at further.
    private static func mayBegin(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let first = bytes.firstIndex(where: { $0 > 0x20 }) else { return false }
        if bytes[first] == 0x23 || bytes[first] == 0x2A { return true }
        let firstEnd = bytes[first...].firstIndex(of: 0x0A) ?? bytes.count
        if bytes[first..<firstEnd].last(where: { $0 > 0x20 }) == 0x3A { return true }
        var line = 0
        while line < bytes.count {
            var start = line
            while start < bytes.count, bytes[start] == 0x20 || bytes[start] == 0x2A { start += 1 }
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            // T and R begin every label of reasoning.
            if start < end, bytes[start] == 0x54 || bytes[start] == 0x52,
                label(bytes, start..<end)?.region == .reasoning
            {
                return true
            }
            line = end + 1
        }
        return false
    }

    private static func exactPair(_ bytes: UnsafeRawBufferPointer) -> [RegionTag]? {
        guard let first = bytes.firstIndex(where: { $0 > 0x20 }) else { return nil }
        for pair in ReasoningTable.exactPairs {
            guard bytes[first...].starts(with: pair.start.utf8) else { continue }
            let start = first..<(first + pair.start.utf8.count)
            let open = RegionTag(element: "exact", region: .reasoning, isEnd: false, range: start)
            let end = Array(pair.end.utf8)
            var index = start.upperBound
            while index + end.count <= bytes.count {
                if bytes[index...].starts(with: end) {
                    let range = index..<(index + end.count)
                    return [open, RegionTag(element: "exact", region: .reasoning, isEnd: true, range: range)]
                }
                index += 1
            }
            return [open]
        }
        return nil
    }

    /// A heading of reasoning that begins the text, and the first heading of a reply after it.
    private static func headings(_ bytes: UnsafeRawBufferPointer, _ lines: [Range<Int>]) -> [RegionTag]? {
        let filled = lines.filter { line in bytes[line].contains { $0 > 0x20 } }
        guard let first = filled.first, let begun = heading(bytes, first),
            ReasoningTable.reasoningHeadings.contains(begun)
        else { return nil }
        for line in filled.dropFirst() {
            guard let title = heading(bytes, line), ReasoningTable.replyHeadings.contains(title) else { continue }
            return [
                RegionTag(element: "heading", region: .reasoning, isEnd: false, range: first),
                RegionTag(element: "heading", region: .reasoning, isEnd: true, range: line),
            ]
        }
        return nil
    }

    /// The words of `## Words`, `**Words:**` or a line `Words:`, in lower case.
    private static func heading(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) -> String? {
        var start = line.lowerBound
        var end = line.upperBound
        func isDecoration(_ byte: UInt8) -> Bool { byte == 0x23 || byte == 0x2A || byte == 0x5F || byte <= 0x20 }
        var decorated = 0
        while start < end, isDecoration(bytes[start]) {
            decorated += bytes[start] > 0x20 ? 1 : 0
            start += 1
        }
        var hasColon = false
        while end > start, isDecoration(bytes[end - 1]) || bytes[end - 1] == 0x3A {
            hasColon = hasColon || bytes[end - 1] == 0x3A
            end -= 1
        }
        guard end > start, end - start <= 40, decorated > 0 || hasColon else { return nil }
        return String(decoding: bytes[start..<end], as: UTF8.self).lowercased()
    }

    /// `Thought:` up to the next label, where there are labels of tools or answers too.
    private static func labels(_ bytes: UnsafeRawBufferPointer, _ lines: [Range<Int>]) -> [RegionTag] {
        var found: [(range: Range<Int>, region: ReasoningTable.Region)] = []
        for line in lines { if let label = label(bytes, line) { found.append(label) } }
        guard found.contains(where: { $0.region == .reasoning }), found.contains(where: { $0.region == .tool }) else {
            return []
        }
        var tags: [RegionTag] = []
        var isOpen = false
        for label in found {
            if isOpen {
                let start = label.range.lowerBound
                tags.append(RegionTag(element: "label", region: .reasoning, isEnd: true, range: start..<start))
            }
            isOpen = label.region == .reasoning
            if isOpen {
                tags.append(RegionTag(element: "label", region: .reasoning, isEnd: false, range: label.range))
            }
        }
        return tags
    }

    /// A label at a line's beginning, bold or plain: `Action 1:`, `**Thought:**`.
    private static func label(
        _ bytes: UnsafeRawBufferPointer, _ line: Range<Int>
    ) -> (range: Range<Int>, region: ReasoningTable.Region)? {
        var start = line.lowerBound
        while start < line.upperBound, bytes[start] == 0x20 || bytes[start] == 0x2A { start += 1 }
        guard start < line.upperBound, bytes[start] &- 0x41 < 26 else { return nil }
        for (label, region) in ReasoningTable.lineLabels {
            guard bytes[start..<line.upperBound].starts(with: label.utf8) else { continue }
            var end = start + label.utf8.count
            // Steps are often numbered.
            if end < line.upperBound, bytes[end] == 0x20 { end += 1 }
            while end < line.upperBound, bytes[end] &- 0x30 < 10 { end += 1 }
            while end < line.upperBound, bytes[end] == 0x2A { end += 1 }
            guard end < line.upperBound, bytes[end] == 0x3A else { continue }
            end += 1
            while end < line.upperBound, bytes[end] == 0x2A { end += 1 }
            return (line.lowerBound..<end, region)
        }
        return nil
    }

    /// The lines of a text without their terminators.
    private static func lines(of bytes: UnsafeRawBufferPointer) -> [Range<Int>] {
        var lines: [Range<Int>] = []
        var start = 0
        for (index, byte) in bytes.enumerated() where byte == 0x0A {
            lines.append(start..<index)
            start = index + 1
        }
        if start < bytes.count { lines.append(start..<bytes.count) }
        return lines
    }
}
