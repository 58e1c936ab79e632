/// A text as templates see it: code points, each of which remembers whether it came from the conversation.
///
/// Templates cut, join and compare texts by code points, so that an array of them is what every operation wants. Bit 31 says
/// that a code point came from outside; it goes along through slices, splits and joins by itself, so that the finished text
/// tells what speakers said from what the template wrote. Comparisons do not see it.
struct Text: Hashable, Sendable {
    var units: [UInt32]
    /// Declared safe for HTML (`safe`): another text that is added to it is escaped.
    var isMarkup = false

    static let contentBit: UInt32 = 0x8000_0000
    static let scalarMask: UInt32 = 0x1F_FFFF

    init(units: [UInt32] = []) {
        self.units = units
    }

    init(_ string: String, isContent: Bool = false) {
        let bit = isContent ? Self.contentBit : 0
        units = string.unicodeScalars.map { $0.value | bit }
    }

    var count: Int { units.count }
    var isEmpty: Bool { units.isEmpty }

    /// The code point at a place.
    subscript(_ index: Int) -> UInt32 { units[index] & Self.scalarMask }

    func slice(_ range: Range<Int>) -> Text { Text(units: Array(units[range])) }

    /// The text as Swift has it.
    var string: String {
        var view = String.UnicodeScalarView()
        for unit in units { view.append(Self.scalar(unit)) }
        return String(view)
    }

    static func scalar(_ unit: UInt32) -> Unicode.Scalar { Unicode.Scalar(unit & scalarMask) ?? "\u{FFFD}" }

    static func == (a: Text, b: Text) -> Bool {
        guard a.units.count == b.units.count else { return false }
        return a.matches(b, at: 0)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(units.count)
        for unit in units { hasher.combine(unit & Self.scalarMask) }
    }

    // MARK: Searching

    /// Whether `other` stands at a place; false where it would reach over the end.
    func matches(_ other: Text, at start: Int) -> Bool {
        guard start >= 0, start + other.count <= count else { return false }
        return units.withUnsafeBufferPointer { mine in
            other.units.withUnsafeBufferPointer { theirs in
                for i in 0..<theirs.count where (mine[start + i] ^ theirs[i]) & Self.scalarMask != 0 { return false }
                return true
            }
        }
    }

    /// Where `other` stands first, from `start` on and before `end`.
    func firstIndex(of other: Text, from start: Int = 0, to end: Int? = nil) -> Int? {
        let end = end ?? count
        guard start >= 0, start + other.count <= end else { return nil }
        guard other.count > Self.shortPattern else {
            return (start...(end - other.count)).first { matches(other, at: $0) }
        }
        return Self.search(other.count, in: end - start) {
            self[start + $0] == other[$1]
        } pattern: {
            other[$0] == other[$1]
        }.map { start + $0 }
    }

    /// Where `other` stands last, not before `start` and before `end`.
    func lastIndex(of other: Text, from start: Int = 0, to end: Int? = nil) -> Int? {
        let end = end ?? count
        guard start >= 0, start + other.count <= end else { return nil }
        guard other.count > Self.shortPattern else {
            return (start...(end - other.count)).last { matches(other, at: $0) }
        }
        let last = other.count - 1
        return Self.search(other.count, in: end - start) {
            self[end - 1 - $0] == other[last - $1]
        } pattern: {
            other[last - $0] == other[last - $1]
        }.map { end - other.count - $0 }
    }

    /// Up to this length a pattern is tried at every place.
    private static let shortPattern = 8

