import Answers

/// Finds the equations of a trace, in signs ("44 + 5 - 3 = 46", "<<48/2=24>>") and in words ("the sum of 44 and 5 is 49",
/// "8 less than 16 is 8", "10 fewer means 33"), and computes each again, exactly.
///
/// An equation that leaves out what it starts from starts from the last result before it, or from the first number of
/// the trace, or of the problem. Whatever is not surely an equation of numbers is not judged: percentages, letters,
/// expressions with words in them.
public enum EquationChecker {
    /// What was found in a trace.
    public struct Report: Hashable, Sendable {
        /// Equations that were computed again.
        public var checked = 0
        /// Those among them that do not hold, as read.
        public var wrong: [String] = []
        /// Equations that could not be computed.
        public var unknown = 0
    }

    /// Checks every equation of `trace`.
    public static func check(_ trace: String, problem: String = "") -> Report {
        let tokens = EquationToken.tokens(of: trace)
        var report = Report()
        // The amount that "5 more means 49" starts from.
        var amount = EquationToken.tokens(of: problem).lazy.compactMap(\.value).first
        var hasAmount = false
        // Up to here there are numbers and signs, and no equals sign after them: not to be read again from every one of them.
        var plainEnd = 0
        var index = 0
        while index < tokens.count {
            if index >= plainEnd, let found = signs(tokens, at: index, plainEnd: &plainEnd) {
                report.count(found.holds, tokens[index..<found.end])
                if let result = found.result {
                    amount = result
                    hasAmount = true
                }
                index = found.end
            } else if let match = words(tokens[index...], amount: amount) {
                let holds = match.expected.map { $0.isEqual(to: match.stated) }
                report.count(holds, tokens[index..<(index + match.length)])
                amount = match.stated
                hasAmount = true
                index += match.length
            } else {
                // "We start with 44 coins": the first number said, if no equation has come before it.
                if !hasAmount, let value = tokens[index].value {
                    amount = value
                    hasAmount = true
                }
                index += 1
            }
        }
        return report
    }

    private static func words(
        _ tokens: ArraySlice<EquationToken>, amount: AnswerRational?
    ) -> EquationWording.Match? {
        for wording in EquationWording.all {
            if let match = wording.match(tokens, amount: amount) { return match }
        }
        return nil
    }

    private struct Signs {
        var end: Int
        /// Nil where it cannot be computed.
        var holds: Bool?
        /// The value on the right.
        var result: AnswerRational?
    }

    /// The equation, or chain of equations, that begins at `start`.
    ///
    /// - Parameter plainEnd: Becomes the end of what is no equation.
    private static func signs(_ tokens: [EquationToken], at start: Int, plainEnd: inout Int) -> Signs? {
        guard EquationExpression.contains(tokens[start]), tokens[start].text != "x" else { return nil }
        var sides: [Range<Int>] = []
        var from = start
        while true {
            var end = from
            while end < tokens.count, EquationExpression.contains(tokens[end]) { end += 1 }
            sides.append(from..<end)
            guard end < tokens.count, tokens[end].text == "=" || tokens[end].text == "≈" else { break }
            from = end + 1
        }
        guard sides.count > 1 else {
            plainEnd = sides[0].upperBound
            return nil
        }
        let last = sides[sides.count - 1]
        // "= 46 - as he said": signs after the last number belong to the sentence.
        var end = last.upperBound
        while end > last.lowerBound, tokens[end - 1].kind != .number, tokens[end - 1].text != ")" { end -= 1 }
        sides[sides.count - 1] = last.lowerBound..<end
        // "= 7x" is no number.
        let isWhole =
            isStart(tokens, start) && isEnd(tokens, last.upperBound)
            && !tokens[end..<last.upperBound].contains { $0.kind == .word }
        let values = sides.map { EquationExpression(tokens[$0]) }
        var holds: Bool? = isWhole && end > last.lowerBound ? true : nil
        for (left, right) in zip(values, values.dropFirst()) {
            guard let left, let right, left.operations + right.operations > 0 else {
                if holds == true { holds = nil }
                continue
            }
            if isWhole, !isEqual(left, right) { holds = false }
        }
        return Signs(end: max(end, start + 1), holds: holds, result: isWhole ? values[values.count - 1]?.value : nil)
    }

    /// Before an equation may stand anything but what makes its first number something else: "x - 3 + 5", "1/2".
    private static func isStart(_ tokens: [EquationToken], _ start: Int) -> Bool {
        guard tokens[start].kind == .number || tokens[start].text == "(" else { return false }
        guard start > 0 else { return true }
        return !["%", "^", "=", "≈", "\\", "{", "}", "√"].contains(tokens[start - 1].text)
    }

    /// After it a percent sign, a power or a letter ("3x") would change the last number.
    private static func isEnd(_ tokens: [EquationToken], _ end: Int) -> Bool {
        guard end < tokens.count else { return true }
        return !["%", "^", "{", "\\", "√"].contains(tokens[end].text)
    }

    /// Exactly equal, or the right side is the left one's quotient rounded to the digits that it has.
    private static func isEqual(_ left: EquationExpression, _ right: EquationExpression) -> Bool {
        if left.value.isEqual(to: right.value) { return true }
        guard left.divides, right.operations == 0, let error = left.value.adding(right.value.negated),
            let half = AnswerRational(digits: [UInt8(ascii: "5")], fractionDigits: right.fractionDigits + 1),
            right.fractionDigits > 0
        else { return false }
        let magnitude = error.isNegative ? error.negated : error
        return magnitude.adding(half.negated).map { $0.isNegative || $0.isEqual(to: AnswerRational(0)) } ?? false
    }
}

extension EquationChecker.Report {
    fileprivate mutating func count(_ holds: Bool?, _ tokens: ArraySlice<EquationToken>) {
        guard let holds else {
            unknown += 1
            return
        }
        checked += 1
        if !holds { wrong.append(tokens.map(\.text).joined(separator: " ")) }
    }
}
