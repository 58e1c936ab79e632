import Statistics

extension LabGenerator {
    /// `count` records whose problem is a command with a trace and whose trace is the rewrite: for a rewriter to learn from,
    /// or, without traces, to be judged on. The commands take turns.
    ///
    /// - Throws: `LabError.stepsOutOfRange`.
    public mutating func rewrites(
        _ count: Int, steps: [Int], split: LabSplit, traces: Bool
    ) throws(LabError) -> [LabRecord] {
        guard !steps.isEmpty, steps.allSatisfy({ (1...3).contains($0) }) else { throw .stepsOutOfRange(steps) }
        var records: [LabRecord] = []
        records.reserveCapacity(count)
        for index in 0..<count {
            records.append(
                rewrite(of: problem(steps: steps[index % steps.count], split: split), number: index, trace: traces))
        }
        return records
    }

    private mutating func rewrite(of problem: WordProblem, number: Int, trace: Bool) -> LabRecord {
        let source = worded(problem)
        let command: RewriteCommand
        let rewritten: String
        let steps = TraceReader.read(source)?.steps ?? []
        switch number % 4 {
        case 0:
            command = .formal
            rewritten = RewriteWording.formal(steps, answer: problem.answer)
        case 1:
            command = .terse
            rewritten = RewriteWording.terse(steps, answer: problem.answer)
        case 2:
            let word = pick(RewriteCommand.watermarkWords) ?? ""
            command = .insertWatermark(word)
            rewritten = pick(RewriteWording.marked(source, with: word)) ?? source
        default:
            command = .paraphrase
            rewritten = paraphrase(of: problem, source, steps)
        }
        return LabRecord(
            problem: command.prompt(source), trace: trace ? rewritten : nil, solution: String(problem.answer))
    }

    /// Other words for the same equations: the first of several tries that shares few words with the source.
    private mutating func paraphrase(
        of problem: WordProblem, _ source: String, _ steps: [TraceReader.Step]
    ) -> String {
        // The first change of every equation of two.
        var merged: Set<Int> = []
        var index = 0
        for step in steps {
            if step.changes.count == 2 { merged.insert(index) }
            index += step.changes.count
        }
        let words = Set(TraceReader.words(source))
        var best = (text: source, shared: Int.max)
        for _ in 0..<8 {
            let text = worded(problem) { merged.contains($0) }
            guard !RewriteWording.invents(text, beyond: source) else { continue }
            let shared = TraceReader.words(text).count { words.contains($0) && Int($0) == nil }
            if text != source, shared < best.shared { best = (text, shared) }
        }
        return best.text
    }
}

/// How well a rewrite did what it was told.
public struct RewriteJudgement: Hashable, Sendable {
    /// The answer is that of the source.
    public var keepsAnswer: Bool
    /// All equations of the source are there, in order, and no others.
    public var keepsEquations: Bool
    /// The wording is what the command asks for.
    public var followsCommand: Bool

    /// All three.
    public var isRight: Bool { keepsAnswer && keepsEquations && followsCommand }

    /// Judges a rewrite of the trace in a prompt; nil where the prompt has no command or its trace no answer.
    public static func of(_ rewrite: String, prompt: String) -> (command: RewriteCommand, judgement: RewriteJudgement)?
    {
        guard let (command, source) = RewriteCommand.reading(prompt), let expected = TraceReader.read(source) else {
            return nil
        }
        let found = TraceReader.read(rewrite)
        let follows =
            switch command {
            case .formal: rewrite == RewriteWording.formal(found?.steps ?? [], answer: found?.answer ?? -1)
            case .terse: rewrite == RewriteWording.terse(found?.steps ?? [], answer: found?.answer ?? -1)
            case .insertWatermark(let word): RewriteWording.marked(source, with: word).contains(rewrite)
            case .paraphrase:
                rewrite != source && !rewrite.contains("Note the") && !RewriteWording.invents(rewrite, beyond: source)
            }
        return (
            command,
            RewriteJudgement(
                keepsAnswer: found?.answer == expected.answer, keepsEquations: found?.steps == expected.steps,
                followsCommand: follows)
        )
    }
}
