import Answers

/// A number, a word or a sign of a text, as the equation checker reads it.
struct EquationToken: Hashable {
    enum Kind: Hashable {
        /// A numeral; the index of its value.
        case number
        /// Letters, in lower case.
        case word
        /// Anything else, one character.
        case sign
    }

    var kind: Kind
    /// In lower case, separators of thousands left out.
    var text: String
    /// Digits after the point.
    var fractionDigits = 0

    /// The exact value; nil for what is no number, and for absurdly long ones.
    var value: AnswerRational? {
        guard kind == .number else { return nil }
        return AnswerRational(digits: text.utf8.filter { $0 != UInt8(ascii: ".") }, fractionDigits: fractionDigits)
    }

    /// The tokens of a text. White space and dollar signs are left out.
    static func tokens(of text: String) -> [EquationToken] {
        let characters = Array(text)
        var tokens: [EquationToken] = []
        var index = 0
        while index < characters.count {
            let character = characters[index]
            if isDigit(character) {
                tokens.append(number(characters, &index))
            } else if character.isLetter {
                let start = index
                while index < characters.count, characters[index].isLetter { index += 1 }
                tokens.append(EquationToken(kind: .word, text: String(characters[start..<index]).lowercased()))
            } else {
                if !character.isWhitespace, character != "$" {
                    tokens.append(EquationToken(kind: .sign, text: String(character)))
                }
                index += 1
            }
        }
        return tokens
    }

    private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isNumber }

    /// A numeral: digits, groups of three after commas, and a point only where a digit follows it.
    private static func number(_ characters: [Character], _ index: inout Int) -> EquationToken {
        func digit(_ offset: Int) -> Bool { offset < characters.count && isDigit(characters[offset]) }
        var digits = ""
        let start = index
        while digit(index) {
            digits.append(characters[index])
            index += 1
        }
        if index - start <= 3 {
            while index < characters.count, characters[index] == ",", digit(index + 1), digit(index + 2),
                digit(index + 3), !digit(index + 4)
            {
                digits += String(characters[(index + 1)...(index + 3)])
                index += 4
            }
        }
        var token = EquationToken(kind: .number, text: digits)
        if index < characters.count, characters[index] == ".", digit(index + 1) {
            token.text.append(".")
            index += 1
            while digit(index) {
                token.text.append(characters[index])
                token.fractionDigits += 1
                index += 1
            }
        }
        return token
    }
}
