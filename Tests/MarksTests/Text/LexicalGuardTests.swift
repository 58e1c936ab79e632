import KeyedPRF
import Testing

@testable import Marks

/// Which occurrences of the shipped lexicon count, by their surroundings.
struct LexicalGuardTests {
    static let lead = "Ann had nine apples"

    static func classes(in text: String) throws -> [String] {
        try LexicalScheme(lexicon: .bundled()).recorded(in: text).map(\.classID)
    }

    @Test(arguments: [
        (". So he has 5.", ["therefore"]), (". Thus, the sum is 5.", ["therefore"]), (", so she has 5", ["therefore"]),
        (". So 5 + 5 = 10.", ["therefore"]), ("\nHence there are 5", ["therefore"]),
        (" because there are 5 bags", ["because"]), (". Since each box has 5, add.", ["because", "each"]),
        (" in total.", ["in-total"]), (". In all, he has 5.", ["in-total"]), (" 5 miles per hour.", ["per-hour"]),
        (" 12 pages a day and ran", ["per-day"]), (". He must find the total cost.", ["find", "total-quantity"]),
        (". Then find how many are red.", ["next-step", "find"]), (" each day.", ["each"]),
        (". She needs to pay.", ["needs-to"]), (" and 5 equals 5", ["equals"]), (" for the whole trip.", ["whole"]),
        (". He bought 5 pens.", ["bought"]), (". He wants to buy 5 pens.", ["wants-to", "buy"]),
        (", which means he has 5", ["which-means"]), (". There are 5 pens left over.", ["left-over"]),
        (". He ate half of the cake.", ["half-of-the"]), (". Wait, that is odd.", ["wait"]),
        (". He doesn't eat", ["does-not"]), (". For example, 5 is odd.", ["for-example"]),
        (". He waited (because there are 5)", ["because"]),
    ])
    func counted(tail: String, expected: [String]) throws {
        #expect(try Self.classes(in: Self.lead + tail) == expected)
    }

    @Test(arguments: [
        " since yesterday.", ". Since Monday he ran.", " since 2010.", " since the start.",
        ". This is because there are 5.",
        ", so that he could eat.", ". So much for that.", " so far.", ". So far, he has 5.", ", so many apples",
        ". So let us go.", " and so on.", ". Thus far he has 5.", " so he", " in all the boxes", " in total cost",
        ". It takes a day to eat.", " in an hour.", " 5 a day trip", ". Then he left.", ". Hence the name.",
        ". Now, we know.", ". Next week he eats.",
        " now.", " each of them", " 5 each for", " each 5 days", ". He finds the dog.", " to find the dog.",
        " and the whole number", " the first half of the game", " the remaining apples", ". The money he has to spend",
        " a can of soup", ". He can not eat", ". He will also eat", ". Doesn't he eat?", ". Why doesn't he eat",
        ". He had started with", " as well as", ", too much", " the remainder of 17", " is greater than or equals",
    ])
    func notCounted(tail: String) throws {
        #expect(try Self.classes(in: Self.lead + tail) == [], "\(tail)")
    }

    @Test(arguments: [
        ". \"So he has 5\" she said.", ". “So he has 5” she said.", ". `So he has 5` is code.",
        "\n```\nSo he has 5\n```\n",
        ", so_he has 5", ". So-he has 5", ". SO he has 5.", ". SO he HAS TO pay", " So he has 5", ". He HAS to pay",
        ". Pre-bought 5", ". He has  to pay", ". He has\nto pay", ". he wants.to pay", "/because there are",
    ])
    func bordersQuotesCodeAndCapitals(tail: String) throws {
        #expect(try Self.classes(in: Self.lead + tail) == [], "\(tail)")
    }

    @Test func quotesEndWithTheLineAndFencesDoNot() throws {
        #expect(try Self.classes(in: Self.lead + " 5\" wide.\nSo he has 5.") == ["therefore"])
        #expect(try Self.classes(in: Self.lead + ".\n```\nx\nSo he has 5\n```\nSo he has 5.") == ["therefore"])
    }

