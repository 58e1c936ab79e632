import Answers
import Foundation

/// The parts of an endpoint's reply to a rewriting prompt.
struct InstructionReply {
    /// The rewritten reasoning, without the reply's own statement of the answer.
    var reasoning: String
    /// The final answer the reply states with a marker, if it does.
    var statedAnswer: String?
    /// Set when the reply stops in the middle.
    var defect: Rejection?

    /// Reads `<rewritten>...</rewritten>` and the answer line after it. Models that reason first may wrap their own
    /// reasoning in `<think>`; it is dropped. A reply without the tags is taken whole.
    init(_ reply: String) {
        var text = reply[...]
        if let open = text.range(of: "<think>"), text[..<open.lowerBound].allSatisfy(\.isWhitespace) {
            guard let close = text.range(of: "</think>") else {
                self.init(reasoning: "", defect: .truncated)
                return
            }
            text = text[close.upperBound...]
        }
        guard let open = text.range(of: "<rewritten>") else {
            self.init(untagged: String(text))
            return
        }
        guard let close = text[open.upperBound...].range(of: "</rewritten>", options: .backwards) else {
            self.init(reasoning: "", defect: .truncated)
            return
        }
        let inside = InstructionReply(untagged: String(text[open.upperBound..<close.lowerBound]))
        let after = String(text[close.upperBound...])
        self.init(reasoning: inside.reasoning)
        statedAnswer = Self.markedAnswer(after)?.text ?? inside.statedAnswer
    }

    private init(reasoning: String, defect: Rejection? = nil) {
        self.reasoning = reasoning
        self.defect = defect
    }

    private init(untagged text: String) {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard let answer = Self.markedAnswer(trimmed) else {
            self.init(reasoning: trimmed)
            return
        }
        // The original's own answer region is put back afterwards, so the reply's statement of it is cut off; words
        // before the marker on its line belong to the statement, unless the line is the whole reply.
        var end = answer.markerRange.lowerBound
        let bytes = Array(trimmed.utf8)
        while end > 0, bytes[end - 1] != UInt8(ascii: "\n"), answer.marker != .boxed { end -= 1 }
        var kept = trimmed.utf8Slice(0..<end).trimmingCharacters(in: .whitespacesAndNewlines)
        if kept.isEmpty {
            kept = trimmed.utf8Slice(0..<answer.markerRange.lowerBound).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        self.init(reasoning: kept.isEmpty ? trimmed : kept)
        statedAnswer = answer.text
    }

    /// An answer with a marker of its own; a mere last number is part of the reasoning.
    private static func markedAnswer(_ text: String) -> ExtractedAnswer? {
        guard let answer = AnswerExtractor.extract(from: text) else { return nil }
        switch answer.marker {
        case .boxed, .hashes, .answerTag, .phrase: return answer
        case .choice, .bare, .lastNumber: return nil
        }
    }
}
