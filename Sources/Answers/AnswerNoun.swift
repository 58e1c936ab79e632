import StrictJSON

/// The word "answer" of several languages, with the words before it that belong to the phrase.
struct AnswerNoun {
    enum Language {
        case english
        /// Languages that write their verb and spaces as English does: German, Spanish, Portuguese, Italian, French, Russian.
        case european
        case asian
    }

    var language: Language
    /// Where the phrase begins, with its article.
    var phraseStart: Int
    /// Behind the noun.
    var end: Int
    var isFinal = false
    var hasArticle = false
    /// Whether only hashes, emphasis or nothing stand before the phrase on its line.
    var beginsLine = false

    /// The noun that has its telling letter at `index`: the w of "answer" and "Antwort", the p of "respuesta".
    static func find(in bytes: Bytes, at index: Int, within range: Range<Int>) -> AnswerNoun? {
        switch bytes[index] {
        case UInt8(ascii: "w"), UInt8(ascii: "W"):
            let start = index - 3
            if word("answer", in: bytes, at: start, within: range) {
                return isDenied(in: bytes, before: start, within: range)
                    ? nil : english(in: bytes, at: start, within: range)
            }
            if word("antwort", in: bytes, at: start, within: range) { return european(start, 7) }
        case UInt8(ascii: "p"), UInt8(ascii: "P"):
            let start = index - 3
            for (name, length) in [("respuesta" as StaticString, 9), ("risposta", 8), ("resposta", 8), ("réponse", 8)]
            where word(name, in: bytes, at: start, within: range) { return european(start, length) }
        case 0xD0:
            for name in ["Ответ" as StaticString, "ответ"]
            where index + 10 <= range.upperBound && bytes.matches(name, at: index) { return european(index, 10) }
        case 0xE7:
            if matches("答案", in: bytes, at: index, range) { return asian(index, 6) }
            if matches("答え", in: bytes, at: index, range) { return asian(index, 6) }
            if matches("答：", in: bytes, at: index, range) { return asian(index, 3) }
        case 0xE6:
            if matches("故选", in: bytes, at: index, range) { return asian(index, 6) }
        case 0xEC:
            if matches("정답", in: bytes, at: index, range) { return asian(index, 6) }
        default: break
        }
        return nil
    }

    /// "No answer was given".
    private static func isDenied(in bytes: Bytes, before start: Int, within range: Range<Int>) -> Bool {
        for word in ["no " as StaticString, "any ", "each ", "every ", "an ", "another "]
        where start - word.utf8CodeUnitCount >= range.lowerBound && bytes.matches(word, before: start) {
            let before = start - word.utf8CodeUnitCount
            return before == range.lowerBound || !bytes[before - 1].isAlphanumeric
        }
        return false
    }

    private static func matches(_ text: StaticString, in bytes: Bytes, at index: Int, _ range: Range<Int>) -> Bool {
        index + text.utf8CodeUnitCount <= range.upperBound && bytes.matches(text, at: index)
    }

    private static func word(_ name: StaticString, in bytes: Bytes, at start: Int, within range: Range<Int>) -> Bool {
        guard start >= range.lowerBound, matches(name, in: bytes, at: start, range) else { return false }
        return start == range.lowerBound || !bytes[start - 1].isAlphanumeric
    }

    private static func european(_ start: Int, _ length: Int) -> AnswerNoun {
        AnswerNoun(language: .european, phraseStart: start, end: start + length)
    }

    private static func asian(_ start: Int, _ length: Int) -> AnswerNoun {
        AnswerNoun(language: .asian, phraseStart: start, end: start + length)
    }

    private static func english(in bytes: Bytes, at start: Int, within range: Range<Int>) -> AnswerNoun {
        var noun = AnswerNoun(language: .english, phraseStart: start, end: start + 6)
        func take(_ name: StaticString) -> Bool {
            let candidate = noun.phraseStart - name.utf8CodeUnitCount
            guard candidate >= range.lowerBound, bytes.matches(name, at: candidate) else { return false }
            guard candidate == range.lowerBound || !bytes[candidate - 1].isAlphanumeric else { return false }
            noun.phraseStart = candidate
            return true
        }
        if take("final ") { noun.isFinal = true }
        _ = take("correct ") || take("right ")
        noun.hasArticle = take("the ") || take("my ") || take("our ")
        var before = noun.phraseStart
        while before > range.lowerBound, bytes[before - 1] == 0x20 || "#*_".utf8.contains(bytes[before - 1]) {
            before -= 1
        }
        noun.beginsLine = before == range.lowerBound || bytes[before - 1] == 0x0A
        return noun
    }
}

