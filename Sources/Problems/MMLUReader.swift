import Traces

/// MMLU (Hendrycks et al. 2020, arXiv 2009.03300): CSV files of question, A, B, C, D and answer, without a header or with
/// one, or lines of `{"question", "choices", "answer"}`.
///
/// A problem is the question and its choices, one a line: `A. …`; the answer is the letter, boxed.
enum MMLUReader {
    private struct Record: Decodable {
        var question: String
        var choices: [String]?
        var a: String?
        var b: String?
        var c: String?
        var d: String?
        var answer: RecordName
        var subject: String?
        var id: RecordName?

        enum CodingKeys: String, CodingKey {
            case question, choices, answer, subject, id
            case a = "A"
            case b = "B"
            case c = "C"
            case d = "D"
        }
    }

    /// What follows the subject in the names of the set's files.
    private static let parts = ["_test", "_dev", "_val", "_train"]
    /// What a header calls the six columns.
    private static let header = ["question", "a", "b", "c", "d", "answer"]

    // MARK: Lines

    static func problems(ofLines file: ProblemSetFile) throws(ProblemSetError) -> [ImportedProblem] {
        var problems: [ImportedProblem] = []
        for (record, location) in try file.lines(of: Record.self) {
            let letters = [record.a, record.b, record.c, record.d].compactMap(\.self)
            guard let choices = record.choices ?? (letters.count == 4 ? letters : nil) else {
                throw ProblemSetError(.wrongShape, at: location, "there are neither \"choices\" nor \"A\" to \"D\"")
            }
            problems.append(
                try problem(
                    question: record.question, choices: choices, answer: record.answer.text,
                    id: record.id?.text ?? "\(file.identifier)-\(location.line)", subject: record.subject,
                    at: location))
        }
        return problems
    }

    // MARK: Tables

    static func problems(ofTable file: ProblemSetFile) throws(ProblemSetError) -> [ImportedProblem] {
        var rows = try CSVReader.rows(of: file.bytes(), file: file.path)
        guard let first = rows.first else {
            throw ProblemSetError(.unreadable, at: SourceLocation(file: file.path, line: 1), "the file holds no row")
        }
        var columns = Array(0..<header.count)
        var subjectColumn: Int?
        let names = first.cells.map { $0.lowercased() }
        if names.contains("question"), names.contains("answer") {
            columns = try header.map { name throws(ProblemSetError) in
                guard let column = names.firstIndex(of: name) else {
                    throw ProblemSetError(
                        .wrongShape, at: SourceLocation(file: file.path, line: first.line),
                        "the header has no column '\(name)'")
                }
                return column
            }
            subjectColumn = names.firstIndex(of: "subject")
            rows.removeFirst()
        }
        let width = max(first.cells.count, header.count)
        let ownSubject = subject(of: file.stem)
        var problems: [ImportedProblem] = []
        for (number, row) in rows.enumerated() {
            let location = SourceLocation(file: file.path, line: row.line)
            guard row.cells.count == width else {
                throw ProblemSetError(
                    .wrongShape, at: location, "the row has \(row.cells.count) cells in place of \(width)")
            }
            problems.append(
                try problem(
                    question: row.cells[columns[0]], choices: columns[1...4].map { row.cells[$0] },
                    answer: row.cells[columns[5]], id: "\(file.identifier)-\(number + 1)",
                    subject: subjectColumn.map { row.cells[$0] } ?? ownSubject, at: location))
        }
        return problems
    }

    private static func subject(of stem: String) -> String {
        let part = parts.first { stem.hasSuffix($0) } ?? ""
        return String(stem.dropLast(part.count))
    }

    // MARK: Problems

    private static func problem(
        question: String, choices: [String], answer: String, id: String, subject: String?, at location: SourceLocation
    ) throws(ProblemSetError) -> ImportedProblem {
        let question = try Field.text(question, "question", at: location)
        guard (2...26).contains(choices.count) else {
            throw ProblemSetError(.wrongShape, at: location, "there are \(choices.count) choices; 2 to 26 are read")
        }
        var letters: [String] = []
        var lines = question
        for (index, choice) in choices.enumerated() {
            let letter = String(decoding: [UInt8(ascii: "A") + UInt8(index)], as: UTF8.self)
            letters.append(letter)
            lines += "\n\(letter). " + ((try? Field.text(choice, letter, at: location)) ?? "")
        }
        let given = try Field.text(answer, "answer", at: location)
        // A number counts the choices from 0.
        let number = Int(given).flatMap { letters.indices.contains($0) ? letters[$0] : nil }
        guard let letter = letters.first(where: { $0 == given.uppercased() }) ?? number else {
            throw ProblemSetError(
                .noAnswer, at: location,
                "the answer is none of the choices \(letters.first ?? "")-\(letters.last ?? "")")
        }
        // The set has wrong choices without text; the right one must say something.
        _ = try letters.firstIndex(of: letter).map { index throws(ProblemSetError) in
            try Field.text(choices[index], letter, at: location)
        }
        return ImportedProblem(
            id: id, problem: lines, question: question, solution: "\\boxed{\(letter)}", answer: letter,
            subject: subject, level: nil, location: location)
    }
}
