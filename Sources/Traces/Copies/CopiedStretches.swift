/// Finds stretches of an original text in other texts: 80 % of their words, in order.
///
/// Three words in a row that both texts have say where a stretch may lie; there the longest common subsequence of words is
/// taken over some forty words at a time. Words are compared in lower case, so that changed punctuation hides nothing.
struct CopiedStretches {
    /// Words of a window: about 200 characters.
    private static let window = 36
    private static let share = 0.8

    private let words: [UInt64]
    /// Where three words in a row begin.
    private let places: [UInt64: [Int]]

    init(of texts: [String]) {
        var words: [UInt64] = []
        for text in texts { words += Self.words(text) }
        var places: [UInt64: [Int]] = [:]
        for index in words.indices.dropLast(2) {
            let key = Self.key(words, index)
            // A phrase that is everywhere says nothing about where.
            if places[key]?.count ?? 0 < 32 { places[key, default: []].append(index) }
        }
        self.words = words
        self.places = places
    }

    /// Whether a text repeats a stretch of the original.
    ///
    /// - Parameter asWhole: Whether the text as a whole must be such a repetition, as for replies: that they say some things
    ///   again is what replies are for.
    func repeats(_ text: String, asWhole: Bool) -> Bool {
        let other = Self.words(text)
        guard words.count >= 3, other.count >= 8 else { return false }
        var covered = 0
        var start = 0
        while start < other.count {
            var end = min(start + Self.window, other.count)
            // The last window is a full one where the text is long enough.
            if other.count - end < Self.window / 2 { end = other.count }
            let window = Array(other[start..<end])
            if isCopied(window) {
                if !asWhole, window.count >= Self.window / 2 || window.count == other.count { return true }
                covered += window.count
            }
            start = asWhole ? end : end == other.count ? end : start + Self.window / 4
        }
        return asWhole && Double(covered) >= Self.share * Double(other.count)
    }

    private func isCopied(_ window: [UInt64]) -> Bool {
        guard window.count >= 3 else { return false }
        var candidates: Set<Int> = []
        for index in window.indices.dropLast(2) {
            for place in places[Self.key(window, index)] ?? [] {
                // Neighbouring diagonals are one place.
                candidates.insert((place - index) / 8)
            }
        }
        let needed = Int((Self.share * Double(window.count)).rounded(.up))
        for candidate in candidates {
            let first = max(0, candidate * 8 - window.count / 4)
            let last = min(words.count, candidate * 8 + window.count + window.count / 2 + 8)
            guard first < last else { continue }
            if Self.commonSubsequence(window, words[first..<last]) >= needed { return true }
        }
        return false
    }

    private static func commonSubsequence(_ a: [UInt64], _ b: ArraySlice<UInt64>) -> Int {
        var row = [Int](repeating: 0, count: b.count + 1)
        for word in a {
            var diagonal = 0
            for (index, other) in b.enumerated() {
                let above = row[index + 1]
                row[index + 1] = word == other ? diagonal + 1 : max(above, row[index])
                diagonal = above
            }
        }
        return row[b.count]
    }

    private static func key(_ words: [UInt64], _ index: Int) -> UInt64 {
        TextHash.fold(TextHash.fold(words[index] ^ 0x51) ^ words[index + 1]) ^ words[index + 2]
    }

    /// Hashes of the words of a text: runs of letters and digits in lower case.
    private static func words(_ text: String) -> [UInt64] {
        var words: [UInt64] = []
        var hash: UInt64 = 0
        var length = 0
        for byte in text.utf8 {
            let isLetter = (byte | 0x20) &- 0x61 < 26
            if isLetter || byte &- 0x30 < 10 || byte >= 0x80 {
                hash = (hash ^ UInt64(isLetter ? byte | 0x20 : byte)) &* 0x0000_0100_0000_01B3
                length += 1
            } else if length > 0 {
                words.append(TextHash.fold(hash))
                hash = 0
                length = 0
            }
        }
        if length > 0 { words.append(TextHash.fold(hash)) }
        return words
    }
}
