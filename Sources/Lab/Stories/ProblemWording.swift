import Statistics

/// Tells a story in words, about 32 tokens for three changes.
struct ProblemWording {
    static let people: [Person] = [
        Person(name: "Mia", pronoun: "she"), Person(name: "Tom", pronoun: "he"), Person(name: "Ana", pronoun: "she"),
        Person(name: "Ben", pronoun: "he"), Person(name: "Eva", pronoun: "she"), Person(name: "Leo", pronoun: "he"),
        Person(name: "Zoe", pronoun: "she"), Person(name: "Max", pronoun: "he"), Person(name: "Ida", pronoun: "she"),
        Person(name: "Sam", pronoun: "he"), Person(name: "Lucy", pronoun: "she"), Person(name: "Omar", pronoun: "he"),
    ]

    static let items = [
        "apples", "marbles", "coins", "books", "cards", "stamps", "shells", "pencils", "eggs", "cookies", "balloons",
        "stickers", "beads", "flowers", "toys", "keys",
    ]

    private static let openings = [
        Phrase(4, "{n} has {a} {i}."),
        Phrase(3, "{n} starts with {a} {i}."),
        Phrase(2, "At first {n} has {a} {i}."),
        Phrase(2, "{n} owns {a} {i}."),
        Phrase(1, "One day {n} counts {a} {i}."),
    ]

    private static let gains = [
        Phrase(3, "{p} buys {b} more."),
        Phrase(3, "{p} finds {b} more."),
        Phrase(2, "{p} wins {b}."),
        Phrase(2, "{p} gets {b} {i}."),
        Phrase(2, "A friend gives {o} {b}."),
        Phrase(1, "{p} collects {b} new ones."),
    ]

    private static let losses = [
        Phrase(3, "{p} loses {b}."),
        Phrase(3, "{p} gives away {b}."),
        Phrase(2, "{p} sells {b} of them."),
        Phrase(2, "{p} drops {b} {i}."),
        Phrase(2, "A neighbour takes {b}."),
        Phrase(1, "{p} breaks {b} of them."),
    ]

    private static let doublings = [
        Phrase(3, "{p} doubles the number."),
        Phrase(2, "{p} gets as many again."),
        Phrase(2, "The number of {i} doubles."),
    ]

    private static let connectives = [
        Phrase(3, "Then"), Phrase(2, "Later"), Phrase(2, "Next"), Phrase(1, "Soon"), Phrase(1, "In the evening"),
    ]

    private static let questions = [
        Phrase(3, "How many {i} does {n} have now?"),
        Phrase(3, "How many {i} does {s} have in the end?"),
        Phrase(2, "How many {i} are there now?"),
        Phrase(1, "What is the number of {i} now?"),
    ]

    /// The story and its question.
    static func text(of problem: WordProblem, using generator: inout SeededGenerator) -> String {
        let person = problem.person
        var values: [Character: String] = [
            "n": person.name, "p": person.capitalisedPronoun, "s": person.pronoun, "o": person.object,
            "i": problem.items, "a": String(problem.start),
        ]
        var sentences = [generator.choose(openings).filled(values)]
        for change in problem.changes {
            let phrases: [Phrase]
            switch change {
            case .gain(let operand):
                values["b"] = String(operand)
                phrases = gains
            case .lose(let operand):
                values["b"] = String(operand)
                phrases = losses
            case .double:
                phrases = doublings
            }
            var sentence = generator.choose(phrases).filled(values)
            if generator.happens(percent: 40) {
                sentence = generator.choose(connectives).text + " " + lowercasedStart(sentence)
            }
            sentences.append(sentence)
        }
        sentences.append(generator.choose(questions).filled(values))
        return sentences.joined(separator: " ")
    }

    private static func lowercasedStart(_ sentence: String) -> String {
        sentence.prefix(1).lowercased() + sentence.dropFirst()
    }
}
