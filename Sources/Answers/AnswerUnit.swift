import StrictJSON

/// What a number counts or measures.
struct AnswerUnit: Sendable {
    enum Kind: Sendable, Equatable {
        case none
        case percent
        /// A currency by its canonical name; a hundredth has a scale of 1/100.
        case currency(String)
        /// A physical dimension and the system within which conversions are exact and usual.
        case measure(dimension: String, system: String, power: Int)
        /// Any other word, in the singular.
        case word(String)
    }

    var kind: Kind
    /// Factor to the base unit of the kind, as written.
    var scale: AnswerRational
    /// What follows the unit ("of water"), or empty.
    var rest: String

    static let none = AnswerUnit(kind: .none, scale: AnswerRational(1), rest: "")

    // MARK: Tables

    private struct Entry {
        var kind: Kind
        var scale: AnswerRational
    }

    private static func measure(
        _ dimension: String, _ system: String, _ numerator: Int64 = 1, _ denominator: Int64 = 1
    ) -> Entry {
        Entry(
            kind: .measure(dimension: dimension, system: system, power: 1),
            scale: AnswerRational(numerator, over: denominator))
    }

    private static let table: [String: Entry] = {
        let rows: [(String, Entry)] = [
            ("% percent percentage", Entry(kind: .percent, scale: AnswerRational(1))),
            ("$ usd dollar dollars us$ buck bucks", Entry(kind: .currency("dollar"), scale: AnswerRational(1))),
            ("cent cents ¢", Entry(kind: .currency("dollar"), scale: AnswerRational(1, over: 100))),
            ("€ eur euro euros", Entry(kind: .currency("euro"), scale: AnswerRational(1))),
            ("£ gbp pound-sterling", Entry(kind: .currency("pound sterling"), scale: AnswerRational(1))),
            ("pence", Entry(kind: .currency("pound sterling"), scale: AnswerRational(1, over: 100))),
            ("¥ jpy yen", Entry(kind: .currency("yen"), scale: AnswerRational(1))),
            ("₹ inr rs rupee rupees", Entry(kind: .currency("rupee"), scale: AnswerRational(1))),
            ("mm millimeter millimeters millimetre millimetres", measure("length", "metric", 1, 1000)),
            ("cm centimeter centimeters centimetre centimetres", measure("length", "metric", 1, 100)),
            ("m meter meters metre metres", measure("length", "metric")),
            ("km kilometer kilometers kilometre kilometres", measure("length", "metric", 1000)),
            ("in inch inches", measure("length", "imperial")),
            ("ft foot feet", measure("length", "imperial", 12)),
            ("yd yard yards", measure("length", "imperial", 36)),
            ("mi mile miles", measure("length", "imperial", 63_360)),
            ("mg milligram milligrams", measure("mass", "metric", 1, 1000)),
            ("g gram grams", measure("mass", "metric")),
            ("kg kilogram kilograms kilo kilos", measure("mass", "metric", 1000)),
            ("oz ounce ounces", measure("mass", "imperial")),
            ("lb lbs pound pounds", measure("mass", "imperial", 16)),
            ("ml milliliter milliliters millilitre millilitres", measure("volume", "metric", 1, 1000)),
            ("l liter liters litre litres", measure("volume", "metric")),
            ("s sec secs second seconds", measure("time", "clock")),
            ("min mins minute minutes", measure("time", "clock", 60)),
            ("h hr hrs hour hours", measure("time", "clock", 3600)),
            ("day days", measure("time", "clock", 86_400)),
            ("week weeks", measure("time", "clock", 604_800)),
            ("month months", measure("time", "calendar")),
            ("year years yr yrs", measure("time", "calendar", 12)),
            ("° degree degrees", measure("angle", "degree")),
            ("°c celsius", measure("temperature", "celsius")),
            ("°f fahrenheit", measure("temperature", "fahrenheit")),
            ("am", measure("time of day", "am")), ("pm", measure("time of day", "pm")),
        ]
        var result: [String: Entry] = [:]
        for (names, entry) in rows {
            for name in names.split(separator: " ") { result[String(name)] = entry }
        }
        return result
    }()

    /// Words after a number that scale it.
    private static let multipliers: [String: Int64] = [
        "hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000, "trillion": 1_000_000_000_000,
        "dozen": 12, "dozens": 12,
    ]

    /// Words that change the value of the number before them in a way that is not modelled, and functions and constants.
    private static let refused: Set<String> = [
        "and", "or", "more", "less", "fewer", "than", "half", "halves", "third", "thirds", "quarter", "quarters",
        "fourth",
        "fourths", "fifth", "fifths", "sixth", "sixths", "seventh", "eighth", "eighths", "ninth", "tenth", "tenths",
        "hundredth", "hundredths", "thousandth", "thousandths", "squared", "cubed", "factorial", "to", "from", "over",
        "plus",
        "minus", "times", "by", "remainder", "negative", "score", "pi", "sqrt", "ln", "log", "sin", "cos", "tan", "mod",
        "not", "per", "choose", "out", "at", "above", "below", "up", "between", "except", "base", "power",
    ]

