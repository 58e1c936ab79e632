/// What is looked for in a text: a text itself, or an expression.
enum TextPattern: Sendable {
    case text([UInt8])
    case expression(RegularExpression)

    /// The places of all matches, from left to right, none overlapping.
    func matches(in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        switch self {
        case .expression(let expression): expression.matches(in: text)
        case .text(let pattern): Self.matches(of: pattern, in: text)
        }
    }

    private static func matches(of pattern: [UInt8], in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        guard let first = pattern.first else { return [] }
        var found: [Range<Int>] = []
        var i = 0
        while i + pattern.count <= text.count {
            if text[i] == first, text[i..<i + pattern.count].elementsEqual(pattern) {
                found.append(i..<i + pattern.count)
                i += pattern.count
            } else {
                i += 1
            }
        }
        return found
    }
}

/// Cuts text at what a pattern matches (the pre-tokenizer Split of `tokenizers`).
struct SplitRule: Sendable {
    /// What becomes of the matches.
    enum Behavior: String, Sendable {
        /// Each is a piece.
        case isolated = "Isolated"
        /// They are left out.
        case removed = "Removed"
        /// Each ends the piece before it.
        case mergedWithPrevious = "MergedWithPrevious"
        /// Each begins the piece after it.
        case mergedWithNext = "MergedWithNext"
        /// Those that touch are one piece.
        case contiguous = "Contiguous"
    }

    var pattern: TextPattern
    var behavior: Behavior
    /// What lies between the matches counts as matched, and the matches do not.
    var isInverted = false

    /// Calls `body` with the byte range of every piece, in order; none is empty.
    func forEachPiece(in text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
        var parts: [(range: Range<Int>, isMatch: Bool)] = []
        var end = 0
        for match in pattern.matches(in: text) {
            if match.lowerBound > end { parts.append((end..<match.lowerBound, isInverted)) }
            parts.append((match, !isInverted))
            end = match.upperBound
        }
        if end < text.count { parts.append((end..<text.count, isInverted)) }
        for range in joined(parts) where !range.isEmpty { body(range) }
    }

    private func joined(_ parts: [(range: Range<Int>, isMatch: Bool)]) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var previous = false
        func extendLast(to range: Range<Int>) {
            guard let last = pieces.popLast() else { return pieces.append(range) }
            pieces.append(min(last.lowerBound, range.lowerBound)..<max(last.upperBound, range.upperBound))
        }
        switch behavior {
        case .isolated: return parts.map(\.range)
        case .removed: return parts.filter { !$0.isMatch }.map(\.range)
        case .contiguous:
            for part in parts {
                if part.isMatch == previous { extendLast(to: part.range) } else { pieces.append(part.range) }
                previous = part.isMatch
            }
            return pieces
        case .mergedWithPrevious:
            for part in parts {
                if part.isMatch, !previous { extendLast(to: part.range) } else { pieces.append(part.range) }
                previous = part.isMatch
            }
            return pieces
        case .mergedWithNext:
            for part in parts.reversed() {
                if part.isMatch, !previous { extendLast(to: part.range) } else { pieces.append(part.range) }
                previous = part.isMatch
            }
            return pieces.reversed()
        }
    }
}
