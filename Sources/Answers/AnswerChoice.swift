import StrictJSON

/// Letters of multiple-choice questions.
enum AnswerChoice {
    /// A to J: as many choices as public sets have.
    static func isLetter(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "A") < 10 }

    /// One letter as an answer: "B", "(b)", "B.", "option c", and what follows it, as in "(B) 5 km".
    ///
    /// A small letter of its own is a variable or a constant, not a choice.
    static func one(_ text: ArraySlice<UInt8>) -> (letter: UInt8, content: ArraySlice<UInt8>)? {
        var rest = text
        var isNamed = false
        for name in ["option", "choice"] {
            guard rest.count > 6, zip(rest, name.utf8).allSatisfy({ $0.asciiLowercased == $1 }) else { continue }
            guard !rest.dropFirst(6).first!.isAlphanumeric else { continue }
            rest = rest.dropFirst(6).drop { $0 == 0x20 || $0 == UInt8(ascii: ":") }
            isNamed = true
        }
        let isBracketed = rest.first == UInt8(ascii: "(")
        if isBracketed { rest = rest.dropFirst() }
        guard let first = rest.popFirst() else { return nil }
        let letter = first & 0xDF
        guard first.isASCIILetter, isLetter(letter) else { return nil }
        if isBracketed {
            guard rest.popFirst() == UInt8(ascii: ")") else { return nil }
        } else {
            if let mark = rest.first {
                guard mark == UInt8(ascii: ".") || mark == UInt8(ascii: ")") || mark == UInt8(ascii: ":"),
                    rest.count == 1 || rest.dropFirst().first == 0x20
                else { return nil }
                rest = rest.dropFirst()
                guard first == letter || isNamed || mark == UInt8(ascii: ")") else { return nil }
            } else {
                guard first == letter || isNamed else { return nil }
            }
        }
        let content = rest.drop { $0 == 0x20 }
        return content.isEmpty || isContent(content) ? (letter, content) : nil
    }

    /// Whether what follows a letter can be the text of that choice: not an operator, a word that goes on with a
    /// sentence, or another choice.
    private static func isContent(_ text: ArraySlice<UInt8>) -> Bool {
        guard let first = text.first else { return false }
        let isSign = first == UInt8(ascii: "-") && text.dropFirst().first?.isASCIIDigit == true
        guard first.isAlphanumeric || first >= 0x80 || isSign || "\\$\"".utf8.contains(first) else { return false }
        let word = String(decoding: text.prefix { $0.isASCIILetter || $0 == UInt8(ascii: "'") }, as: UTF8.self)
        guard !sentenceWords.contains(word.lowercased()) else { return false }
        return !holdsMark(text)
    }

    private static let sentenceWords: Set<String> = [
        "and", "or", "not", "is", "isn't", "nor", "but", "than", "if", "only", "both", "plus", "minus", "because",
        "since",
        "was", "are", "with", "then", "to", "in", "of",
    ]

    /// "(C)", "C.", "C)" or "C:" within a text, or the single letter that is all of it.
    private static func holdsMark(_ text: ArraySlice<UInt8>) -> Bool {
        for index in text.indices where text[index].isASCIILetter {
            if index > text.startIndex, text[index - 1].isAlphanumeric { continue }
            let next = index + 1 < text.endIndex ? text[index + 1] : 0
            guard isLetter(text[index] & 0xDF), next == 0 || ".):".utf8.contains(next) else { continue }
            if next == 0, index > text.startIndex { continue }
            return true
        }
        return false
    }

    /// Several letters: "(A), (C)", "(A) (C)", "A and C". Sorted, without repetition; nil for anything else.
    static func several(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count <= 64 else { return nil }
        var rest = text
        var letters: Set<UInt8> = []
        var count = 0
        var mayFollow = true
        while let first = rest.first {
            switch first {
            case 0x20:
                rest = rest.dropFirst()
            case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "/"):
                guard count > 0 else { return nil }
                rest = rest.dropFirst()
                mayFollow = true
            case UInt8(ascii: "a") where rest.starts(with: "and ".utf8):
                guard count > 0 else { return nil }
                rest = rest.dropFirst(3)
                mayFollow = true
            case UInt8(ascii: "("):
                guard rest.count > 2, isLetter(rest[rest.startIndex + 1] & 0xDF),
                    rest[rest.startIndex + 1].isASCIILetter, rest[rest.startIndex + 2] == UInt8(ascii: ")")
                else { return nil }
                letters.insert(rest[rest.startIndex + 1] & 0xDF)
                count += 1
                mayFollow = true
                rest = rest.dropFirst(3)
            default:
                guard isLetter(first), mayFollow else { return nil }
                letters.insert(first)
                count += 1
                mayFollow = false
                rest = rest.dropFirst()
            }
        }
        return count > 1 ? letters.sorted() : nil
    }
}