    /// The search of Knuth, Morris and Pratt: no text makes it slow.
    ///
    /// - Parameters:
    ///   - length: The pattern's length, at least 1.
    ///   - count: The length of what is searched.
    ///   - matches: Whether the text at a place is the pattern's element at another.
    ///   - pattern: Whether two elements of the pattern are the same.
    private static func search(
        _ length: Int, in count: Int, _ matches: (Int, Int) -> Bool, pattern: (Int, Int) -> Bool
    ) -> Int? {
        var borders = [Int](repeating: 0, count: length)
        var border = 0
        for i in 1..<length {
            while border > 0, !pattern(i, border) { border = borders[border - 1] }
            if pattern(i, border) { border += 1 }
            borders[i] = border
        }
        var matched = 0
        for i in 0..<count {
            while matched > 0, !matches(i, matched) { matched = borders[matched - 1] }
            if matches(i, matched) { matched += 1 }
            if matched == length { return i + 1 - length }
        }
        return nil
    }

    func contains(_ other: Text) -> Bool { firstIndex(of: other) != nil }

    /// Whether this comes before another, by code points.
    func isLess(than other: Text) -> Bool {
        for i in 0..<min(count, other.count) where self[i] != other[i] { return self[i] < other[i] }
        return count < other.count
    }

    // MARK: Cutting

    /// White space as Python's `str.isspace` has it.
    static func isSpace(_ unit: UInt32) -> Bool {
        switch unit & scalarMask {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// The text without what `isCut` names at its edges.
    func trimmed(leading: Bool = true, trailing: Bool = true, where isCut: (UInt32) -> Bool = Text.isSpace) -> Text {
        var start = 0
        var end = count
        while leading, start < end, isCut(units[start]) { start += 1 }
        while trailing, end > start, isCut(units[end - 1]) { end -= 1 }
        return start == 0 && end == count ? self : slice(start..<end)
    }

    /// The parts between occurrences of a separator that is not empty.
    func split(_ separator: Text, limit: Int = .max) -> [Text] {
        var parts: [Text] = []
        var start = 0
        while parts.count < limit, let next = firstIndex(of: separator, from: start) {
            parts.append(slice(start..<next))
            start = next + separator.count
        }
        parts.append(slice(start..<count))
        return parts
    }

    /// The same from the end.
    func splitFromEnd(_ separator: Text, limit: Int) -> [Text] {
        var parts: [Text] = []
        var end = count
        while parts.count < limit, let next = lastIndex(of: separator, to: end) {
            parts.append(slice(next + separator.count..<end))
            end = next
        }
        parts.append(slice(0..<end))
        return parts.reversed()
    }

    /// The words between runs of white space.
    func words(limit: Int = .max) -> [Text] {
        var parts: [Text] = []
        var i = 0
        while true {
            while i < count, Self.isSpace(units[i]) { i += 1 }
            guard i < count else { return parts }
            if parts.count == limit {
                parts.append(slice(i..<count).trimmed(leading: false))
                return parts
            }
            let start = i
            while i < count, !Self.isSpace(units[i]) { i += 1 }
            parts.append(slice(start..<i))
        }
    }

    /// The same, counted from the end.
    func wordsFromEnd(limit: Int) -> [Text] {
        var parts: [Text] = []
        var end = count
        while true {
            while end > 0, Self.isSpace(units[end - 1]) { end -= 1 }
            guard end > 0 else { break }
            if parts.count == limit {
                parts.append(slice(0..<end).trimmed(trailing: false))
                break
            }
            var start = end
            while start > 0, !Self.isSpace(units[start - 1]) { start -= 1 }
            parts.append(slice(start..<end))
            end = start
        }
        return parts.reversed()
    }

    /// The lines, as Python's `str.splitlines` ends them.
    func lines(keepingEnds: Bool = false) -> [Text] {
        var lines: [Text] = []
        var start = 0
        var i = 0
        while i < count {
            switch self[i] {
            case 0x0A...0x0D, 0x1C...0x1E, 0x85, 0x2028, 0x2029:
                let end = i
                if self[i] == 0x0D, i + 1 < count, self[i + 1] == 0x0A { i += 1 }
                lines.append(slice(start..<(keepingEnds ? i + 1 : end)))
                start = i + 1
            default: break
            }
            i += 1
        }
        if start < count { lines.append(slice(start..<count)) }
        return lines
    }
}
