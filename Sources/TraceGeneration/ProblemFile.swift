import Foundation
import KeyedPRF
import StrictJSON
import Traces

/// The problems of a file, with a digest of what was read.
public struct ProblemFile: Sendable {
    /// The problems in the order of the file.
    public let problems: [Problem]
    /// SHA-256, in hexadecimal, of the lines that are not blank, each with a line feed after it.
    public let digest: String

    /// Reads lines of JSON: the problem is `problem`, `question` or `prompt`, or a conversation's first user message; the
    /// reference is `solution`, `answer` or `final_answer`; `id` is carried along. Traces that are there are not read.
    ///
    /// - Parameters:
    ///   - path: A file, or `-` for standard input.
    ///   - limit: How many problems to take at most.
    /// - Throws: `TraceError` or ``TraceGenerationError``, naming file and line.
    public init(path: String, limit: Int = .max) throws {
        var reader = try TraceReader(linesOf: path)
        let hasher = try SHA256Hasher()
        var problems: [Problem] = []
        while problems.count < limit, let line = try reader.nextLine() {
            hasher.update(line.bytes)
            hasher.update([0x0A])
            problems.append(try Self.problem(line.bytes, at: line.location))
        }
        guard !problems.isEmpty else {
            throw TraceGenerationError(.input, at: SourceLocation(file: path, line: 1), "there is no problem")
        }
        self.problems = problems
        digest = hasher.finalize().hex
    }

    private static func problem(_ line: [UInt8], at location: SourceLocation) throws -> Problem {
        var conversation: String?
        do {
            conversation = try TraceParser.parse(line: line, format: nil, location: location).turns.first?.problem
        } catch {
            // A problem without a trace: the parser has still found the line to be JSON without repeated names.
            guard error.code == .missingField else { throw error }
        }
        let members: Members
        do {
            members = try JSONDecoder().decode(Members.self, from: Data(line))
        } catch let error as DecodingError {
            throw TraceError(.wrongType, at: location, StrictDecoding.words(error))
        }
        guard let text = members.problem ?? members.question ?? members.prompt ?? conversation else {
            throw TraceGenerationError(
                .input, at: location, "the record has no \"problem\", \"question\", \"prompt\" or user message")
        }
        guard text.utf8.contains(where: { $0 > 0x20 }) else {
            throw TraceGenerationError(.input, at: location, "the problem is empty")
        }
        return Problem(text: text, id: members.id, solution: members.reference, location: location)
    }

    private struct Members: Decodable {
        var problem: String?
        var question: String?
        var prompt: String?
        var id: Problem.Identifier?
        var reference: String?

        enum CodingKeys: String, CodingKey {
            case problem, question, prompt, id, solution, answer
            case finalAnswer = "final_answer"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            problem = try container.decodeIfPresent(String.self, forKey: .problem)
            question = try container.decodeIfPresent(String.self, forKey: .question)
            // A conversation may stand here, which the parser of traces reads.
            prompt = try? container.decodeIfPresent(String.self, forKey: .prompt)
            id = try container.decodeIfPresent(Problem.Identifier.self, forKey: .id)
            reference =
                Self.text(container, .solution) ?? Self.text(container, .answer) ?? Self.text(container, .finalAnswer)
        }

        /// A string or a number's digits; other values are no reference.
        private static func text(_ container: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys) -> String? {
            if let text = try? container.decodeIfPresent(String.self, forKey: key) { return text }
            if let number = try? container.decodeIfPresent(Int.self, forKey: key) { return String(number) }
            if let number = try? container.decodeIfPresent(Double.self, forKey: key) { return "\(number)" }
            return nil
        }
    }
}
