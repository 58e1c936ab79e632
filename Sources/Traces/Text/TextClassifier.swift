import StrictJSON

/// What kind of text some reasoning is.
public enum TextClass: String, Hashable, Sendable, CaseIterable {
    /// English sentences: what the lexical rewriter can work on.
    case englishProse
    /// Sentences of another language.
    case nonEnglish
    /// Program text.
    case code
    /// Equations without words.
    case formula
    /// Nothing.
    case empty
}

/// Tells English prose from what must pass through unchanged.
public enum TextClassifier {
    private struct Counts {
        var words = 0
        /// Words of the English list only.
        var english = 0
        /// Words of the English list that other lists have too.
        var shared = 0
        var foreign = 0
        var latinLetters = 0
        var accentedLetters = 0
        var foreignLetters = 0
        var codeBytes = 0
        var otherBytes = 0
        var proseBytes = 0
    }

    /// Classifies the reasoning of a text by its words outside protected spans: the share of function words, of
    /// letters outside the Latin alphabet, and of program text.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - reasoning: The UTF-8 ranges of its reasoning.
    ///   - protected: The spans of ``ProtectedSpans`` within them.
    public static func classify(_ text: String, reasoning: [Range<Int>], protected: [Range<Int>]) -> TextClass {
        var text = text
        return text.withUTF8 { bytes in
            var counts = Counts()
            var next = 0
            for range in reasoning {
                let range = range.clamped(to: 0..<bytes.count)
                var cursor = range.lowerBound
                while next < protected.count, protected[next].upperBound <= cursor { next += 1 }
                while next < protected.count, protected[next].lowerBound < range.upperBound {
                    let span = protected[next].clamped(to: range)
                    if cursor < span.lowerBound { count(bytes, cursor..<span.lowerBound, &counts) }
                    countProtected(bytes, span, &counts)
                    cursor = max(cursor, span.upperBound)
                    if protected[next].upperBound > range.upperBound { break }
                    next += 1
                }
                if cursor < range.upperBound { count(bytes, cursor..<range.upperBound, &counts) }
            }
            return decide(counts)
        }
    }

    private static func decide(_ counts: Counts) -> TextClass {
        let letters = counts.latinLetters + counts.accentedLetters + counts.foreignLetters
        if counts.codeBytes > 0, counts.codeBytes >= counts.proseBytes { return .code }
        if counts.words == 0, counts.foreignLetters == 0 {
            return counts.otherBytes + counts.codeBytes > 0 ? .formula : .empty
        }
        if counts.foreignLetters * 5 > letters { return .nonEnglish }
        // One such word may be a name (Al, Del).
        let isMarked = counts.foreign >= 3 || counts.foreign == 2 && counts.words <= 6
        if isMarked, counts.foreign > counts.english { return .nonEnglish }
        if counts.accentedLetters * 25 > letters, counts.english * 4 < counts.words { return .nonEnglish }
        // Longer text without the words that every English text has.
        if counts.words >= 24, (counts.english + counts.shared) * 16 < counts.words { return .nonEnglish }
        return .englishProse
    }

    /// Code is told from other protected text by its shape.
    private static func countProtected(_ bytes: UnsafeBufferPointer<UInt8>, _ span: Range<Int>, _ counts: inout Counts)
    {
        guard !span.isEmpty else { return }
        let atLineStart = span.lowerBound == 0 || bytes[span.lowerBound - 1] == 0x0A
        if atLineStart || bytes[span.lowerBound] == 0x60,
            CodeLines.end(of: TextScanner(bytes, range: span), from: span.lowerBound) != nil
        {
            counts.codeBytes += span.count
        } else {
            counts.otherBytes += span.count
        }
    }

    private static func count(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ counts: inout Counts) {
        let functionWords = FunctionWords.shared
        var index = range.lowerBound
        while index < range.upperBound {
            let start = index
            var key: UInt64 = 0
            var length = 0
            while index < range.upperBound {
                let byte = bytes[index]
                if byte.isASCIILetter {
                    key = key << 8 | UInt64(byte | 0x20)
                } else if byte >= 0x80 {
                    if byte == 0xE2 { break }
                    key = key << 8 | UInt64(byte)
                    countNonASCII(byte, &counts)
                } else {
                    break
                }
                length += 1
                index += 1
            }
            if length == 0 {
                if bytes[index] > 0x20 { counts.otherBytes += 1 }
                index += 1
                continue
            }
            counts.proseBytes += length + 1
            counts.latinLetters += length
            guard length > 1 || start == index - 1 && bytes[start] | 0x20 == 0x61 else { continue }
            counts.words += length > 1 ? 1 : 0
            guard length <= 8 else { continue }
            let languages = functionWords.languages(key)
            if languages == .english { counts.english += 1 }
            if languages == .other { counts.foreign += 1 }
            if languages == [.english, .other] { counts.shared += 1 }
        }
    }

    /// Lead bytes tell the script: Latin with accents to U+024F, Greek and Cyrillic from 0xCD, CJK and others above.
    @inline(__always)
    private static func countNonASCII(_ byte: UInt8, _ counts: inout Counts) {
        switch byte {
        case 0xC3...0xC9: counts.accentedLetters += 1
        case 0xCD...0xDF: counts.foreignLetters += 2
        case 0xE0, 0xE1, 0xE3...0xED: counts.foreignLetters += 3
        default: break
        }
    }
}
