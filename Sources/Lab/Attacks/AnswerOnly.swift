import Answers

/// Throws the reasoning away and learns problems with bare answers.
public struct AnswerOnly: TraceAttack {
    /// What the student learns to write; "{answer}" stands for the answer.
    public var template: String

    /// The form in which the lab's traces end.
    public static let defaultTemplate = "The answer is #### {answer}"

    /// - Parameter template: What the student learns to write, with "{answer}" in it.
    /// - Throws: `AttackError.templateWithoutAnswer`.
    public init(template: String = AnswerOnly.defaultTemplate) throws(AttackError) {
        guard template.contains("{answer}") else { throw .templateWithoutAnswer(template) }
        self.template = template
    }

    /// A record of the form problem-trace for every trace that has an answer.
    public func apply(to traces: [AttackTrace]) -> AttackResult {
        var result = AttackResult(read: traces.count)
        for trace in traces {
            guard let answer = AnswerExtractor.extract(from: trace.trace)?.text,
                let line = trace.line(with: template.replacing("{answer}", with: answer))
            else {
                result.dropped["no answer", default: 0] += 1
                continue
            }
            result.lines.append(line)
            result.changed += 1
        }
        return result
    }
}
