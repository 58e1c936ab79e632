import Foundation
import TestSupport
import Testing

@testable import Answers

/// The lists of fixtures/answers, which were written by hand.
private enum Fixture {
    struct Pair: Decodable, Sendable {
        var kind: String
        var a: String
        var b: String
        var expected: String
    }

    struct Extraction: Decodable, Sendable {
        var kind: String
        var reads: String
        var text: String
        var answer: String?
    }

    static func lines<Line: Decodable>(_ name: String) throws -> [Line] {
        let data = try Data(contentsOf: URL(fileURLWithPath: Repository.path("fixtures/answers/" + name)))
        return try data.split(separator: 0x0A).map { try JSONDecoder().decode(Line.self, from: $0) }
    }
}

@Suite struct AnswerFixtureTests {
    @Test func pairs() throws {
        let pairs: [Fixture.Pair] = try Fixture.lines("pairs.jsonl")
        #expect(pairs.count >= 400)
        #expect(Set(pairs.map(\.expected)) == Set(AnswerComparison.allCases.map(\.rawValue)))
        for pair in pairs {
            let found = AnswerEquivalence.compare(pair.a, pair.b)
            #expect(found.rawValue == pair.expected, "\(pair.kind): \(pair.a) ? \(pair.b)")
            #expect(AnswerEquivalence.compare(pair.b, pair.a) == found, "\(pair.kind): \(pair.b) ? \(pair.a)")
        }
    }

    @Test func extractions() throws {
        let extractions: [Fixture.Extraction] = try Fixture.lines("extractions.jsonl")
        #expect(extractions.count >= 100)
        for example in extractions {
            let found =
                example.reads == "reference"
                ? AnswerExtractor.reference(in: example.text) : AnswerExtractor.extract(from: example.text)
            #expect(found?.text == example.answer, "\(example.kind): \(example.text)")
        }
    }

    /// Every answer of the list against every other of its kind: none is equal to two that are different, and the same two
    /// give the same in either order.
    @Test func noAnswerIsEqualToTwoThatDiffer() throws {
        let pairs: [Fixture.Pair] = try Fixture.lines("pairs.jsonl")
        for (kind, pairs) in Dictionary(grouping: pairs, by: \.kind) {
            let answers = Array(Set(pairs.flatMap { [$0.a, $0.b] } + ["5", "50", "5000", "0.5", "x = 5", "5 km"]))
                .sorted()
            var equals: [[Int]] = Array(repeating: [], count: answers.count)
            for first in answers.indices {
                for second in answers.indices where second > first {
                    guard AnswerEquivalence.compare(answers[first], answers[second]) == .equal else { continue }
                    #expect(AnswerEquivalence.compare(answers[second], answers[first]) == .equal)
                    equals[first].append(second)
                    equals[second].append(first)
                }
            }
            for (answer, others) in zip(answers, equals) {
                for first in others {
                    for second in others where second > first {
                        #expect(
                            AnswerEquivalence.compare(answers[first], answers[second]) != .different,
                            "\(kind): \(answer) is \(answers[first]) and \(answers[second])")
                    }
                }
            }
        }
    }

    /// Random answers of the forms that values are written in: equal to nothing that differs from what else they equal, equal
    /// in both directions, and where both have a unit, or none has, equality goes through.
    @Test(arguments: 0..<3)
    func equalityOfParsedValues(run: Int) {
        let seed = UInt64(run) &+ 3301
        var generator = SplitMix64(seed: seed)
        let numbers = [
            "5", "5.0", "10/2", "\\frac{5}{1}", "50", "0.5", "1/2", "5000", "500", "5 million", "-5", "6", "½",
        ]
        let units = [
            "", "%", " km", " m", " cm", " kg", " g", " pounds", " lb", " oz", " clips", " apples", " cents",
            " dollars", "\\%",
            " of the cake", " hours", " minutes", " mW", " MW", " in total", " m^2",
        ]
        let frames = ["@", "$@$", "x = @", "(@)", "[@, 1)", "{@}", "@, 1", "£@", "$@", "(B) @", "y=@", "(@, 2)", "B"]
        func draw(_ values: [String]) -> String { values[Int.random(in: 0..<values.count, using: &generator)] }
        func answer() -> String { draw(frames).replacing("@", with: draw(numbers) + draw(units)) }
        for _ in 0..<4 {
            let answers = (0..<24).map { _ in answer() }
            let table = answers.map { a in answers.map { AnswerEquivalence.compare(a, $0) } }
            for a in answers.indices {
                for b in answers.indices {
                    #expect(table[a][b] == table[b][a], "seed \(seed): \(answers[a]) ? \(answers[b])")
                    guard table[a][b] == .equal else { continue }
                    for c in answers.indices where table[a][c] == .equal {
                        #expect(
                            table[b][c] != .different,
                            "seed \(seed): \(answers[a]) is \(answers[b]) and \(answers[c])")
                    }
                }
            }
        }
    }

    /// Among values that say everything, equality goes through.
    @Test func equalityOfWholeValuesIsTransitive() {
        let values = [
            ["5 km", "5000 m", "500000 cm", "10/2 km"], ["5 m", "500 cm", "5.0 meters", "5,000 mm"],
            ["$5", "500 cents", "5 dollars"],
            ["5%", "5 percent", "5\\%"], ["5 hours", "300 minutes"], ["50%", "100/2 %"], ["(5, 6)", "(10/2,6.0)"],
            ["{5,6}", "{6, 5, 5}"], ["2\\pi", "2π", "2 \\pi"], ["x^2", "x^{2}", "x²"], ["[0,1)", "[0, 1.0)"],
            ["(A), (C)", "A and C"],
        ]
        for (index, own) in values.enumerated() {
            for (other, theirs) in values.enumerated() {
                for a in own {
                    for b in theirs {
                        let found = AnswerEquivalence.compare(a, b)
                        #expect(index == other ? found == .equal : found != .equal, "\(a) ? \(b)")
                    }
                }
            }
        }
    }
}