/// What joins the noun and the answer: "is", "would be", a colon, an equals sign, the end of a heading.
struct AnnouncingVerb {
    /// Where the content begins.
    var end: Int
    /// A colon without "final" before it, which stands before many other things too.
    var isBareLabel = false
    /// "is not 5", without another value.
    var isDenial = false

    static func find(in bytes: Bytes, after noun: AnswerNoun, within range: Range<Int>) -> AnnouncingVerb? {
        var reader = Reader(bytes: bytes, index: noun.end, limit: range.upperBound)
        switch noun.language {
        case .english: return english(&reader, noun)
        case .european: return european(&reader)
        case .asian: return asian(&reader)
        }
    }

    private struct Reader {
        let bytes: Bytes
        var index: Int
        let limit: Int

        var byte: UInt8 { index < limit ? bytes[index] : 0x0A }

        mutating func skipInline() {
            while index < limit, bytes[index] == 0x20 || "*_".utf8.contains(bytes[index]) { index += 1 }
        }

        /// Takes a whole word, in any case.
        mutating func take(_ word: StaticString) -> Bool {
            let end = index + word.utf8CodeUnitCount
            guard end <= limit, bytes.matches(word, at: index) else { return false }
            guard end == limit || !(bytes[end].isAlphanumeric || bytes[end] == UInt8(ascii: "'")) else { return false }
            index = end
            return true
        }

        /// Takes a sign that needs no end.
        mutating func takeSign(_ sign: StaticString) -> Bool {
            let end = index + sign.utf8CodeUnitCount
            guard end <= limit, bytes.matches(sign, at: index) else { return false }
            index = end
            return true
        }

        mutating func takeColon() -> Bool { takeSign(":") || takeSign("：") }
    }

    // MARK: English

    private static func english(_ reader: inout Reader, _ noun: AnswerNoun) -> AnnouncingVerb? {
        reader.skipInline()
        for word in ["choice" as StaticString, "option", "letter"] where reader.take(word) { reader.skipInline() }
        if reader.byte == UInt8(ascii: ",") {
            // "The answer, then, is".
            var close = reader.index + 1
            while close < min(reader.limit, reader.index + 16), reader.bytes[close] != UInt8(ascii: ",") { close += 1 }
            guard close < reader.limit, reader.bytes[close] == UInt8(ascii: ",") else { return nil }
            reader.index = close + 1
            reader.skipInline()
        }
        if noun.hasArticle {
            for word in ["to " as StaticString, "for ", "of ", "in "] where reader.bytes.matches(word, at: reader.index)
            {
                guard let verb = verbOfSentence(reader) else { return nil }
                reader.index = verb
                break
            }
        }
        if reader.takeColon() || reader.takeSign("=") || reader.takeSign("→") || reader.takeSign("->") {
            return AnnouncingVerb(end: reader.index, isBareLabel: !noun.isFinal)
        }
        if let verb = verb(&reader) { return verb }
        // A heading, with the answer on a line below.
        let isHeading = noun.isFinal || noun.beginsLine
        return isHeading && (reader.byte == 0x0A || reader.byte == 0x0D) && reader.index < reader.limit
            ? AnnouncingVerb(end: reader.index, isBareLabel: !noun.isFinal) : nil
    }

    private static let particles: [StaticString] = [
        "therefore", "thus", "then", "hence", "simply", "just", "indeed", "now", "also", "actually", "clearly",
        "exactly",
    ]

