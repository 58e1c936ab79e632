import Marks

/// The numbers of a free rewriting: each must be one of the original's, in digits or in words, and most of those must be left.
enum ReplyNumbers {
    /// Whether `new` names a number that `sources` do not, or has lost more than half of those in `old`.
    static func differ(_ new: String, from old: String, sources: [String]) -> Bool {
        var known = Set<String>()
        for source in sources + [old] {
            known.formUnion(NumeralSearch.numerals(of: source))
            known.formUnion(words(of: source).flatMap(\.allValues).map(String.init))
        }
        let digits = NumeralSearch.numerals(of: new)
        guard digits.allSatisfy(known.contains) else { return true }
        let named = words(of: new)
        for number in named where number.value > 10 {
            // "twenty, five" reads as twenty-five; its parts may be meant.
            guard
                number.allValues.first.map({ known.contains(String($0)) }) == true
                    || number.parts.allSatisfy({ known.contains(String($0)) })
            else { return true }
        }
        let wanted = Set(NumeralSearch.numerals(of: old))
        let kept = wanted.intersection(Set(digits).union(named.flatMap(\.allValues).map(String.init)))
        return wanted.count >= fewest && kept.count * 2 < wanted.count
    }

    /// Traces with fewer numbers are held by their result alone.
    private static let fewest = 4

    // MARK: Numbers in words

    private struct NamedNumber {
        var value: Int
        /// The numbers its words name one by one.
        var parts: [Int]
        /// The whole, then the parts.
        var allValues: [Int] { [value] + parts }
    }

    private static let units = [
        "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
        "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
        "seventeen": 17, "eighteen": 18, "nineteen": 19,
    ]
    private static let tens = [
        "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
    ]
    private static let scales = ["hundred": 100, "thousand": 1000, "million": 1_000_000]
    /// Words that stand for a number without being one.
    private static let others = [
        "once": 1, "single": 1, "twice": 2, "double": 2, "doubled": 2, "doubles": 2, "pair": 2, "both": 2, "half": 2,
        "halved": 2, "thrice": 3, "triple": 3, "tripled": 3, "third": 3, "quarter": 4, "dozen": 12,
    ]

    private static func words(of text: String) -> [NamedNumber] {
        var found: [NamedNumber] = []
        var total = 0
        var current: Int?
        var parts: [Int] = []
        func end() {
            if let value = current { found.append(NamedNumber(value: total + value, parts: parts)) }
            (total, current, parts) = (0, nil, [])
        }
        for word in NormalisedWords.words(of: text) {
            if let value = units[word] {
                // After twenty comes a unit; two numbers in a row are two.
                if let before = current, before % 10 != 0 || (before % 100 == 0 ? before == 0 : value > 9) { end() }
                current = (current ?? 0) + value
                parts.append(value)
            } else if let value = tens[word] {
                if let before = current, before % 100 != 0 || before == 0 { end() }
                current = (current ?? 0) + value
                parts.append(value)
            } else if let scale = scales[word], let before = current, before > 0, before < 1000 {
                if scale == 100, before < 100 {
                    current = before * 100
                } else {
                    total += before * scale
                    current = 0
                }
                parts.append(scale)
            } else if word == "and", let before = current, before % 100 == 0, before > 0 || total > 0 {
                continue
            } else {
                end()
                if let value = others[word] { found.append(NamedNumber(value: value, parts: [])) }
            }
        }
        end()
        return found
    }
}
