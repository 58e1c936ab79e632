import Answers
import Lab
import TestSupport
import Testing

@Suite struct LabGeneratorTests {
    private func records(
        _ count: Int, steps: [Int] = [3], split: LabSplit = .training, seed: UInt64 = 1, distinct: Bool = false
    ) throws -> [LabRecord] {
        var generator = LabGenerator(seed: seed)
        return try generator.records(count, steps: steps, split: split, traces: true, distinct: distinct)
    }

    @Test(arguments: [[1], [2], [3], [1, 2, 3]])
    func answersAreFoundInTraces(steps: [Int]) throws {
        for record in try records(300, steps: steps) {
            let trace = try #require(record.trace)
            let answer = try #require(AnswerExtractor.extract(from: trace))
            #expect(answer.marker == .hashes)
            #expect(answer.text == record.solution)
            #expect(trace.hasSuffix("the answer is #### " + record.solution) || trace.contains("he answer is ####"))
        }
    }

    /// Every equation of a trace is right, read by an evaluator that shares nothing with the generator.
    @Test func equationsAreRight() throws {
        var equations = 0
        for record in try records(500, seed: 7) + records(300, steps: [1, 2], seed: 8) {
            for (left, right) in Equation.all(in: try #require(record.trace)) {
                equations += 1
                #expect(Equation.value(of: left) == right, "\(record)")
            }
        }
        #expect(equations > 500)
    }

    @Test func numbersStayInRange() throws {
        for record in try records(500, steps: [1, 2, 3], seed: 3) {
            let text = record.problem + " " + (record.trace ?? "")
            for number in text.split(whereSeparator: { !$0.isNumber }).compactMap({ Int($0) }) {
                #expect(WordProblem.range.contains(number), "\(text)")
            }
        }
    }

    @Test func seedsDecideEverything() throws {
        #expect(try records(50, seed: 5) == records(50, seed: 5))
        #expect(try records(50, seed: 5) != records(50, seed: 6))
    }

    @Test func splitsShareNoProblem() {
        var generator = LabGenerator(seed: 2)
        var owners: [UInt64: LabSplit] = [:]
        for split in LabSplit.allCases {
            for index in 0..<400 {
                let problem = generator.problem(steps: 1 + index % 3, split: split)
                #expect(LabSplit.containing(problem) == split)
                if let owner = owners.updateValue(split, forKey: problem.fingerprint) { #expect(owner == split) }
            }
        }
    }

    @Test func wordingDoesNotMoveAProblem() {
        let people = [Person(name: "Mia", pronoun: "she"), Person(name: "Ben", pronoun: "he")]
        let problems = people.map {
            WordProblem(person: $0, items: $0.name + "s", start: 10, changes: [.gain(5), .double, .lose(7)])
        }
        #expect(problems[0].fingerprint == problems[1].fingerprint)
        #expect(problems[0].amounts == [10, 15, 30, 23])
        #expect(problems[0].answer == 23)
        var other = problems[0]
        other.changes = [.gain(5), .lose(7), .double]
        #expect(other.fingerprint != problems[0].fingerprint)
    }

    @Test func distinctMeansTheArithmetic() throws {
        let found = try records(400, split: .evaluation, distinct: true)
        #expect(Set(found.map(\.problem)).count == 400)
        #expect(throws: LabError.self) { try records(100_000, steps: [1], split: .holdout, distinct: true) }
    }

    @Test(arguments: [[], [0], [4], [1, 9]])
    func refusesOtherNumbersOfSteps(steps: [Int]) {
        #expect(throws: LabError.stepsOutOfRange(steps)) { try records(1, steps: steps) }
    }

    @Test func phrasingIsFree() throws {
        var generator = LabGenerator(seed: 9)
        let problem = WordProblem(
            person: Person(name: "Mia", pronoun: "she"), items: "coins", start: 10,
            changes: [.gain(5), .lose(7), .double])
        let traces = Set((0..<500).map { _ in generator.record(of: problem, trace: true).trace ?? "" })
        #expect(traces.count > 450)
        // Two steps in one equation occur, and so do three single ones.
        #expect(traces.contains { $0.contains("10 + 5 - 7 = 8") })
        #expect(traces.contains { $0.contains("10 + 5 = 15") && $0.contains("15 - 7 = 8") })
    }

    @Test(arguments: [true, false]) func stepsAreMergedOnlyWhereAllowed(merges: Bool) throws {
        var generator = LabGenerator(seed: 12, mergesSteps: merges)
        var records = try generator.records(300, steps: [2, 3], split: .training, traces: true, distinct: false)
        for _ in 0..<100 { records.append(generator.facts(6)) }
        let merged = records.flatMap { Equation.all(in: $0.trace ?? "") }.filter { $0.left.count > 3 }
        #expect(merged.isEmpty == !merges)
    }

    @Test func factsAreTrueAndComplete() {
        var generator = LabGenerator(seed: 4)
        var equations = 0
        for _ in 0..<200 {
            let record = generator.facts(6)
            let trace = record.trace ?? ""
            #expect(trace.split(separator: ";").count == 6)
            #expect(!trace.contains("it goes"))
            for (left, right) in Equation.all(in: trace) {
                equations += 1
                #expect(Equation.value(of: left) == right)
            }
        }
        #expect(equations > 300)
    }

    @Test func recordsAreLinesOfTraceFiles() throws {
        let record = LabRecord(problem: "p \"q\"", trace: nil, solution: "3")
        #expect(try record.line() == #"{"problem":"p \"q\"","solution":"3"}"#)
    }
}

/// Equations in a text, and their values.
enum Equation {
    /// Left and right sides of "12 + 7 = 19" and the like.
    static func all(in text: String) -> [(left: [String], right: Int)] {
        var out: [(left: [String], right: Int)] = []
        let raw = text.split(separator: " ")
        let words = raw.map { $0.filter { !",.;:".contains($0) } }
        for (index, word) in words.enumerated() where word == "=" {
            var start = index
            // Punctuation after a word ends what came before the equation.
            while start > 0, Int(raw[start - 1]) != nil || ["+", "-", "*", "(", ")"].contains(raw[start - 1]) {
                start -= 1
            }
            if index + 1 < words.count, let right = Int(words[index + 1]) {
                out.append((Array(words[start..<index]), right))
            }
        }
        return out
    }

    /// The lab writes equations so that they can be worked from left to right.
    static func value(of words: [String]) -> Int? {
        var value: Int?
        var operation = "+"
        for word in words where word != "(" && word != ")" {
            guard let number = Int(word) else {
                operation = word
                continue
            }
            switch (value, operation) {
            case (nil, _): value = number
            case (let old?, "+"): value = old + number
            case (let old?, "-"): value = old - number
            case (let old?, "*"): value = old * number
            default: return nil
            }
        }
        return value
    }
}
