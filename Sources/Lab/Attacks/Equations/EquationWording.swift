import Answers

/// An equation in words: what is said, and what is to be computed from it.
struct EquationWording {
    /// What follows from the numbers said and the amount before.
    enum Rule: Hashable {
        /// c = a + b
        case sum
        /// c = a − b
        case difference
        /// c = 2 a
        case double
    }

    /// Words, "a", "b" and "c" standing for numbers.
    var words: [String]
    var rule: Rule
    /// Whether the amount before the change is said; if not, it is the last result.
    var saysAmount: Bool

    private init(_ text: String, _ rule: Rule) {
        words = text.split(separator: " ").map(String.init)
        self.rule = rule
        saysAmount = words.contains("A")
    }

    /// Longer wordings before those that they contain.
    static let all: [EquationWording] = [
        EquationWording("the sum of A and B is C", .sum),
        EquationWording("adding B to A gives C", .sum),
        EquationWording("A and B more make C", .sum),
        EquationWording("A plus B is C", .sum),
        EquationWording("A plus B equals C", .sum),
        EquationWording("taking B from A leaves C", .difference),
        EquationWording("A without B is C", .difference),
        EquationWording("B less than A is C", .difference),
        EquationWording("B fewer than A is C", .difference),
        EquationWording("A minus B is C", .difference),
        EquationWording("A minus B equals C", .difference),
        EquationWording("twice A is C", .double),
        EquationWording("doubling A gives C", .double),
        EquationWording("A and B make C", .sum),
        EquationWording("B more means C", .sum),
        EquationWording("it goes up by B to C", .sum),
        EquationWording("B fewer means C", .difference),
        EquationWording("it goes down by B to C", .difference),
        EquationWording("it doubles to C", .double),
    ]

    /// What a match found.
    struct Match {
        var length: Int
        /// What the numbers said make; nil where the amount before is not known, or too large to compute.
        var expected: AnswerRational?
        var stated: AnswerRational
    }

    /// Compares with the tokens at the start of `tokens`.
    ///
    /// - Parameter amount: The amount before the change, where the text has it already.
    func match(_ tokens: ArraySlice<EquationToken>, amount: AnswerRational?) -> Match? {
        guard tokens.count >= words.count else { return nil }
        var said: [String: AnswerRational] = [:]
        for (word, token) in zip(words, tokens) {
            if word.count == 1, word != "a" {
                guard let value = token.value else { return nil }
                said[word] = value
            } else if token.kind != .word || token.text != word {
                return nil
            }
        }
        guard let stated = said["C"] else { return nil }
        return Match(length: words.count, expected: expected(said, amount), stated: stated)
    }

    private func expected(_ said: [String: AnswerRational], _ amount: AnswerRational?) -> AnswerRational? {
        guard let start = saysAmount ? said["A"] : amount else { return nil }
        switch rule {
        case .sum: return said["B"].flatMap { start.adding($0) }
        case .difference: return said["B"].flatMap { start.adding($0.negated) }
        case .double: return start.adding(start)
        }
    }
}
