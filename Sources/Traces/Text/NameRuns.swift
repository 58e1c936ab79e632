import StrictJSON

/// Names of several words that begin like a sentence: titles (`So, We Need To Talk`), firms (`Therefore Inc.`).
enum NameRuns {
    private static let maxWords = 12
    private static let firms: Set<String> = [
        "inc", "ltd", "llc", "llp", "plc", "corp", "co", "gmbh", "ag", "sa", "bv", "company", "corporation", "limited",
        "holdings", "group", "bros", "sons", "partners", "foundation", "institute", "magazine", "records", "studios",
        "technologies", "technology", "systems", "solutions", "labs", "media", "airlines", "bank", "books", "press",
        "university", "school", "hotel", "cafe", "restaurant", "industries", "pvt", "pty", "oy", "ab", "spa", "srl",
        "kg",
        "street", "road", "avenue", "park", "club", "band", "brothers", "associates", "consulting", "software",
    ]
    private static let smallWords: Set<String> = [
        "a", "an", "and", "are", "at", "be", "by", "for", "from", "in", "is", "it", "my", "need", "of", "on", "or",
        "our",
        "that", "the", "this", "to", "we", "with", "you", "your",
    ]
    /// Words that begin an expression of two words, of which the second is written small unless it is a name.
    private static let beginnings: Set<String> = ["in", "as", "on", "by", "at", "of", "for", "all", "after", "to"]

    /// The end of the name that begins with the capitalised word `start..<wordEnd`; nil where none does.
    ///
    /// Capitalised words in a row are a name where one after the first is a firm's ending, or a word that is written small
    /// anywhere but in a title.
    static func end(_ scanner: TextScanner, _ start: Int, _ wordEnd: Int) -> Int? {
        guard scanner.at(start) &- 0x41 < 26 else { return nil }
        var end = wordEnd
        var isName = false
        var words = 1
        while words < maxWords, let next = nextWord(scanner, end) {
            let word = lowercased(scanner, next)
            if firms.contains(word) {
                isName = true
            } else if smallWords.contains(word) {
                isName = true
            } else if words == 1, next.lowerBound == end + 1, beginnings.contains(lowercased(scanner, start..<wordEnd))
            {
                isName = true
            }
            end = next.upperBound
            words += 1
        }
        return isName ? end : nil
    }

    /// The capitalised word behind a blank, or behind a comma and a blank.
    private static func nextWord(_ scanner: TextScanner, _ end: Int) -> Range<Int>? {
        var index = end
        if scanner.at(index) == 0x2C { index += 1 }
        // Thus & Co.
        if scanner.at(index) == 0x20, scanner.at(index + 1) == 0x26, scanner.at(index + 2) == 0x20 { index += 2 }
        guard scanner.at(index) == 0x20, scanner.at(index + 1) &- 0x41 < 26 else { return nil }
        index += 1
        let start = index
        while scanner.at(index).isASCIILetter { index += 1 }
        // In capitals throughout, a sentence is shouted.
        let isWord = index - start > 1 && scanner.at(start + 1) &- 0x61 < 26
        let isFirm = index - start > 1 && firms.contains(lowercased(scanner, start..<index))
        return isWord || isFirm ? start..<index : nil
    }

    private static func lowercased(_ scanner: TextScanner, _ range: Range<Int>) -> String {
        String(decoding: scanner.bytes[range].map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
