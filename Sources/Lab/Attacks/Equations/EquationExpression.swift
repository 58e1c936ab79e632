import Answers

/// Computes sums, differences, products and quotients of numerals exactly.
struct EquationExpression {
    /// The value.
    var value: AnswerRational
    /// How many operations it has.
    var operations: Int
    /// Whether it divides: its value may stand rounded after the equals sign.
    var divides: Bool
    /// Digits after the point of the last numeral.
    var fractionDigits: Int

    /// The expression that is all of `tokens`; nil if it is none, or cannot be computed.
    init?(_ tokens: ArraySlice<EquationToken>) {
        var reader = Reader(rest: tokens)
        guard let value = reader.sum(depth: 0), reader.rest.isEmpty else { return nil }
        self.value = value
        operations = reader.operations
        divides = reader.divides
        fractionDigits = tokens.last?.fractionDigits ?? 0
    }

    /// Whether a token can be part of an expression.
    static func contains(_ token: EquationToken) -> Bool {
        switch token.kind {
        case .number: true
        case .word: token.text == "x"
        case .sign: sumSigns[token.text] != nil || productSigns[token.text] != nil || "()".contains(token.text)
        }
    }

    /// Signs, and whether the operand is turned round.
    private static let sumSigns = ["+": false, "-": true, "−": true, "–": true]
    private static let productSigns = ["*": false, "×": false, "·": false, "x": false, "/": true, "÷": true]

    private struct Reader {
        var rest: ArraySlice<EquationToken>
        var operations = 0
        var divides = false

        private static let maximumDepth = 16

        mutating func sum(depth: Int) -> AnswerRational? {
            // A sign before the first operand is part of it and no operation.
            let isNegative = rest.first.map { EquationExpression.sumSigns[$0.text] == true } ?? false
            if isNegative { rest.removeFirst() }
            guard depth < Self.maximumDepth, var value = product(depth: depth) else { return nil }
            if isNegative { value = value.negated }
            while let token = rest.first, let isNegated = EquationExpression.sumSigns[token.text] {
                rest.removeFirst()
                operations += 1
                guard let operand = product(depth: depth), let sum = value.adding(isNegated ? operand.negated : operand)
                else { return nil }
                value = sum
            }
            return value
        }

        private mutating func product(depth: Int) -> AnswerRational? {
            guard var value = operand(depth: depth) else { return nil }
            while let token = rest.first, let isInverse = EquationExpression.productSigns[token.text] {
                rest.removeFirst()
                operations += 1
                if isInverse { divides = true }
                guard let next = operand(depth: depth), let factor = isInverse ? next.inverse : next,
                    let product = value.multiplied(by: factor)
                else { return nil }
                value = product
            }
            return value
        }

        private mutating func operand(depth: Int) -> AnswerRational? {
            guard let token = rest.popFirst() else { return nil }
            if token.kind == .number { return token.value }
            guard token.text == "(", let value = sum(depth: depth + 1), rest.popFirst()?.text == ")" else { return nil }
            return value
        }
    }
}
