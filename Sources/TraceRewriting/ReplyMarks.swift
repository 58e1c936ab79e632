import Traces

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

    /// Marks without a common form, besides those of the table that traces are read by, which looks for them in pairs.
    private static let fixed = ["[think]", "[/think]", "[inst]", "[/inst]", "[tool_calls]", "<<sys>>", "<</sys>>"]
        .map { Array($0.utf8) }

    private static let fences = ["```", "~~~"].map { Array($0.utf8) }

    private static func counts(of text: String) -> [String: Int] {
        var counts: [String: Int] = [:]
        func add(_ mark: some Collection<UInt8>) { counts[String(decoding: mark, as: UTF8.self), default: 0] += 1 }
        let bytes = text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        for mark in TraceRegions.marks(in: text) { add(mark.lowercased().utf8) }
        var isLineStart = true
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "<"):
                if let end = tagEnd(bytes, index) ?? tokenEnd(bytes, index) { add(bytes[index..<end]) }
                fallthrough
            case UInt8(ascii: "["):
                for mark in fixed where bytes[index...].starts(with: mark) { add(mark) }
            case UInt8(ascii: "`"), UInt8(ascii: "~"):
                if isLineStart { for fence in fences where bytes[index...].starts(with: fence) { add(fence) } }
            default: break
            }
            if byte == 0x0A || byte == 0x0D {
                isLineStart = true
            } else if byte != 0x20 {
                isLineStart = false
            }
        }
        for scalar in text.unicodeScalars where isControl(scalar) { counts[String(scalar), default: 0] += 1 }
        return counts
    }

    /// The end of `<name>`, `</name>` or `<name attribute="value">` that begins at `start`; `a < b` is none.
    private static func tagEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
        func at(_ index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }
        func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
        func isName(_ byte: UInt8) -> Bool {
            isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "_:.-".utf8.contains(byte)
        }
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
        var index = start + 1
        if at(index) == UInt8(ascii: "/") { index += 1 }
        guard isLetter(at(index)) else { return nil }
        while isName(at(index)) { index += 1 }
        while true {
            while isSpace(at(index)) { index += 1 }
            if at(index) == UInt8(ascii: "/") { index += 1 }
            if at(index) == UInt8(ascii: ">") { return index + 1 }
            guard isLetter(at(index)) else { return nil }
            while isName(at(index)) { index += 1 }
            guard at(index) == UInt8(ascii: "=") else { return nil }
            let quote = at(index + 1)
            guard quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else { return nil }
            index += 2
            while at(index) != quote {
                guard index < bytes.count else { return nil }
                index += 1
            }
            index += 1
        }
    }

    /// The end of a control token that begins at `start`: `<|name|>`, also with one bar, or with the full-width ones.
    private static func tokenEnd(_ bytes: [UInt8], _ start: Int) -> Int? {
        let longest = 60
        let bars = [Array("|".utf8), Array("｜".utf8)]
        var index = start + 1
        while index < bytes.count, index - start <= longest {
            let byte = bytes[index]
            if byte == UInt8(ascii: ">") {
                let inside = bytes[(start + 1)..<index]
                let hasBar = bars.contains { inside.starts(with: $0) || inside.reversed().starts(with: $0.reversed()) }
                return hasBar && inside.count > 1 ? index + 1 : nil
            }
            if byte <= 0x20 || byte == UInt8(ascii: "<") { return nil }
            index += 1
        }
        return nil
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