    private static func verb(_ reader: inout Reader) -> AnnouncingVerb? {
        skipParticles(&reader)
        for denial in ["isn't" as StaticString, "isn’t", "wasn't", "cannot", "can't", "is not"]
        where reader.take(denial) { return denied(reader) }
        var isVerb = false
        let modals: [StaticString] = ["would", "should", "must", "will", "has to", "might", "may", "could"]
        if modals.contains(where: { reader.take($0) }) {
            reader.skipInline()
            if reader.take("not") { return denied(reader) }
            isVerb = reader.take("be") || reader.take("then be") || reader.take("therefore be")
        } else {
            for verb in [
                "is" as StaticString, "was", "equals", "comes out to", "comes to", "turns out to be", "becomes",
            ]
            where reader.take(verb) {
                isVerb = true
                break
            }
        }
        guard isVerb else { return nil }
        reader.skipInline()
        skipParticles(&reader)
        if reader.take("not") { return denied(reader) }
        _ = reader.takeColon()
        return AnnouncingVerb(end: reader.index)
    }

    private static func skipParticles(_ reader: inout Reader) {
        for _ in 0..<2 {
            for particle in particles where reader.take(particle) {
                if reader.byte == UInt8(ascii: ",") { reader.index += 1 }
                reader.skipInline()
            }
        }
    }

    /// "not 5 but 6" announces 6; "not 5" announces nothing.
    ///
    /// "The answer is not obvious" denies no value.
    private static func denied(_ reader: Reader) -> AnnouncingVerb? {
        var index = reader.index
        let limit = min(reader.limit, index + 96)
        var hasValue = false
        while index < limit, reader.bytes[index] != 0x0A {
            let byte = reader.bytes[index]
            if reader.bytes.matches(" but ", at: index) {
                return hasValue ? AnnouncingVerb(end: index + 5) : nil
            }
            let next = index + 1 < limit ? reader.bytes[index + 1] : 0x0A
            if byte == UInt8(ascii: "."), next.isASCIISpace { break }
            if byte.isASCIIDigit || byte == UInt8(ascii: "\\") { hasValue = true }
            index += 1
        }
        return hasValue ? AnnouncingVerb(end: index, isDenial: true) : nil
    }

    /// Where the verb or colon stands in "the answer to this question is", within the sentence.
    private static func verbOfSentence(_ reader: Reader) -> Int? {
        var index = reader.index
        let limit = min(reader.limit, index + 96)
        let bytes = reader.bytes
        while index < limit {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "?") { return nil }
            if byte == UInt8(ascii: ":") { return index }
            if byte == 0x20 {
                for verb in [
                    " is " as StaticString, " is:", " is\n", " was ", " would ", " should ", " must ", " isn't ",
                ]
                where bytes.matches(verb, at: index) { return index + 1 }
            }
            index += 1
        }
        return nil
    }

    // MARK: Other languages

    private static let europeanVerbs: [StaticString] = [
        "ist", "lautet", "beträgt", "es", "sería", "est", "è", "é", "será", "sarà", "serait", "равен", "это",
    ]

    private static func european(_ reader: inout Reader) -> AnnouncingVerb? {
        reader.skipInline()
        if !reader.takeColon(), !takesEuropeanVerb(&reader) {
            // An adjective: "La respuesta correcta es".
            let limit = min(reader.limit, reader.index + 24)
            while reader.index < limit, reader.byte != 0x20, reader.byte != UInt8(ascii: ":"), reader.byte != 0x0A {
                reader.index += 1
            }
            reader.skipInline()
            guard reader.takeColon() || takesEuropeanVerb(&reader) else { return nil }
        }
        reader.skipInline()
        _ = reader.takeColon()
        return AnnouncingVerb(end: reader.index)
    }

    private static func takesEuropeanVerb(_ reader: inout Reader) -> Bool {
        if reader.takeSign("—") || reader.takeSign("–") {
            reader.skipInline()
            _ = reader.take("это")
            return true
        }
        return europeanVerbs.contains { reader.take($0) }
    }

    private static func asian(_ reader: inout Reader) -> AnnouncingVerb? {
        let signs: [StaticString] = [
            "应该", "应", "就", "是", "为", "為", "选", "選", "は", "은", "는", "：", ":", "=", "＝",
        ]
        var isVerb = reader.bytes.matches("故选", at: reader.index - 6)
        reader.skipInline()
        while let sign = signs.first(where: { reader.bytes.matches($0, at: reader.index) }) {
            guard reader.takeSign(sign) else { break }
            isVerb = true
            reader.skipInline()
        }
        return isVerb ? AnnouncingVerb(end: reader.index) : nil
    }
}
