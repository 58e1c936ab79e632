import Answers
import Traces

/// GSM8K (Cobbe et al. 2021, arXiv 2110.14168): lines of `{"question", "answer"}`; the answer is a worked solution whose
/// last line is `#### 72`.
enum GSM8KReader {
    private struct Record: Decodable {
        var question: String
        var answer: String
        var id: RecordName?
    }

    static func problems(of file: ProblemSetFile) throws(ProblemSetError) -> [ImportedProblem] {
        var problems: [ImportedProblem] = []
        for (record, location) in try file.lines(of: Record.self) {
            let question = try Field.text(record.question, "question", at: location)
            let solution = try Field.text(record.answer, "answer", at: location)
            guard let answer = AnswerExtractor.extract(from: solution), answer.marker == .hashes, !answer.text.isEmpty
            else {
                throw ProblemSetError(
                    .noAnswer, at: location, "\"answer\" does not end in #### and the final answer")
            }
            problems.append(
                ImportedProblem(
                    id: record.id?.text ?? "\(file.identifier)-\(location.line)", problem: question,
                    question: question, solution: solution, answer: answer.text, subject: nil, level: nil,
                    location: location))
        }
        return problems
    }
}

/// A name that a set writes as a string or a number.
struct RecordName: Decodable {
    var text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int.self) {
            text = String(number)
        } else {
            text = try container.decode(String.self)
        }
    }
}

/// Checks of single fields.
enum Field {
    /// The text without white space around it.
    ///
    /// - Throws: ``ProblemSetError`` with code `empty`.
    static func text(_ text: String, _ name: String, at location: SourceLocation) throws(ProblemSetError) -> String {
        var scalars = text.unicodeScalars[...]
        while let first = scalars.first, first.properties.isWhitespace { scalars.removeFirst() }
        while let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        guard !scalars.isEmpty else { throw ProblemSetError(.empty, at: location, "\"\(name)\" is empty") }
        return String(scalars)
    }
}
