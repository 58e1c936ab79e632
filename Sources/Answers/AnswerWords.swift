import StrictJSON

/// English words around a number: those that scale it, those that are counted, and those that change what is said.
enum AnswerWords {
    /// Words after a number that scale it.
    static let multipliers: [String: Int64] = [
        "hundred": 100, "hundreds": 100, "thousand": 1000, "thousands": 1000, "million": 1_000_000,
        "millions": 1_000_000,
        "billion": 1_000_000_000, "billions": 1_000_000_000, "trillion": 1_000_000_000_000,
        "trillions": 1_000_000_000_000,
        "lakh": 100_000, "lakhs": 100_000, "crore": 10_000_000, "crores": 10_000_000, "dozen": 12, "dozens": 12,
    ]

    /// What may follow a unit without changing the value.
    static let adjuncts: Set<String> = [
        "long", "wide", "tall", "high", "old", "away", "apart", "deep", "thick",
    ]

    /// What may follow a number, with a unit or without one.
    static let summaries: Set<String> = [
        "left", "total", "altogether", "remaining", "each", "overall", "combined", "together",
    ]

    /// Words that change the value of the number before them in a way that is not modelled; functions, constants and
    /// numbers.
    private static let refused: Set<String> = Set(
        """
        and or nor more less fewer than half halves third thirds quarter quarters fourth fourths fifth fifths sixth sixths
        seventh sevenths eighth eighths ninth ninths tenth tenths hundredth hundredths thousandth thousandths squared cubed
        factorial to from over plus minus times by remainder negative positive score scores gross pi sqrt ln log sin cos tan
        mod modulo not per choose out at above below up down between except base power powers root roots cot sec csc det dim
        arg gcd lcm exp lim max sup inf rank tr sinh cosh tanh arcsin arccos arctan sine cosine tangent degree is are was has
        have does equals equal exceeds divides leaves gives makes gets remains double triple twice thrice extra additional
        another further short late later early earlier ago behind loss losses debt deficit off lower higher cheaper less
        versus always perhaps this series ones twos threes fours fives tens zero one two three four five six seven eight
        nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty
        seventy eighty ninety myriad myriads mod percent percents alpha beta gamma delta theta lambda sigma omega pairs
        couples approximately about around nearly almost
        """.split { $0 == " " || $0 == "\n" }.map(String.init))

    /// Nouns in the singular, and plurals without an s, that may be counted.
    private static let nouns: Set<String> = Set(
        """
        people person persons child children man men woman women tooth teeth mouse mice goose geese sheep fish deer cattle
        dice die data apple orange egg clip marble ball book pen pencil toy cookie card coin stamp student teacher player
        boy girl dog cat bird cow chicken horse tree flower box bag cup plate bottle can car truck bus ticket page word
        letter cake pizza pie slice piece sandwich candy balloon sticker muffin donut banana cherry peach pear grape shirt
        shoe sock hat dress coat room house door window chair table desk bed lamp game point goal run win vote seat row
        column step lap mile trip ride day night meal lunch dinner question problem answer way solution number digit side
        edge face vertex vertices angle circle square triangle cube line segment unit term factor divisor prime integer set
        subset element member friend guest worker employee customer client patient doctor nurse gift present prize medal
        bead bracelet necklace ring quilt blanket scarf bucket basket jar tank pot pan bowl spoon fork knife knives leaf
        leaves loaf loaves shelf shelves wolf wolves calf calves bonus glass glasses class classes bus photo video
        song movie show episode lesson exam test quiz chapter paragraph sentence inch yard sheet ream stack pack packet
        package crate carton barrel can tin tube roll string wire nail screw board brick tile stone rock shell fruit
        vegetable tomato potato carrot onion pumpkin melon hen rooster duck pig goat rabbit frog turtle snake bee ant spider
        fly butterfly lion tiger bear monkey elephant giraffe zebra crayon marker paint brush notebook folder magazine
        newspaper letter envelope
        """.split { $0 == " " || $0 == "\n" }.map(String.init))

    /// The name of what is counted, in the singular: "clips", "red marbles", "1 apple". Nil where the words may be
    /// anything else.
    static func noun(_ words: [String]) -> String? {
        guard (1...3).contains(words.count), let last = words.last else { return nil }
        guard words.allSatisfy(isPlain), words.dropLast().allSatisfy({ $0.utf8.count > 2 }) else { return nil }
        // "5 hundred dollar bills" is not 500.
        if words.count > 1, AnswerUnit.entry(words[0]) != nil { return nil }
        let lowercased = words.map { $0.lowercased() }
        let name = lowercased[words.count - 1]
        guard nouns.contains(name) || isPlural(last) else { return nil }
        let singular = name.count > 3 && name.hasSuffix("s") ? String(name.dropLast()) : name
        return (lowercased.dropLast() + [singular]).joined(separator: " ")
    }

    private static func isPlural(_ word: String) -> Bool {
        word.utf8.count >= 4 && word.utf8.allSatisfy { $0.isASCIILetter || $0 == UInt8(ascii: "-") }
            && word.hasSuffix("s")
            && !["ss", "us", "is"].contains(String(word.suffix(2)))
            && word.utf8.dropFirst().allSatisfy { $0 >= UInt8(ascii: "a") || $0 == UInt8(ascii: "-") }
    }

    /// Whether a word is made of letters and says nothing about the number.
    static func isPlain(_ word: String) -> Bool {
        let lowercased = word.lowercased()
        guard !refused.contains(lowercased), multipliers[lowercased] == nil else { return false }
        guard word.utf8.count > 1 || lowercased == "a" else { return false }
        let parts = lowercased.split(separator: "-", omittingEmptySubsequences: false)
        if parts.count > 1 { return parts.allSatisfy { isPlain(String($0)) } }
        return word.utf8.allSatisfy { $0.isASCIILetter || $0 == UInt8(ascii: "'") }
    }
}

/// Chinese and Japanese words after a number: a measure word, and what is counted.
enum CountedCJK {
    private static let measures = [
        "个", "個", "名", "只", "本", "支", "张", "块", "元", "厘米", "千米", "公里", "米", "千克", "克", "岁", "天", "年", "小时", "分钟",
        "秒", "人", "页", "円", "枚", "歳", "分",
    ]
    /// Numerals, and words for more, less, half and about.
    private static let refused = "半万亿千百十倍分多余零一二三四五六七八九两上下左右约几之以"

    static func unit(_ text: ArraySlice<UInt8>) -> AnswerUnit? {
        let text = String(decoding: text, as: UTF8.self)
        guard let measure = measures.first(where: { text.hasPrefix($0) }) else { return nil }
        let rest = text.dropFirst(measure.count)
        guard rest.count <= 8,
            rest.unicodeScalars.allSatisfy({ (0x4E00...0x9FFF).contains($0.value) }),
            !rest.contains(where: { refused.contains($0) })
        else { return nil }
        return AnswerUnit(kind: .word(measure), scale: AnswerRational(1), rest: String(rest))
    }
}
