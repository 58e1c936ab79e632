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
        /// A noun that is counted, in the singular, or a rate.
        case word(String)
    }

    var kind: Kind
    /// Factor to the base unit of the kind, as written.
    var scale: AnswerRational
    /// What follows the unit ("of water"), or empty.
    var rest: String

    static let none = AnswerUnit(kind: .none, scale: AnswerRational(1), rest: "")

    /// Whether it is a cent of some currency.
    var isHundredth: Bool { scale.isEqual(to: AnswerRational(1, over: 100)) }

    /// Whether "pounds" may stand for this unit: the currency, or the weight.
    func isMeant(byPound name: String) -> Bool {
        guard name == "pound", rest.isEmpty else { return false }
        switch kind {
        case .currency("pound sterling"): return scale.isEqual(to: AnswerRational(1))
        case .measure("mass", "imperial", 1): return scale.isEqual(to: AnswerRational(16))
        default: return false
        }
    }

    /// The scales of all units of this kind: those to which it is converted.
    var siblingScales: [AnswerRational] {
        switch kind {
        case .currency(let name): return Self.currencyScales[name] ?? []
        case .measure(let dimension, let system, let power):
            return (Self.measureScales[dimension + " " + system] ?? []).compactMap { $0.power(power) }
        default: return []
        }
    }

    // MARK: Reading

    /// Reads the words after a number. Returns nil when they are not a unit, so that the number is not understood.
    ///
    /// Known are the units of the table, nouns that are counted ("clips", "red marbles"), and what may follow them ("of the
    /// cake", "left", "in total"). Whatever else stands there may change the value.
    ///
    /// - Parameters:
    ///   - prefix: a currency sign before the number, or nil.
    ///   - isSpaced: whether white space separates the number from its unit. A single letter that is not ("5m") may be a
    ///     variable.
    static func parse(_ text: ArraySlice<UInt8>, prefix: AnswerUnit?, isSpaced: Bool) -> (
        AnswerUnit, factor: AnswerRational
    )? {
        guard text.count <= 80 else { return nil }
        if let first = text.first, first >= 0xE3 { return CountedCJK.unit(text).map { ($0, AnswerRational(1)) } }
        var words = String(decoding: text, as: UTF8.self).split(separator: " ").map(String.init)
        var factor = AnswerRational(1)
        while let first = words.first, let multiplier = AnswerWords.multipliers[first.lowercased()] {
            guard let product = factor.multiplied(by: AnswerRational(multiplier)) else { return nil }
            factor = product
            words.removeFirst()
        }
        guard let first = words.first else { return (prefix ?? .none, factor) }
        if first.lowercased() == "per", words.dropFirst().first?.lowercased() == "cent" {
            words.replaceSubrange(0..<2, with: ["percent"])
        }
        guard let rest = takeRest(&words) else { return nil }
        guard let head = words.first else {
            // "1/2 of the cake".
            var unit = prefix ?? .none
            unit.rest = rest
            return (unit, factor)
        }
        guard words.count <= 4 else { return nil }
        if !isSpaced, head.count == 1, head.utf8.allSatisfy(\.isASCIILetter) { return nil }
        if words.count > 1, words.contains(where: { ["per", "a", "an"].contains($0) }) {
            return rate(words, prefix: prefix, rest: rest).map { ($0, factor) }
        }
        if words.count == 1, head.utf8.contains(UInt8(ascii: "/")) {
            return slashRate(head, prefix: prefix, rest: rest).map { ($0, factor) }
        }
        var remaining = words
        if var known = lookUp(&remaining), remaining.isEmpty {
            if let prefix {
                // "$5 dollars" is one currency, "$5 km" is nothing.
                guard known.kind == prefix.kind else { return nil }
                known.scale = prefix.scale
            }
            known.rest = rest
            return (known, factor)
        }
        guard prefix == nil, isSpaced, let noun = AnswerWords.noun(words) else { return nil }
        return (AnswerUnit(kind: .word(noun), scale: AnswerRational(1), rest: rest), factor)
    }

    /// Takes what may follow a unit off the end of `words`: "of the cake", "left", "in total". Nil where other words follow.
    private static func takeRest(_ words: inout [String]) -> String? {
        while let last = words.last?.lowercased() {
            if words.count > 1, words[words.count - 2] == "in", ["total", "all"].contains(last) {
                words.removeLast(2)
            } else if AnswerWords.summaries.contains(last) || words.count > 1 && AnswerWords.adjuncts.contains(last) {
                words.removeLast()
            } else {
                break
            }
        }
        guard let start = words.firstIndex(of: "of") else { return "" }
        let rest = words[(start + 1)...].map { $0.lowercased() }
        guard (1...5).contains(rest.count), rest.allSatisfy(AnswerWords.isPlain) else { return nil }
        words.removeSubrange(start...)
        return rest.joined(separator: " ")
    }

    /// "miles per hour", "dollars an hour".
    private static func rate(_ words: [String], prefix: AnswerUnit?, rest: String) -> AnswerUnit? {
        guard let place = words.firstIndex(where: { ["per", "a", "an"].contains($0) }), rest.isEmpty,
            let below = rateUnit(words[(place + 1)...])
        else { return nil }
        var above: String?
        if let prefix {
            guard place == 0, case .currency(let name) = prefix.kind else { return nil }
            above = name
        } else if place > 0 {
            above = rateUnit(words[..<place])
        }
        return above.map {
            AnswerUnit(kind: .word($0 + " per " + below), scale: AnswerRational(1), rest: "")
        }
    }

    /// "km/h".
    private static func slashRate(_ word: String, prefix: AnswerUnit?, rest: String) -> AnswerUnit? {
        let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard prefix == nil, parts.count == 2, rest.isEmpty, let above = rateUnit([parts[0]]),
            let below = rateUnit([parts[1]])
        else { return nil }
        return AnswerUnit(kind: .word(above + " per " + below), scale: AnswerRational(1), rest: "")
    }

    /// A name of one side of a rate: that of the table, in its first spelling, or a noun.
    private static func rateUnit(_ words: some Collection<String>) -> String? {
        if let name = words.first, words.count == 1, let entry = entry(name) { return entry.name }
        return AnswerWords.noun(Array(words))
    }

    /// Takes a unit of the table off the front of `words`: "km", "square cm", "m^2", "°C".
    private static func lookUp(_ words: inout [String]) -> AnswerUnit? {
        guard var name = words.first else { return nil }
        var power = 1
        var count = 1
        if ["square", "sq", "sq.", "cubic", "cu", "cu."].contains(name.lowercased()), words.count > 1 {
            power = name.lowercased().hasPrefix("cu") ? 3 : 2
            name = words[1]
            count = 2
        } else if name.hasSuffix("^2") || name.hasSuffix("^3") {
            power = name.hasSuffix("2") ? 2 : 3
            name.removeLast(2)
        } else if name.hasSuffix("^{2}") || name.hasSuffix("^{3}") {
            power = name.hasSuffix("2}") ? 2 : 3
            name.removeLast(4)
        } else if name == "°" || name.lowercased() == "degrees", words.count > 1 {
            if let scale = [
                "c": "celsius", "celsius": "celsius", "f": "fahrenheit", "fahrenheit": "fahrenheit",
            ][words[1].lowercased()] {
                name = scale
                count = 2
            }
        }
        guard let entry = entry(name), let scale = entry.scale.power(power) else { return nil }
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
            guard let entry = entry(sign == "Rs." ? "Rs" : sign) else { continue }
            return (AnswerUnit(kind: entry.kind, scale: entry.scale, rest: ""), sign.utf8.count)
        }
        return nil
    }
}
