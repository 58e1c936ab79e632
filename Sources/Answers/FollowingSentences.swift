import StrictJSON

/// Counts what stands behind a marked answer.
enum FollowingSentences {
    /// The most sentences behind an answer that is still the final one: a check, a remark, a farewell.
    private static let few = 4
    /// Words that make a sentence of a line or of the text up to a full stop.
    private static let wordsOfSentence = 3

    /// Whether more than a few sentences follow. The rest of the sentence in which the answer stands does not count, nor do
    /// drawings and code.
    static func areMany(in bytes: Bytes, from start: Int) -> Bool {
        var index = start
        var words = 0
        var sentences = -1
        var isInWord = false
        // A mark that was looked for once, and is not there, is not looked for again.
        var isMissing = (drawing: false, picture: false, fence: false)
        func ends() -> Bool {
            // The first stop ends the answer's own sentence, whatever its length.
            if sentences < 0 || words >= wordsOfSentence { sentences += 1 }
            words = 0
            return sentences > few
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte.isASCIILetter || byte >= 0x80 {
                if !isInWord, index + 1 < bytes.count, bytes[index + 1].isASCIILetter || bytes[index + 1] >= 0x80 {
                    words += 1
                }
                isInWord = true
                if let length = wideStop(in: bytes, at: index) {
                    words += 2
                    isInWord = false
                    if ends() { return true }
                    index += length
                    continue
                }
                index += 1
                continue
            }
            isInWord = false
            switch byte {
            case UInt8(ascii: "\\") where !isMissing.picture && bytes.matches("begin{asy}", at: index + 1):
                isMissing.picture = skip(to: "end{asy}", in: bytes, &index)
                continue
            case UInt8(ascii: "\\"):
                // A command is no word.
                index += 1
                while index < bytes.count, bytes[index].isASCIILetter { index += 1 }
                continue
            case UInt8(ascii: "[") where !isMissing.drawing && bytes.matches("asy]", at: index + 1):
                isMissing.drawing = skip(to: "[/asy]", in: bytes, &index)
                continue
            case UInt8(ascii: "`") where !isMissing.fence && bytes.matches("```", at: index):
                index += 2
                isMissing.fence = skip(to: "```", in: bytes, &index)
                continue
            case 0x0A:
                if ends() { return true }
            case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"):
                let next = index + 1 < bytes.count ? bytes[index + 1] : 0x0A
                if next.isASCIISpace || "\"'*$)<".utf8.contains(next), ends() { return true }
            default: break
            }
            index += 1
        }
        return ends()
    }

    /// Goes on behind `mark`, or one byte further. Returns whether the mark is missing.
    private static func skip(to mark: StaticString, in bytes: Bytes, _ index: inout Int) -> Bool {
        index += 1
        var end = index
        while end < bytes.count {
            if bytes.matches(mark, at: end) {
                index = end + mark.utf8CodeUnitCount
                return false
            }
            end += 1
        }
        return true
    }

    /// The length of a full stop, exclamation mark or question mark of Chinese and Japanese.
    private static func wideStop(in bytes: Bytes, at index: Int) -> Int? {
        guard index + 2 < bytes.count else { return nil }
        switch (bytes[index], bytes[index + 1], bytes[index + 2]) {
        case (0xE3, 0x80, 0x82), (0xEF, 0xBC, 0x81), (0xEF, 0xBC, 0x9F): return 3
        default: return nil
        }
    }
}
