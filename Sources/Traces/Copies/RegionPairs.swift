import StrictJSON

/// Old regions of reasoning with the new ones, to be exchanged wherever the old ones stand word for word.
struct RegionPairs {
    private var whole: [String: String] = [:]
    /// Old and new bytes, longest first; also as they stand inside a JSON string.
    private var parts: [(old: [UInt8], new: [UInt8])] = []
    /// Shorter regions may stand anywhere by chance.
    private static let minimalBytes = 24

    /// The length of the longest old region, in bytes.
    var longest: Int { parts.first?.old.count ?? 0 }

    /// Adds a field's old and new text.
    ///
    /// - Returns: The old regions that changed.
    mutating func add(old field: TraceField, new text: String) -> [String] {
        let oldBytes = Array(field.text.utf8)
        let newBytes = Array(text.utf8)
        whole[field.text] = text
        insert(oldBytes, newBytes)
        let oldRegions = TraceRegions.find(in: field.text, role: field.role).reasoning.map {
            Self.trimmed(oldBytes[$0])
        }
        let newRegions = TraceRegions.find(in: text, role: field.role).reasoning.map { Self.trimmed(newBytes[$0]) }
        var changed: [String] = []
        if oldRegions.count == newRegions.count {
            for (old, new) in zip(oldRegions, newRegions) where old != new {
                insert(Array(old), Array(new))
                changed.append(String(decoding: old, as: UTF8.self))
            }
            // Copies without the marks between the regions.
            if oldRegions.count > 1 {
                for separator in [[], [0x0A], [0x0A, 0x0A], [0x20]] as [[UInt8]] {
                    insert(
                        Array(oldRegions.joined(separator: separator)), Array(newRegions.joined(separator: separator)))
                }
            }
        } else {
            changed = oldRegions.map { String(decoding: $0, as: UTF8.self) }
        }
        parts.sort { $0.old.count > $1.old.count }
        return changed
    }

    private mutating func insert(_ old: [UInt8], _ new: [UInt8]) {
        guard old.count >= Self.minimalBytes, old != new else { return }
        parts.append((old, new))
        let (oldJSON, newJSON) = (Self.json(old, ascii: false), Self.json(new, ascii: false))
        if oldJSON != old { parts.append((oldJSON, newJSON)) }
        let (oldASCII, newASCII) = (Self.json(old, ascii: true), Self.json(new, ascii: true))
        if oldASCII != oldJSON { parts.append((oldASCII, newASCII)) }
    }

    /// What a string of JSON holds for a text, quotes excluded.
    private static func json(_ text: [UInt8], ascii: Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONText.append(String(decoding: text, as: UTF8.self), to: &bytes, asciiOnly: ascii)
        return Array(bytes.dropFirst().dropLast())
    }

    /// The text with all old regions exchanged, and what stands outside of them; nil when it has none.
    func apply(to text: String) -> (new: String, rest: String)? {
        if let new = whole[text] { return (new, "") }
        var text = text
        return text.withUTF8 { bytes -> (String, String)? in
            let bytes = UnsafeRawBufferPointer(bytes)
            var new: [UInt8] = []
            var rest: [UInt8] = []
            var copied = 0
            var found = false
            while let hit = next(in: bytes, from: copied) {
                found = true
                new += bytes[copied..<hit.offset]
                rest += bytes[copied..<hit.offset]
                rest.append(0x0A)
                new += parts[hit.part].new
                copied = hit.offset + parts[hit.part].old.count
            }
            guard found else { return nil }
            new += bytes[copied...]
            rest += bytes[copied...]
            return (String(decoding: new, as: UTF8.self), String(decoding: rest, as: UTF8.self))
        }
    }

    /// The first old region at or after an offset; of those that begin there, the longest.
    private func next(in bytes: UnsafeRawBufferPointer, from start: Int) -> (offset: Int, part: Int)? {
        var best: (offset: Int, part: Int)?
        for (number, part) in parts.enumerated() {
            guard let offset = ByteSearch.first(part.old, in: bytes, from: start) else { continue }
            if best.map({ offset < $0.offset }) ?? true { best = (offset, number) }
        }
        return best
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let first = bytes.firstIndex(where: { $0 > 0x20 }), let last = bytes.lastIndex(where: { $0 > 0x20 })
        else { return [] }
        return bytes[first...last]
    }
}
