import Answers
import Traces

/// MATH (Hendrycks et al. 2021, arXiv 2103.03874): one JSON file for each problem, in a folder for each subject, or lines
/// of such objects; the solution's last `\boxed{…}` is the final answer.
enum MATHReader {
    private struct Record: Decodable {
        var problem: String
        var solution: String
        var level: RecordName?
        var type: String?
        var subject: String?
        var id: RecordName?
        var uniqueID: RecordName?

        enum CodingKeys: String, CodingKey {
            case problem, solution, level, type, subject, id
            case uniqueID = "unique_id"
        }
    }

    static func problem(of file: ProblemSetFile) throws(ProblemSetError) -> ImportedProblem {
        let record = try file.decode(Record.self)
        let folder = file.path.split(separator: "/").dropLast().last.map(String.init)
        return try problem(
            record, id: file.identifier, subject: folder, at: SourceLocation(file: file.path, line: 1))
    }

    static func problems(ofLines file: ProblemSetFile) throws(ProblemSetError) -> [ImportedProblem] {
        var problems: [ImportedProblem] = []
        for (record, location) in try file.lines(of: Record.self) {
            problems.append(
                try problem(record, id: "\(file.identifier)-\(location.line)", subject: nil, at: location))
        }
        return problems
    }

    private static func problem(
        _ record: Record, id: String, subject: String?, at location: SourceLocation
    ) throws(ProblemSetError) -> ImportedProblem {
        let problem = try Field.text(record.problem, "problem", at: location)
        let solution = bracing(try Field.text(record.solution, "solution", at: location))
        guard let answer = AnswerExtractor.extract(from: solution), answer.marker == .boxed, !answer.text.isEmpty else {
            throw ProblemSetError(.noAnswer, at: location, "\"solution\" has no \\boxed{…} with the final answer")
        }
        return ImportedProblem(
            id: record.uniqueID?.text ?? record.id?.text ?? id, problem: problem, question: problem,
            solution: solution, answer: answer.text, subject: record.type ?? record.subject ?? subject,
            level: record.level?.text, location: location)
    }

    /// The set writes some answers as `\boxed 5$`: TeX boxes the next character, the set's own evaluation all up to the
    /// dollar sign. Such a last box is given braces, as everything else reads it.
    static func bracing(_ solution: String) -> String {
        let bytes = Array(solution.utf8)
        let marker = Array("\\boxed ".utf8)
        guard bytes.count > marker.count else { return solution }
        for start in stride(from: bytes.count - marker.count, through: 0, by: -1)
        where bytes[start..<start + 6].elementsEqual(marker.dropLast()) {
            // A box with braces, or one that ends the text.
            guard bytes[start..<start + marker.count].elementsEqual(marker) else { return solution }
            let begin = start + marker.count
            guard let first = bytes[begin...].first, first != UInt8(ascii: "{"), first != UInt8(ascii: " "),
                let end = bytes[begin...].firstIndex(of: UInt8(ascii: "$")), end > begin
            else { return solution }
            return String(decoding: bytes[..<(begin - 1)], as: UTF8.self) + "{"
                + String(decoding: bytes[begin..<end], as: UTF8.self) + "}"
                + String(decoding: bytes[end...], as: UTF8.self)
        }
        return solution
    }
}
