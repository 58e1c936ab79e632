/// Letters and kinds of characters, as Python's `str` has them.
extension Text {
    private func mapped(_ map: (Int, Unicode.Scalar.Properties) -> String) -> Text {
        var out = Text()
        out.units.reserveCapacity(count)
        for i in 0..<count {
            let bit = units[i] & Self.contentBit
            // Letters of ASCII are most of what is ever mapped.
            for scalar in map(i, Self.scalar(units[i]).properties).unicodeScalars {
                out.units.append(scalar.value | bit)
            }
        }
        return out
    }

    var uppercased: Text { mapped { $1.uppercaseMapping } }

    var lowercased: Text { mapped { lowercase($0, $1) } }

    /// A capital sigma at the end of a word has a small form of its own.
    private func lowercase(_ i: Int, _ properties: Unicode.Scalar.Properties) -> String {
        guard self[i] == 0x3A3 else { return properties.lowercaseMapping }
        var before = i - 1
        while before >= 0, Self.scalar(units[before]).properties.isCaseIgnorable { before -= 1 }
        var after = i + 1
        while after < count, Self.scalar(units[after]).properties.isCaseIgnorable { after += 1 }
        let isFinal =
            before >= 0 && Self.scalar(units[before]).properties.isCased
            && !(after < count && Self.scalar(units[after]).properties.isCased)
        return isFinal ? "\u{3C2}" : "\u{3C3}"
    }

    /// The first character as a title's, the others small.
    var capitalized: Text { mapped { $0 == 0 ? $1.titlecaseMapping : lowercase($0, $1) } }

    /// Every word as a title's; a word is a run of cased letters.
    var titlecased: Text {
        var wasCased = false
        return mapped { i, properties in
            defer { wasCased = properties.isCased }
            return wasCased ? lowercase(i, properties) : properties.titlecaseMapping
        }
    }

    var caseSwapped: Text {
        mapped { i, properties in
            properties.isUppercase
                ? lowercase(i, properties)
                : properties.isLowercase ? properties.uppercaseMapping : String(Self.scalar(units[i]))
        }
    }

    /// Whether all characters satisfy a test and there is one.
    func isAll(_ test: (Unicode.Scalar.Properties) -> Bool) -> Bool {
        !isEmpty && units.allSatisfy { test(Self.scalar($0).properties) }
    }

    var isSpace: Bool { !isEmpty && units.allSatisfy(Self.isSpace) }
    var isAlphabetic: Bool { isAll(Self.isLetter) }
    var isAlphanumeric: Bool { isAll { Self.isLetter($0) || $0.numericType != nil } }
    var isDecimal: Bool { isAll { $0.numericType == .decimal } }
    var isDigit: Bool { isAll { $0.numericType == .decimal || $0.numericType == .digit } }
    var isNumeric: Bool { isAll { $0.numericType != nil } }

    var isLowercase: Bool { hasCase { $0.isLowercase } }
    var isUppercase: Bool { hasCase { $0.isUppercase } }

    private static func isLetter(_ properties: Unicode.Scalar.Properties) -> Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    private func hasCase(_ isRight: (Unicode.Scalar.Properties) -> Bool) -> Bool {
        var hasOne = false
        for unit in units {
            let properties = Self.scalar(unit).properties
            guard properties.isLowercase || properties.isUppercase || properties.generalCategory == .titlecaseLetter
            else { continue }
            guard isRight(properties) else { return false }
            hasOne = true
        }
        return hasOne
    }
}