    /// Reads the words after a number. Returns nil when they are not a unit, so that the number is not understood.
    ///
    /// - Parameters:
    ///   - prefix: a currency sign before the number, or nil.
    ///   - isSpaced: whether white space separates the number from its unit. A single letter that is not ("5m") may be a
    ///     variable.
    static func parse(_ text: ArraySlice<UInt8>, prefix: AnswerUnit?, isSpaced: Bool) -> (
        AnswerUnit, factor: AnswerRational
    )? {
        guard text.count <= 64 else { return nil }
        var words = String(decoding: text, as: UTF8.self).lowercased().split(separator: " ").map(String.init)
        var factor = AnswerRational(1)
        while let first = words.first, let multiplier = multipliers[first] {
            guard let product = factor.multiplied(by: AnswerRational(multiplier)) else { return nil }
            factor = product
            words.removeFirst()
        }
        if words.first == "per", words.dropFirst().first == "cent" { words.replaceSubrange(0..<2, with: ["percent"]) }
        if let prefix, words.isEmpty { return (prefix, factor) }
        guard let first = words.first else { return (.none, factor) }
        guard words.count <= 4 else { return nil }
        if isSpaced == false, first.count == 1, first.utf8.allSatisfy(\.isASCIILetter) { return nil }
        let isRate = words.count > 1 && (words[1] == "per" || words[1] == "/")
        for (position, word) in words.enumerated() {
            guard isUnitWord(word), !refused.contains(word) || (isRate && position == 1) else { return nil }
        }
        if isRate || first.contains("/") {
            let name = (prefix.map { _ in "$ " } ?? "") + words.joined(separator: " ")
            return (AnswerUnit(kind: .word(name), scale: AnswerRational(1), rest: ""), factor)
        }
        if var known = lookUp(&words) {
            if let prefix {
                // "$5 dollars" is one currency, "$5 km" is nothing.
                guard known.kind == prefix.kind else { return nil }
                known.scale = prefix.scale
            }
            known.rest = words.joined(separator: " ")
            return (known, factor)
        }
        if var prefix {
            prefix.rest = words.joined(separator: " ")
            return (prefix, factor)
        }
        // Short words, and those that touch the number, are more likely variables: 5x, 5ab.
        guard first.count > 2, isSpaced else { return nil }
        let name = words.map { $0.count > 3 && $0.hasSuffix("s") ? String($0.dropLast()) : $0 }.joined(separator: " ")
        return (AnswerUnit(kind: .word(name), scale: AnswerRational(1), rest: ""), factor)
    }

    private static func isUnitWord(_ word: String) -> Bool {
        let body = word.hasSuffix("^2") || word.hasSuffix("^3") ? Substring(word.dropLast(2)) : Substring(word)
        return body.utf8.allSatisfy {
            $0.isASCIILetter || $0 >= 0x80 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "/")
                || $0 == UInt8(ascii: "%")
                || $0 == UInt8(ascii: "$") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "'")
        } && body.utf8.contains { $0.isASCIILetter || $0 >= 0x80 || $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "$") }
    }

    /// Takes a unit of the table off the front of `words`: "km", "square cm", "m^2", "% of students".
    private static func lookUp(_ words: inout [String]) -> AnswerUnit? {
        guard var name = words.first else { return nil }
        var power = 1
        var count = 1
        if ["square", "sq", "cubic"].contains(name), words.count > 1 {
            power = name == "cubic" ? 3 : 2
            name = words[1]
            count = 2
        } else if name.hasSuffix("^2") || name.hasSuffix("^3") {
            power = name.hasSuffix("2") ? 2 : 3
            name.removeLast(2)
        } else if name == "°" || name == "degrees", words.count > 1 {
            if let scale = ["c": "celsius", "celsius": "celsius", "f": "fahrenheit", "fahrenheit": "fahrenheit"][
                words[1]]
            {
                name = scale
                count = 2
            }
        }
        guard let entry = table[name], let scale = entry.scale.power(power) else { return nil }
        var kind = entry.kind
        if power > 1 {
            guard case .measure(let dimension, let system, _) = kind else { return nil }
            kind = .measure(dimension: dimension, system: system, power: power)
        }
        words.removeFirst(count)
        return AnswerUnit(kind: kind, scale: scale, rest: "")
    }

    /// A currency sign or code at the front of `text`, and how many bytes it takes.
    static func currencyPrefix(_ text: ArraySlice<UInt8>) -> (AnswerUnit, length: Int)? {
        for sign in ["$", "US$", "USD", "€", "EUR", "£", "GBP", "¥", "₹", "Rs."] where text.starts(with: sign.utf8) {
            guard let entry = table[sign == "Rs." ? "rs" : sign.lowercased()] else { continue }
            return (AnswerUnit(kind: entry.kind, scale: entry.scale, rest: ""), sign.utf8.count)
        }
        return nil
    }
}
