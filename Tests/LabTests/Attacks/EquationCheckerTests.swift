import Lab
import Testing

@testable import Lab

@Suite struct EquationCheckerTests {
    private static let problem = "Mia has 44 apples. She buys 5 more."

    @Test(arguments: [
        "First, 44 + 5 = 49", "adding 5 to 44 gives 49", "44 and 5 more make 49", "the sum of 44 and 5 is 49",
        "First, 5 more means 49", "it goes up by 5 to 49", "44 - 5 = 39", "taking 5 from 44 leaves 39",
        "44 without 5 is 39", "5 less than 44 is 39", "8 less than 16 is 8", "5 fewer means 39",
        "it goes down by 5 to 39", "44 * 2 = 88", "twice 44 is 88", "44 and 44 make 88", "doubling 44 gives 88",
        "it doubles to 88", "44 + 3 - 8 = 39", "Mia has 47 at first; 9 fewer means 38", "<<48/2=24>>",
        "2 * (3 + 4) = 14", "1,200 + 50 = 1,250", "$3.50 + $1.25 = $4.75", "10 / 4 = 2.5", "10 / 3 = 3.33",
        "5 - 8 = -3",
        "2 + 3 * 4 = 14", "3 × 4 = 12", "12 ÷ 4 = 3", "4 + 4 = 2 * 4 = 8", "1/3 + 1/6 = 1/2", "2 x 3 = 6.",
    ])
    func rightEquationsHold(text: String) {
        let report = EquationChecker.check(text, problem: Self.problem)
        #expect(report.wrong == [])
        #expect(report.checked == 1)
        #expect(report.unknown == 0)
    }

    @Test(arguments: [
        "First, 44 + 5 = 48", "adding 5 to 44 gives 39", "44 and 5 more make 50", "the sum of 44 and 5 is 94",
        "First, 5 more means 48", "it goes up by 5 to 39", "44 - 5 = 49", "taking 5 from 44 leaves 38",
        "44 without 5 is 40", "5 less than 44 is 49", "5 fewer means 38", "it goes down by 5 to 38", "44 * 2 = 89",
        "twice 44 is 86", "44 and 44 make 89", "doubling 44 gives 80", "it doubles to 89", "44 + 3 - 8 = 38",
        "Mia has 47 at first; 9 fewer means 39", "<<48/2=25>>", "10 / 3 = 3.34", "5 - 8 = 3", "44 + 5 = 49 - 3 = 46",
    ])
    func wrongEquationsAreFound(text: String) {
        let report = EquationChecker.check(text, problem: Self.problem)
        #expect(report.wrong.count == 1)
        #expect(report.checked == 1)
    }

    @Test(arguments: [
        "x = 5", "2x + 3 = 7", "20 % of 50 = 10", "5 + 3 = ?", "total = 8", "3 apples + 3 = 6", "5 = 5", "1 / 0 = 3",
        "", "= = =",
        "2^3 + 1 = 9", "more means less", "a + b = c", "3 + 4 = 7x", "She is 5 + years old = 6",
    ])
    func whatIsNoEquationOfNumbersIsNotJudged(text: String) {
        #expect(EquationChecker.check(text).wrong == [])
    }

    /// "Then 5 more means 54": an amount left out is the result before it, in whatever form that was said.
    @Test func amountsAreCarriedOn() {
        let text = "First, adding 5 to 44 gives 49, then 5 more means 54. Next, it doubles to 108; 8 fewer means 100"
        let report = EquationChecker.check(text)
        #expect(report.checked == 4)
        #expect(report.wrong == [])
        #expect(EquationChecker.check(text.replacing("means 100", with: "means 99")).wrong == ["8 fewer means 99"])
    }

    @Test func everyRightTraceOfTheLabPassesAndEveryEquationIsRead() throws {
        var generator = LabGenerator(seed: 20)
        var equations = 0
        for record in try generator.records(600, steps: [1, 2, 3], split: .training, traces: true, distinct: false) {
            let trace = try #require(record.trace)
            let report = EquationChecker.check(trace, problem: record.problem)
            #expect(report.wrong == [] && report.unknown == 0, "\(record.problem) \(trace)")
            #expect(report.checked >= 1, "\(trace)")
            equations += report.checked
        }
        // Two changes each on average, some pairs of them in one equation.
        #expect(equations > 900)
    }

    /// A number changed anywhere but in opening, wording and answer makes some equation wrong.
    @Test func plantedErrorsAreFound() throws {
        var generator = LabGenerator(seed: 21)
        var planted = 0
        for record in try generator.records(200, steps: [3], split: .training, traces: true, distinct: false) {
            let trace = try #require(record.trace)
            // The last result before the conclusion, whatever its wording.
            let words = trace.split(separator: " ").map(String.init)
            let end = try #require(words.lastIndex { ["answer"].contains($0) })
            guard let place = words[..<end].lastIndex(where: { Int($0.filter(\.isNumber)) != nil }),
                let value = Int(words[place].filter(\.isNumber))
            else { continue }
            var changed = words
            changed[place] = words[place].replacing(String(value), with: String(value + 1))
            let report = EquationChecker.check(changed.joined(separator: " "), problem: record.problem)
            #expect(report.wrong.count == 1, "\(changed.joined(separator: " "))")
            planted += 1
        }
        #expect(planted == 200)
    }

    /// Long runs of signs do not take the square of their length.
    @Test(.timeLimit(.minutes(1))) func longNonsenseIsQuick() {
        #expect(EquationChecker.check(String(repeating: "1+", count: 20_000)).wrong == [])
        #expect(EquationChecker.check(String(repeating: "(", count: 20_000) + "1 = 1").wrong == [])
    }
}
