import Answers
import Foundation

/// The parts of an endpoint's reply to a rewriting prompt.
struct InstructionReply {
    /// The rewritten reasoning, without the reply's own statement of the answer.
    var reasoning: String
    /// The final answer the reply states with a marker, if it does.
    var statedAnswer: String?
    /// Set when the reply stops in the middle, or is no rewriting.
    var defect: Rejection?

    private static let open = "<rewritten>"
    private static let close = "</rewritten>"

    /// Reads `<rewritten>...</rewritten>` and the answer line after it. The last pair counts: models that reason first name the
    /// tags in their thoughts, and some write them twice, one pair in the other.
    ///
    /// - Parameters:
    ///   - reply: What the endpoint wrote.
    ///   - expectsTags: Whether the prompt asked for the tags. A reply without them is then talk about the task; else it is
    ///     taken whole.
    init(_ reply: String, expectsTags: Bool = false) {
        guard let text = OwnThoughts.cutInFront(reply[...]) else {
            self.init(reasoning: "", defect: .truncated)
            return
        }
        guard text.range(of: Self.open, options: .caseInsensitive) != nil else {
            let said = OwnThoughts.cutBeforeLoneEnd(text)
            if expectsTags, said.contains(where: { !$0.isWhitespace }) {
                self.init(reasoning: "", defect: .tagsMissing)
            } else {
                self.init(untagged: String(said))
            }
            return
        }
        guard let pair = Self.lastPair(in: text) else {
            self.init(reasoning: "", defect: .truncated)
            return
        }
        guard let content = OwnThoughts.cutInFront(text[pair.content]) else {
            self.init(reasoning: "", defect: .truncated)
            return
        }
        let inside = InstructionReply(untagged: String(content))
        self.init(reasoning: inside.reasoning)
        statedAnswer = Self.markedAnswer(String(text[pair.end...]))?.text ?? inside.statedAnswer
    }

    /// What stands between the last opening tag that is closed and the closing tag after it.
    private static func lastPair(in text: Substring) -> (content: Range<String.Index>, end: String.Index)? {
        var limit = text.endIndex
        while let tag = text[..<limit].range(of: open, options: [.caseInsensitive, .backwards]) {
            if let end = text[tag.upperBound...].range(of: close, options: .caseInsensitive) {
                return (tag.upperBound..<end.lowerBound, end.upperBound)
            }
            limit = tag.lowerBound
        }
        return nil
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
