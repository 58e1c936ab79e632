import Answers
import Foundation

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
                let line = try? Self.encoder.encode(
                    Record(
                        problem: trace.problem, trace: template.replacing("{answer}", with: answer),
                        solution: trace.solution, id: trace.id))
            else {
                result.dropped["no answer", default: 0] += 1
                continue
            }
            result.lines.append([UInt8](line))
            result.changed += 1
        }
        return result
    }

    private struct Record: Encodable {
        var problem: String
        var trace: String
        var solution: String?
        var id: String?
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
