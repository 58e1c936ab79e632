import Answers
import Traces

/// A problem to be put to a model.
public struct Problem: Hashable, Sendable {
    /// The `id` of a record, written back as it was: a string or a number.
    public enum Identifier: Hashable, Sendable, Codable {
        /// A string.
        case text(String)
        /// A whole number.
        case number(Int)

        /// Reads a string or a whole number.
        ///
        /// - Throws: `DecodingError` for anything else.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }

        /// Writes a string or a whole number.
        ///
        /// - Throws: What the encoder throws.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .number(let number): try container.encode(number)
            }
        }
    }

    /// What is asked.
    public var text: String
    /// The record's `id`.
    public var id: Identifier?
    /// The record's reference solution or answer, as it stands.
    public var solution: String?
    /// Where the record begins.
    public var location: SourceLocation

    /// - Parameters:
    ///   - text: What is asked.
    ///   - id: The record's `id`.
    ///   - solution: The record's reference solution or answer, as it stands.
    ///   - location: Where the record begins.
    public init(text: String, id: Identifier? = nil, solution: String? = nil, location: SourceLocation) {
        self.text = text
        self.id = id
        self.solution = solution
        self.location = location
    }

    /// The final answer of ``solution``.
    public var answer: String? { solution.flatMap(FinalAnswer.reference) }
}

/// Final answers of solutions and of traces.
enum FinalAnswer {
    /// The answer of a reference solution (``AnswerExtractor/reference(in:)``).
    static func reference(_ solution: String) -> String? { AnswerExtractor.reference(in: solution)?.text }

    /// Whether a trace says which answer is the final one, rather than just holding a number somewhere.
    static func isMarked(_ answer: ExtractedAnswer) -> Bool {
        switch answer.marker {
        case .boxed, .hashes, .answerTag, .phrase: !answer.text.isEmpty
        case .choice, .bare, .lastNumber: false
        }
    }

    /// Whether a trace's final answer is the reference. What cannot be told counts as wrong.
    static func isRight(_ answer: String?, reference: String) -> Bool {
        guard let answer else { return false }
        return AnswerEquivalence.compare(answer, reference) == .equal
    }
}
