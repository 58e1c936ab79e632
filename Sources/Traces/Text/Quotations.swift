import StrictJSON

/// Where quotations end: what somebody else said stays as it was said.
enum Quotations {
    /// How far a quotation is followed, in bytes.
    private static let maxBytes = 600

    /// The end of a line that is quoted by `>` at its beginning.
    static func blockEnd(_ scanner: TextScanner, from start: Int) -> Int? {
        var index = start
        while index - start < 4, scanner.at(index) == 0x20 { index += 1 }
        guard scanner.at(index) == 0x3E, index - start < 4 else { return nil }
        let next = scanner.at(index + 1)
        guard next == 0x20 || next.isASCIILetter || next == 0x3E || next >= 0x80 else { return nil }
        // A comparison that a line break cut in two is none.
        var word = index + 1
        while scanner.at(word) == 0x20 || scanner.at(word) == 0x3E { word += 1 }
        guard
            scanner.at(word).isASCIILetter || scanner.at(word) >= 0x80 || scanner.at(word) == 0x22
                || scanner.at(word) == 0x2A || scanner.at(word) == 0x2D
        else { return nil }
        while index < scanner.end, scanner.bytes[index] != 0x0A { index += 1 }
        return index
    }

    /// The end of the quotation whose mark stands at `start`; nil where none is closed in the same paragraph.
    static func end(_ scanner: TextScanner, _ start: Int) -> Int? {
        switch scanner.at(start) {
        case 0x22: straightEnd(scanner, start, quote: 0x22)
        case 0x27: straightEnd(scanner, start, quote: 0x27)
        case 0xE2 where scanner.at(start + 1) == 0x80:
            switch scanner.at(start + 2) {
            case 0x9C, 0x9E: pairEnd(scanner, start, close: [[0xE2, 0x80, 0x9D], [0xE2, 0x80, 0x9C]])
            case 0x98: singleEnd(scanner, start)
            default: nil
            }
        case 0xC2 where scanner.at(start + 1) == 0xAB: pairEnd(scanner, start, close: [[0xC2, 0xBB]])
        case 0xE3 where scanner.at(start + 1) == 0x80 && scanner.at(start + 2) == 0x8C:
            pairEnd(scanner, start, close: [[0xE3, 0x80, 0x8D]])
        default: nil
        }
    }

    private static func limit(_ scanner: TextScanner, _ start: Int) -> Int { min(scanner.end, start + maxBytes) }

    private static func endsParagraph(_ scanner: TextScanner, _ index: Int) -> Bool {
        scanner.bytes[index] == 0x0A && (index + 1 >= scanner.end || scanner.bytes[index + 1] == 0x0A)
    }

    /// `"…"` and `'…'`: an opening mark stands before a word and behind no word, a closing one the other way round.
    private static func straightEnd(_ scanner: TextScanner, _ start: Int, quote: UInt8) -> Int? {
        if start > 0, ByteClass.isWord(scanner.bytes[start - 1]) || scanner.bytes[start - 1].isASCIIDigit { return nil }
        guard scanner.at(start + 1) > 0x20, scanner.at(start + 1) != quote else { return nil }
        var index = start + 1
        var hasBlank = false
        let limit = limit(scanner, start)
        while index < limit {
            let byte = scanner.bytes[index]
            if endsParagraph(scanner, index) || quote == 0x27 && byte == 0x0A { return nil }
            if byte == quote, scanner.bytes[index - 1] > 0x20, !ByteClass.isWord(scanner.at(index + 1)) {
                // One word may be an apostrophe's; what a quoted word is, others decide.
                return hasBlank || quote == 0x22 ? index + 1 : nil
            }
            hasBlank = hasBlank || byte == 0x20
            index += 1
        }
        return nil
    }

    private static func pairEnd(_ scanner: TextScanner, _ start: Int, close: [[UInt8]]) -> Int? {
        var index = start + 2
        let limit = limit(scanner, start)
        while index < limit {
            if endsParagraph(scanner, index) { return nil }
            for mark in close where mark.indices.allSatisfy({ scanner.at(index + $0) == mark[$0] }) {
                return index + mark.count
            }
            index += 1
        }
        return nil
    }

    /// `‘…’`: its end is an apostrophe's twin, which a letter follows.
    private static func singleEnd(_ scanner: TextScanner, _ start: Int) -> Int? {
        var index = start + 3
        let limit = limit(scanner, start)
        while index < limit {
            if scanner.bytes[index] == 0x0A { return nil }
            if scanner.bytes[index] == 0xE2, scanner.at(index + 1) == 0x80, scanner.at(index + 2) == 0x99,
                !ByteClass.isLetter(scanner.at(index + 3))
            {
                return index + 3
            }
            index += 1
        }
        return nil
    }
}
