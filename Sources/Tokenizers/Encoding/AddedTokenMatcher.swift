/// A token outside the model's own segmentation: matched in the text before the pre-tokeniser sees it.
public struct AddedToken: Hashable, Sendable {
    /// Its id.
    public var id: Int32
    /// The text it stands for.
    public var content: String
    /// Control tokens (end of text, turn markers), which `skipSpecialTokens` leaves out when decoding.
    public var isSpecial: Bool
    /// White space to the left belongs to the match.
    public var stripsLeft: Bool
    /// White space to the right belongs to the match.
    public var stripsRight: Bool
    /// Matches only between characters that are not part of a word.
    public var matchesSingleWord: Bool
    /// Matched in the normalized text instead of the text as given.
    public var isNormalized: Bool

    /// - Parameters:
    ///   - id: Its id.
    ///   - content: The text it stands for.
    ///   - isSpecial: Whether it is a control token.
    ///   - stripsLeft: Whether white space to the left belongs to the match.
    ///   - stripsRight: Whether white space to the right belongs to the match.
    ///   - matchesSingleWord: Whether it matches only between characters that are not part of a word.
    ///   - isNormalized: Whether it is matched in the normalized text.
    public init(
        id: Int32, content: String, isSpecial: Bool, stripsLeft: Bool = false, stripsRight: Bool = false,
        matchesSingleWord: Bool = false, isNormalized: Bool = false
    ) {
        self.id = id
        self.content = content
        self.isSpecial = isSpecial
        self.stripsLeft = stripsLeft
        self.stripsRight = stripsRight
        self.matchesSingleWord = matchesSingleWord
        self.isNormalized = isNormalized
    }
}

/// Finds added tokens in a text: leftmost, the longest where several start, none overlapping.
struct AddedTokenMatcher: Sendable {
    private var tokens: [AddedToken] = []
    /// A trie over bytes: node and byte to the next node.
    private var edges: [UInt64: Int32] = [:]
    /// The token that ends at each node, or -1.
    private var accepts: [Int32] = [-1]
    private var startsToken = [Bool](repeating: false, count: 256)

    var isEmpty: Bool { tokens.isEmpty }

    /// Adds a token under `pattern`, the bytes to look for. Of equal patterns the later wins.
    mutating func insert(_ token: AddedToken, pattern: [UInt8]) {
        guard let first = pattern.first else { return }
        startsToken[Int(first)] = true
        var node: Int32 = 0
        for byte in pattern {
            let key = UInt64(node) << 8 | UInt64(byte)
            if let next = edges[key] {
                node = next
            } else {
                let next = Int32(accepts.count)
                edges[key] = next
                accepts.append(-1)
                node = next
            }
        }
        accepts[Int(node)] = Int32(tokens.count)
        tokens.append(token)
    }

    /// Calls `plain` with the ranges between tokens (none empty) and `token` with the tokens, in order.
    ///
    /// - Parameter isLiteral: Says of a match whether it is to stay text.
    func split(
        _ text: UnsafeBufferPointer<UInt8>, isLiteral: (AddedToken, Range<Int>) -> Bool,
        plain: (Range<Int>) -> Void, token: (AddedToken) -> Void
    ) {
        var consumed = 0
        var i = 0
        while !tokens.isEmpty, i < text.count {
            guard startsToken[Int(text[i])], let (index, length) = longestMatch(in: text, at: i) else {
                i += 1
                continue
            }
            let match = tokens[index]
            var range = i..<i + length
            i = range.upperBound
            if isLiteral(match, range) { continue }
            if match.matchesSingleWord, touchesWord(text, range) { continue }
            if match.stripsLeft { range = max(spaceStart(text, before: range.lowerBound), consumed)..<range.upperBound }
            if match.stripsRight {
                range = range.lowerBound..<spaceEnd(text, from: range.upperBound)
            }
            if range.lowerBound > consumed { plain(consumed..<range.lowerBound) }
            token(match)
            consumed = range.upperBound
        }
        if consumed < text.count { plain(consumed..<text.count) }
    }

    private func longestMatch(in text: UnsafeBufferPointer<UInt8>, at start: Int) -> (Int, Int)? {
        var node: Int32 = 0
        var i = start
        var found: (Int, Int)?
        while i < text.count, let next = edges[UInt64(node) << 8 | UInt64(text[i])] {
            node = next
            i += 1
            if accepts[Int(node)] >= 0 { found = (Int(accepts[Int(node)]), i - start) }
        }
        return found
    }

    private func touchesWord(_ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        CodePointClass.table.withUnsafeBufferPointer { classes in
            let reader = UTF8Reader(text: text, classes: classes)
            if range.lowerBound > 0,
                reader.classify(at: reader.start(before: range.lowerBound)).class.contains(.word)
            {
                return true
            }
            return range.upperBound < text.count && reader.classify(at: range.upperBound).class.contains(.word)
        }
    }

    private func spaceStart(_ text: UnsafeBufferPointer<UInt8>, before end: Int) -> Int {
        CodePointClass.table.withUnsafeBufferPointer { classes in
            let reader = UTF8Reader(text: text, classes: classes)
            var start = end
            while start > 0 {
                let previous = reader.start(before: start)
                guard reader.classify(at: previous).class.contains(.space) else { break }
                start = previous
            }
            return start
        }
    }

    private func spaceEnd(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        CodePointClass.table.withUnsafeBufferPointer { classes in
            UTF8Reader(text: text, classes: classes).run(from: start, in: .space)
        }
    }
}
