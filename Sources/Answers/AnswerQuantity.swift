import StrictJSON

/// A number with its unit.
struct AnswerQuantity: Sendable {
    var value: AnswerRational
    var unit: AnswerUnit

    /// Reads all of `text`: sign, currency, number, unit.
    static func parse(_ text: ArraySlice<UInt8>) -> AnswerQuantity? {
        var rest = text
        var isNegative = false
        var prefix: AnswerUnit?
        if rest.first == UInt8(ascii: "-"), let (unit, length) = AnswerUnit.currencyPrefix(rest.dropFirst()) {
            isNegative = true
            prefix = unit
            rest = rest.dropFirst(1 + length)
        } else if let (unit, length) = AnswerUnit.currencyPrefix(rest) {
            prefix = unit
            rest = rest.dropFirst(length)
        }
        var parser = NumberParser(rest)
        guard let number = parser.number() else { return nil }
        let tail = rest[parser.index...]
        let words = tail.drop { $0 == 0x20 }
        if let first = words.first {
            // What follows must be a word: no second number, no operator.
            guard first.isASCIILetter || first >= 0x80 || first == UInt8(ascii: "%") || first == UInt8(ascii: "$")
            else {
                return nil
            }
            guard !words.contains(where: \.isASCIIDigit) || words.last?.isASCIIDigit == true else { return nil }
        }
        // "3 * 5 cm" may be the sides of something.
        guard words.isEmpty || !parser.hasPlainProduct else { return nil }
        guard let (unit, factor) = AnswerUnit.parse(words, prefix: prefix, isSpaced: tail.first == 0x20),
            let scaled = number.multiplied(by: factor)
        else { return nil }
        return AnswerQuantity(value: isNegative ? scaled.negated : scaled, unit: unit)
    }

    /// Whether both say the same.
    ///
    /// - A bare number equals the same number with any unit, as questions often name the unit themselves: 50% is 50.
    /// - Units of one system are converted exactly (5 km is 5000 m, 50 cents are $0.50); those of two systems are not.
    /// - Other words are not understood: two different ones are at best unknown.
    /// - What a third answer could equal both of is at best unknown: 5 km and 5 kg, as 5 is both; 50% and 0.5; 5 and 5000 m.
    func compare(_ other: AnswerQuantity) -> AnswerComparison {
        switch (unit.kind, other.unit.kind) {
        case (.none, .none):
            return value.isEqual(to: other.value) ? .equal : .different
        case (.none, _):
            return other.compare(bare: value)
        case (_, .none):
            return compare(bare: other.value)
        case (.word(let a), .word(let b)):
            guard a == b else { return .unknown }
            return value.isEqual(to: other.value) ? .equal : .different
        case (.word(let name), _):
            return other.unit.isMeant(byPound: name) && value.isEqual(to: other.value) ? .equal : .unknown
        case (_, .word(let name)):
            return unit.isMeant(byPound: name) && value.isEqual(to: other.value) ? .equal : .unknown
        case (.currency(let a), .currency(let b)) where a != b:
            // The cents of another currency are not told apart.
            return unit.isHundredth || other.unit.isHundredth ? .unknown : unequal(other)
        case (.measure(let a, let s, let p), .measure(let b, let t, let q)) where (a, p) == (b, q) && s != t:
            return a == "time of day" ? unequal(other) : .unknown
        default:
            guard unit.kind == other.unit.kind, let a = value.multiplied(by: unit.scale),
                let b = other.value.multiplied(by: other.unit.scale), a.isEqual(to: b)
            else { return unequal(other) }
            return unit.rest == other.unit.rest || unit.rest.isEmpty || other.unit.rest.isEmpty ? .equal : .unknown
        }
    }

    /// The verdict on two quantities that are not the same: unknown where the bare number equals both.
    private func unequal(_ other: AnswerQuantity) -> AnswerComparison {
        value.isEqual(to: other.value) ? .unknown : .different
    }

    private func compare(bare number: AnswerRational) -> AnswerComparison {
        if value.isEqual(to: number) { return .equal }
        if case .percent = unit.kind {
            guard let share = value.multiplied(by: AnswerRational(1, over: 100)) else { return .unknown }
            return share.isEqual(to: number) ? .unknown : .different
        }
        // 5000 is no 5 km, but it is 5000 m.
        guard let own = value.multiplied(by: unit.scale) else { return .unknown }
        for scale in unit.siblingScales {
            guard let converted = number.multiplied(by: scale) else { return .unknown }
            if converted.isEqual(to: own) { return .unknown }
        }
        return .different
    }
}
