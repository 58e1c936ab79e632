/// Marks in a text that mean something to those who read traces: tags of regions, control tokens of chat formats, fences,
/// control characters. A rewriter may keep those of the original and add none, or its words could end the reasoning and become
/// the reply.
enum ReplyMarks {
    /// Whether `new` holds a mark more often than `old` does.
    static func areAdded(by new: String, to old: String) -> Bool {
        let found = counts(of: new)
        guard !found.isEmpty else { return false }
        let known = counts(of: old)
        return found.contains { $0.value > known[$0.key, default: 0] }
    }

    private static func counts(of text: String) -> [String: Int] {
        var counts: [String: Int] = [:]
        if text.utf8.contains(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "[") }) {
            let tag = #/<\/?[A-Za-z][A-Za-z0-9_:.\-]*(?:\s+[A-Za-z_:\-]+=(?:"[^"]*"|'[^']*'))*\s*\/?>/#
            let token = #/<[|｜][^<>\s]{1,40}>|<[^<>\s]{1,40}[|｜]>|<<\/?SYS>>|\[\/?(?:INST|THINK|TOOL_CALLS)\]/#
            for match in text.matches(of: tag) { counts[match.output.lowercased(), default: 0] += 1 }
            for match in text.matches(of: token) { counts[match.output.lowercased(), default: 0] += 1 }
        }
        for mark in ["◁think▷", "◁/think▷", "&lt;think&gt;", "&lt;/think&gt;"] {
            let count = text.ranges(of: mark).count
            if count > 0 { counts[mark] = count }
        }
        for line in text.split(whereSeparator: \.isNewline) {
            let start = line.drop { $0 == " " }
            for fence in ["```", "~~~"] where start.hasPrefix(fence) { counts[fence, default: 0] += 1 }
        }
        for scalar in text.unicodeScalars where isControl(scalar) { counts[String(scalar), default: 0] += 1 }
        return counts
    }

    /// Characters that steer terminals and readers, and no white space.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D: false
        case 0..<0x20, 0x7F..<0xA0: true
        // Overrides of the writing direction, which show a text that is not there.
        case 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
