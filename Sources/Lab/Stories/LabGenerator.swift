import Statistics

/// Makes the lab's data: stories, their traces, and texts of arithmetic facts. Equal settings and seeds give equal data.
public struct LabGenerator: Sendable {
    private var generator: SeededGenerator
    private let mergedPercent: Int

    /// - Parameters:
    ///   - seed: Neighbouring seeds give unrelated data.
    ///   - mergesSteps: Whether traces and facts sometimes take two steps in one equation. Who never saw that has to learn
    ///     it from the teacher's traces.
    public init(seed: UInt64, mergesSteps: Bool = true) {
        generator = SeededGenerator(seed: SeededGenerator.mix(seed))
        mergedPercent = mergesSteps ? TraceWording.mergedPercent : 0
    }

    // MARK: Problems

    /// The operands of gains and losses, and the amounts that stories start from.
    static let operands = 2...9
    static let starts = 5...60

    /// A story of `steps` changes out of `split`.
    public mutating func problem(steps: Int, split: LabSplit) -> WordProblem {
        while true {
            let problem = candidate(steps: steps)
            if LabSplit.containing(problem) == split { return problem }
        }
    }

    /// `count` records out of `split`, as many of each number of steps as `steps` says in turn.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - steps: Numbers of steps.
    ///   - split: The part.
    ///   - traces: Whether they have traces.
    ///   - distinct: Whether the same arithmetic may occur once only.
    /// - Throws: `LabError.tooFewProblems` when there are not that many distinct ones.
    public mutating func records(
        _ count: Int, steps: [Int], split: LabSplit, traces: Bool, distinct: Bool
    ) throws(LabError) -> [LabRecord] {
        guard !steps.isEmpty, steps.allSatisfy({ (1...3).contains($0) }) else { throw .stepsOutOfRange(steps) }
        var seen: Set<UInt64> = []
        var records: [LabRecord] = []
        records.reserveCapacity(count)
        var failures = 0
        while records.count < count {
            let problem = problem(steps: steps[records.count % steps.count], split: split)
            if distinct, !seen.insert(problem.fingerprint).inserted {
                failures += 1
                guard failures < 10_000 else { throw .tooFewProblems(found: records.count, wanted: count) }
                continue
            }
            failures = 0
            records.append(record(of: problem, trace: traces))
        }
        return records
    }

    /// A story in words, with or without a trace.
    public mutating func record(of problem: WordProblem, trace: Bool) -> LabRecord {
        let text = ProblemWording.text(of: problem, using: &generator)
        let solution = String(problem.answer)
        return LabRecord(
            problem: text,
            trace: trace ? worded(problem) : nil,
            solution: solution)
    }

    private mutating func candidate(steps: Int) -> WordProblem {
        let person = pick(ProblemWording.people) ?? Person(name: "Mia", pronoun: "she")
        let items = pick(ProblemWording.items) ?? "apples"
        var problem = WordProblem(
            person: person, items: items, start: Int.random(in: Self.starts, using: &generator), changes: [])
        var amount = problem.start
        for _ in 0..<steps {
            let change = self.change(of: amount)
            problem.changes.append(change)
            amount = change.applied(to: amount)
        }
        return problem
    }

    /// A change that stays within the numbers there are, whatever the amount is.
    private mutating func change(of amount: Int) -> WordProblem.Change {
        while true {
            switch Int.random(in: 0..<20, using: &generator) {
            case 0..<8:
                let operand = Int.random(in: Self.operands, using: &generator)
                if amount + operand <= WordProblem.range.upperBound { return .gain(operand) }
            case 8..<15:
                let operand = Int.random(in: Self.operands, using: &generator)
                if amount - operand >= 1 { return .lose(operand) }
            default:
                if amount * 2 <= WordProblem.range.upperBound { return .double }
            }
        }
    }

    /// A trace of a story; two steps are one where `merges` says so of the first one's number, or by chance.
    mutating func worded(_ problem: WordProblem, merges: ((Int) -> Bool)? = nil) -> String {
        let percent = mergedPercent
        return TraceWording.text(of: problem, using: &generator) { index, generator in
            merges?(index) ?? generator.happens(percent: percent)
        }
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element? {
        elements.randomElement(using: &generator)
    }

    // MARK: Facts

    /// A text of `count` facts of arithmetic, each in one of the wordings that traces use; some take two steps.
    public mutating func facts(_ count: Int) -> LabRecord {
        var text = "Facts:"
        var result = 0
        for index in 0..<count {
            let amount = Int.random(in: 1...WordProblem.range.upperBound, using: &generator)
            let change = self.change(of: amount)
            text += index == 0 ? " " : "; "
            result = change.applied(to: amount)
            let next = self.change(of: result)
            if generator.happens(percent: mergedPercent), let both = TraceWording.merged(change, next, from: amount) {
                text += both
                result = next.applied(to: result)
            } else {
                text += TraceWording.step(change, from: amount, complete: true, using: &generator)
            }
        }
        return LabRecord(problem: "Say some facts.", trace: text, solution: String(result))
    }
}

/// What the lab cannot make.
public enum LabError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Steps must be 1, 2 or 3.
    case stepsOutOfRange([Int])
    /// The arithmetic of so few numbers has no more problems than this.
    case tooFewProblems(found: Int, wanted: Int)

    /// One line for people.
    public var description: String {
        switch self {
        case .stepsOutOfRange(let steps):
            "steps must be 1, 2 or 3, not \(steps.map(String.init).joined(separator: ","))"
        case .tooFewProblems(let found, let wanted):
            "only \(found) of \(wanted) distinct problems were found; ask for fewer, or for more steps"
        }
    }
}
