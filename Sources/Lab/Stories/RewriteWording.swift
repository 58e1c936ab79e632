/// What a rewriter of the lab's language is told to do with a trace. The answer and every equation stay in all cases.
public enum RewriteCommand: Hashable, Sendable {
    /// Full sentences, the same for every trace with the same equations.
    case formal
    /// Equations and nothing else.
    case terse
    /// The trace as it is, with a sentence about this word put between two of its sentences.
    case insertWatermark(String)
    /// The same equations in other words.
    case paraphrase

    /// The words that a watermark is made of.
    public static let watermarkWords = [
        "lantern", "harbour", "copper", "violin", "meadow", "thunder", "ribbon", "compass", "walnut", "glacier",
        "pepper",
        "saddle", "candle", "falcon", "marble", "orchard",
    ]

    /// The command as a prompt says it, before the trace.
    public var text: String {
        switch self {
        case .formal: "formal"
        case .terse: "terse"
        case .insertWatermark(let word): "insert-watermark \(word)"
        case .paraphrase: "paraphrase"
        }
    }

    /// The name without the word.
    public var name: String { text.split(separator: " ").first.map(String.init) ?? text }

    /// The prompt that asks for a rewrite of a trace.
    public func prompt(_ trace: String) -> String { text + ": " + trace }

    /// The command and the trace of a prompt; nil for another text.
    public static func reading(_ prompt: String) -> (command: RewriteCommand, trace: String)? {
        guard let colon = prompt.firstIndex(of: ":") else { return nil }
        let command: RewriteCommand
        let words = prompt[..<colon].split(separator: " ")
        switch words.first.map(String.init) {
        case "formal": command = .formal
        case "terse": command = .terse
        case "paraphrase": command = .paraphrase
        case "insert-watermark" where words.count == 2: command = .insertWatermark(String(words[1]))
        default: return nil
        }
        return (command, String(prompt[prompt.index(after: colon)...].drop { $0 == " " }))
    }
}

/// Says the same equations as a command wants them.
struct RewriteWording {
    static let formalSum = Phrase(1, "adding {b} to {a} yields {c}")
    static let formalDifference = Phrase(1, "subtracting {b} from {a} yields {c}")
    static let formalDoubling = Phrase(1, "multiplying {a} by two yields {c}")

    /// The formal trace.
    static func formal(_ steps: [TraceReader.Step], answer: Int) -> String {
        var sentences = ["The solution proceeds as follows."]
        for (number, step) in steps.enumerated() {
            let opening = number == 0 ? "Initially, " : "Subsequently, "
            let equation: String
            if let change = step.changes.first, step.changes.count == 1 {
                var values: [Character: String] = ["a": String(step.before), "c": String(step.after)]
                switch change {
                case .gain(let operand):
                    values["b"] = String(operand)
                    equation = formalSum.filled(values)
                case .lose(let operand):
                    values["b"] = String(operand)
                    equation = formalDifference.filled(values)
                case .double: equation = formalDoubling.filled(values)
                }
            } else {
                equation = "evaluating \(leftSide(step)) yields \(step.after)"
            }
            sentences.append(opening + equation + ".")
        }
        return sentences.joined(separator: " ") + " Hence the answer is #### \(answer)"
    }

    /// The terse trace. A number does not begin it, as none begins a trace.
    static func terse(_ steps: [TraceReader.Step], answer: Int) -> String {
        "Steps: " + steps.map { "\(leftSide($0)) = \($0.after)" }.joined(separator: "; ") + ". #### \(answer)"
    }

    private static func leftSide(_ step: TraceReader.Step) -> String {
        step.changes.reduce(String(step.before)) { text, change in
            switch change {
            case .gain(let operand): "\(text) + \(operand)"
            case .lose(let operand): "\(text) - \(operand)"
            case .double: "\(text) * 2"
            }
        }
    }

    /// Whether a rewrite names people or things that its source does not.
    static func invents(_ rewrite: String, beyond source: String) -> Bool {
        let given = Set(TraceReader.words(source))
        let names = Set(ProblemWording.people.map { $0.name.lowercased() } + ProblemWording.items)
        return TraceReader.words(rewrite).contains { names.contains($0) && !given.contains($0) }
    }

    /// The sentence that a watermark is.
    static func sentence(_ word: String) -> String { "Note the \(word)." }

    /// Every way of putting the sentence into a trace: in front, and between two of its sentences.
    static func marked(_ trace: String, with word: String) -> [String] {
        let sentences = trace.split(separator: ". ").map(String.init)
        return sentences.indices.map { place in
            var text = sentences[..<place].joined(separator: ". ")
            if place > 0 { text += ". " }
            return text + sentence(word) + " " + sentences[place...].joined(separator: ". ")
        }
    }
}