    @Test func fewerThanThreeWordsBefore() throws {
        #expect(try Self.classes(in: "One two. So he") == [])
        #expect(try Self.classes(in: "One two three. So he") == ["therefore"])
        #expect(try Self.classes(in: "One two three\nSo he") == ["therefore"])
        #expect(try Self.classes(in: "One two three\nso he") == [])
        #expect(try Self.classes(in: "One two three.\nso he") == ["therefore"])
        let scheme = try LexicalScheme(lexicon: .bundled())
        let text = "One two three. So he ran. So he ran. So he ran."
        #expect(scheme.recorded(in: text, reasoning: [0..<8, 14..<text.utf8.count]).count == 2)
        #expect(scheme.recorded(in: text, reasoning: [-5..<3, 14..<4000, 5000..<6000]).count == 2)
    }

    /// Every kind of guard on a lexicon made for it.
    @Test(arguments: [
        ("position: initial", ["a b c. foo d"], ["a b c foo d", "a b c, foo d"]),
        ("position: medial", ["a b c foo d"], ["a b c. foo d", "a b c\nFoo d"]),
        ("previous: [c]", ["a b c foo"], ["a b d foo", "a b c, foo", "a b c. foo"]),
        ("previous_not: [c]", ["a b d foo", "a b c. foo"], ["a b c foo", "a b C foo"]),
        ("next: [d]", ["a b c foo d", "a b c foo D."], ["a b c foo e", "a b c foo, d", "a b c foo"]),
        ("next_not: [d]", ["a b c foo e", "a b c foo, d", "a b c foo."], ["a b c foo d"]),
        ("next: [<number>]", ["a b c foo 5", "a b c foo $5", "a b c foo 5th"], ["a b c foo five", "a b c foo, 5"]),
        ("next: [<symbol>]", ["a b c foo (x", "a b c foo \\frac", "a b c foo → x"], ["a b c foo x", "a b c foo. ("]),
        ("next: [<comma>]", ["a b c foo, d"], ["a b c foo d", "a b c foo; d"]),
        (
            "next: [<end>]", ["a b c foo.", "a b c foo", "a b c foo\nd", "a b c foo; d"],
            ["a b c foo d", "a b c foo, d"]
        ),
        ("next: [<name>]", ["a b c foo Dan"], ["a b c foo dan", "a b c foo I", "a b c foo 5"]),
        ("next: [<ing>]", ["a b c foo eating"], ["a b c foo eat", "a b c foo ring"]),
        ("previous: [<plural>]", ["a b cats foo"], ["a b cat foo", "a b is foo"]),
        ("previous: [<comma>]", ["a b c, foo"], ["a b c foo", "a b c; foo"]),
        ("beyond: [e]", ["a b c foo d e", "a b c foo, e"], ["a b c foo e", "a b c foo d, e", "a b c foo, d"]),
        ("beyond_not: [e]", ["a b c foo d f", "a b c foo"], ["a b c foo d e", "a b c foo, e"]),
        ("next: [$s]", ["a b c foo d", "a b c foo 7"], ["a b c foo e"]),
        // A neighbour that is an expression counts as the first member of its class.
        ("next: [one]", ["a b c foo one", "a b c foo two words"], ["a b c foo words"]),
        ("previous: [one]", ["a b c one foo", "a b c two words foo"], ["a b c words foo"]),
    ])
    func kinds(condition: String, holds: [String], fails: [String]) throws {
        let yaml = """
            sets: {s: [d, <number>]}
            classes:
            - id: k
              members: [foo, bar]
              guards: {\(condition)}
            - id: other
              members: [one, two words]
              guards: {next: [nothing]}
            """
        let scheme = LexicalScheme(lexicon: try Lexicon(yaml: yaml, file: "t"))
        for text in holds { #expect(scheme.recorded(in: text).map(\.classID) == ["k"], "\(text)") }
        for text in fails { #expect(scheme.recorded(in: text) == [], "\(text)") }
    }

    @Test func alternativesOfGuardsAreOr() throws {
        let yaml = "classes: [{id: k, members: [foo, bar], guards: [{previous: [c]}, {next: [d]}]}]"
        let scheme = LexicalScheme(lexicon: try Lexicon(yaml: yaml, file: "t"))
        #expect(scheme.recorded(in: "a b c foo e").count == 1)
        #expect(scheme.recorded(in: "a b e foo d").count == 1)
        #expect(scheme.recorded(in: "a b e foo e").isEmpty)
    }
}
