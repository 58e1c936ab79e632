import Statistics

/// Solves a story in words, about 40 tokens for three changes.
///
/// The freedom is on purpose: which phrase, which connective, one step at a time or two at once. It is what a sampler and a
/// watermark have to choose from. A number never begins a trace, so that it always has the space before it that its token has.
struct TraceWording {
    private static let openings = [
        Phrase(4, "First,"),
        Phrase(3, "We start with {a} {i}, and"),
        Phrase(3, "{n} has {a} at first;"),
        Phrase(2, "Step by step,"),
        Phrase(2, "Let us count:"),
        Phrase(1, "The first number is {a}, so"),
    ]

    static let sums = [
        Phrase(6, "{a} + {b} = {c}"),
        Phrase(3, "adding {b} to {a} gives {c}"),
        Phrase(2, "{a} and {b} more make {c}"),
        Phrase(2, "the sum of {a} and {b} is {c}"),
        Phrase(2, "{b} more means {c}"),
        Phrase(2, "it goes up by {b} to {c}"),
    ]

    static let differences = [
        Phrase(6, "{a} - {b} = {c}"),
        Phrase(3, "taking {b} from {a} leaves {c}"),
        Phrase(2, "{a} without {b} is {c}"),
        Phrase(2, "{b} less than {a} is {c}"),
        Phrase(2, "{b} fewer means {c}"),
        Phrase(2, "it goes down by {b} to {c}"),
    ]

    static let doublings = [
        Phrase(6, "{a} * 2 = {c}"),
        Phrase(3, "twice {a} is {c}"),
        Phrase(2, "{a} and {a} make {c}"),
        Phrase(2, "doubling {a} gives {c}"),
        Phrase(2, "it doubles to {c}"),
    ]

    private static let connectives = [
        Phrase(4, ", then"),
        Phrase(3, ". Then"),
        Phrase(2, ". Next,"),
        Phrase(2, ". After that,"),
        Phrase(2, ", and"),
        Phrase(2, ";"),
        Phrase(1, ". Now"),
    ]

    private static let conclusions = [
        Phrase(4, ". So the answer is ####"),
        Phrase(3, ", so the answer is ####"),
        Phrase(2, ". Therefore the answer is ####"),
        Phrase(2, ", which means the answer is ####"),
        Phrase(2, ". The answer is ####"),
    ]

    /// How often two steps that may be one are one.
    static let mergedPercent = 35

    /// The trace, which ends with the answer, with two steps in one equation where `merges` says so of the first one's number and they may be.
    static func text(
        of problem: WordProblem, using generator: inout SeededGenerator,
        merges: (Int, inout SeededGenerator) -> Bool
    ) -> String {
        let amounts = problem.amounts
        let opening = generator.choose(openings)
            .filled(["n": problem.person.name, "i": problem.items, "a": String(problem.start)])
        var text = opening
        var index = 0
        while index < problem.changes.count {
            if index > 0 { text += generator.choose(connectives).text }
            if index + 1 < problem.changes.count, merges(index, &generator),
                let both = merged(problem.changes[index], problem.changes[index + 1], from: amounts[index])
            {
                text += " " + both
                index += 2
            } else {
                text += " " + step(problem.changes[index], from: amounts[index], using: &generator)
                index += 1
            }
        }
        return text + generator.choose(conclusions).text + " " + String(problem.answer)
    }

    /// One change in one of its wordings, without punctuation around it.
    ///
    /// - Parameter complete: Whether to say the amount before the change even where the text has it already.
    static func step(
        _ change: WordProblem.Change, from amount: Int, complete: Bool = false, using generator: inout SeededGenerator
    ) -> String {
        var values: [Character: String] = ["a": String(amount), "c": String(change.applied(to: amount))]
        let phrases: [Phrase]
        switch change {
        case .gain(let operand):
            values["b"] = String(operand)
            phrases = sums
        case .lose(let operand):
            values["b"] = String(operand)
            phrases = differences
        case .double:
            phrases = doublings
        }
        return generator.choose(complete ? phrases.filter { $0.text.contains("{a}") } : phrases).filled(values)
    }

    /// Two changes in one equation; nil where one of them doubles, which would be too much at once for small models.
    static func merged(_ first: WordProblem.Change, _ second: WordProblem.Change, from amount: Int) -> String? {
        guard let left = signed(first), let right = signed(second) else { return nil }
        return "\(amount) \(left) \(right) = \(second.applied(to: first.applied(to: amount)))"
    }

    private static func signed(_ change: WordProblem.Change) -> String? {
        switch change {
        case .gain(let operand): "+ \(operand)"
        case .lose(let operand): "- \(operand)"
        case .double: nil
        }
    }
}
