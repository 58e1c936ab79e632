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
        guard let (unit, factor) = AnswerUnit.parse(words, prefix: prefix, isSpaced: tail.first == 0x20),
            let scaled = number.multiplied(by: factor)
        else { return nil }
        return AnswerQuantity(value: isNegative ? scaled.negated : scaled, unit: unit)
    }

    /// Whether both say the same.
    ///
    /// - A bare number equals the same number with any unit, as questions often name the unit themselves.
    /// - A percentage equals the same number, or its hundredth, without a unit: 50% is 50 and 0.5, but 50 is not 0.5.
    /// - Units of one system are converted exactly (5 km is 5000 m, 50 cents are $0.50); those of two systems are not.
    /// - Other words are not understood: two different ones are at best unknown.
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
        case (.word, _), (_, .word):
            return .unknown
        case (.currency(let a), .currency(let b)):
            if a != b {
                // The cents of another currency are not told apart.
                let mayBeCents =
                    unit.scale.isEqual(to: AnswerRational(1, over: 100))
                    || other.unit.scale.isEqual(to: AnswerRational(1, over: 100))
                return mayBeCents ? .unknown : .different
            }
        case (.measure(let a, let s, let p), .measure(let b, let t, let q)):
            guard a == b, p == q else { return .different }
            guard s == t else { return a == "time of day" ? .different : .unknown }
        default:
            guard unit.kind == other.unit.kind else { return .different }
        }
        guard let a = value.multiplied(by: unit.scale), let b = other.value.multiplied(by: other.unit.scale) else {
            return .unknown
        }
        guard a.isEqual(to: b) else { return .different }
        return unit.rest == other.unit.rest || unit.rest.isEmpty || other.unit.rest.isEmpty ? .equal : .unknown
    }

    private func compare(bare number: AnswerRational) -> AnswerComparison {
        if value.isEqual(to: number) { return .equal }
        guard let hundredth = value.multiplied(by: AnswerRational(1, over: 100)), hundredth.isEqual(to: number) else {
            return .different
        }
        switch unit.kind {
        case .percent: return .equal
        // 50 cents against 0.5: dollars were meant, or it is wrong.
        case .currency where unit.scale.isEqual(to: AnswerRational(1, over: 100)): return .unknown
        default: return .different
        }
    }
}
