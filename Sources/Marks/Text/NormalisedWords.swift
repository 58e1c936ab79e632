/// The words that every text channel counts, hashes and compares.
///
/// A word is a maximal run of letters, digits and apostrophes. ASCII letters are lowercased; everything beyond ASCII is
/// kept byte for byte and counts as a letter, except punctuation and symbols (U+0080–U+00BF, ×, ÷, U+2000–U+2BFF,
/// U+3000–U+303F and U+1F000–U+1FFFF), which separate words. The typographic apostrophe U+2019 belongs to its word.
package enum NormalisedWords {
    /// What one byte can be; the values are dense so that a 256-entry table is one cache-friendly block.
    package enum ByteClass: UInt8 {
        case separator = 0
        case word = 1
        case upper = 2
        /// A lead byte whose followers decide (C2, C3, E2, E3, F0).
        case lead = 3
    }

    /// The class of every byte value.
    package static let byteClasses: [UInt8] = (0..<256).map { byte in
        switch UInt8(byte) {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "'"):
            ByteClass.word.rawValue
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): ByteClass.upper.rawValue
        case 0xC2, 0xC3, 0xE2, 0xE3, 0xF0: ByteClass.lead.rawValue
        case 0x80...: ByteClass.word.rawValue
        default: ByteClass.separator.rawValue
        }
    }

    /// Whether the multi-byte character that starts at `index` with one of the `lead` bytes belongs to a word, and how
    /// many bytes to step over. Truncated sequences count as one separator byte.
    @inline(never)
    package static func character(
        at index: Int, end: Int, in bytes: UnsafePointer<UInt8>
    ) -> (isWord: Bool, length: Int) {
        let lead = bytes[index]
        switch lead {
        case 0xC2:
            return (false, min(2, end - index))
        case 0xC3:
            guard index + 1 < end else { return (false, 1) }
            return (bytes[index + 1] != 0x97 && bytes[index + 1] != 0xB7, 2)
        case 0xE2, 0xE3:
            guard index + 2 < end else { return (false, end - index) }
            let second = bytes[index + 1]
            if lead == 0xE3 { return (second != 0x80, 3) }
            return (second > 0xAF || (second == 0x80 && bytes[index + 2] == 0x99), 3)
        default:
            guard index + 3 < end else { return (false, end - index) }
            return (bytes[index + 1] != 0x9F, 4)
        }
    }

    /// Finds the next word at or after `index`.
    ///
    /// - Returns: The word's byte range, or nil when only separators remain before `end`.
    package static func next(
        from index: Int, end: Int, in bytes: UnsafePointer<UInt8>, classes: UnsafePointer<UInt8>
    ) -> Range<Int>? {
        var start = index
        while start < end {
            let kind = classes[Int(bytes[start])]
            if kind == ByteClass.separator.rawValue {
                start += 1
            } else if kind == ByteClass.lead.rawValue {
                let (isWord, length) = character(at: start, end: end, in: bytes)
                if isWord { break }
                start += length
            } else {
                break
            }
        }
        guard start < end else { return nil }
        return start..<wordEnd(from: start, end: end, in: bytes, classes: classes)
    }

    /// The end of the word that starts at `start`.
    package static func wordEnd(
        from start: Int, end: Int, in bytes: UnsafePointer<UInt8>, classes: UnsafePointer<UInt8>
    ) -> Int {
        var index = start
        while index < end {
            let kind = classes[Int(bytes[index])]
            if kind == ByteClass.separator.rawValue { break }
            if kind == ByteClass.lead.rawValue {
                let (isWord, length) = character(at: index, end: end, in: bytes)
                if !isWord { break }
                index += length
            } else {
                index += 1
            }
        }
        return index
    }

    /// ASCII lowercase of one byte; every other byte as it is.
    @inline(__always)
    package static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }

    /// Appends the normalised bytes of the word at `range` to `buffer`.
    @inline(__always)
    package static func append(
        _ range: Range<Int>, of bytes: UnsafePointer<UInt8>, to buffer: inout [UInt8]
    ) {
        for index in range { buffer.append(lowercased(bytes[index])) }
    }

    /// The normalised words of a text, for set-up and tests; the scanners never build these arrays.
    package static func words(of text: String) -> [String] {
        var text = text
        return text.withUTF8 { buffer in
            byteClasses.withUnsafeBufferPointer { classes in
                guard let base = buffer.baseAddress, let table = classes.baseAddress else { return [] }
                var found: [String] = []
                var index = 0
                while let range = next(from: index, end: buffer.count, in: base, classes: table) {
                    found.append(String(decoding: range.map { lowercased(base[$0]) }, as: UTF8.self))
                    index = range.upperBound
                }
                return found
            }
        }
    }
}
