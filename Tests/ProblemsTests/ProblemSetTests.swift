import Foundation
import TestSupport
import Testing

@testable import Problems

@Suite struct ProblemSetTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    @discardableResult
    private func write(_ name: String, _ text: String) throws -> String {
        let url = URL(fileURLWithPath: folder.file(name))
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    private func failure(_ format: ProblemSetFormat, _ path: String) -> ProblemSetError? {
        #expect(throws: ProblemSetError.self) { try ProblemSet(format: format, paths: [path]) }
    }

    // MARK: GSM8K

    @Test func gsm8kLines() throws {
        let path = try write(
            "train.jsonl",
            "\u{FEFF}"
                + #"{"question": "Ann has 3 and gets 4. How many?", "answer": "3 + 4 = <<3+4=7>>7\n#### 7"}"#
                + "\r\n\r\n"
                + #"{"question": "How much?", "answer": "Much.\n#### 1,234"}"# + "\r\n")
        let problems = try ProblemSet(format: .gsm8k, paths: [path]).problems
        #expect(problems.map(\.answer) == ["7", "1,234"])
        #expect(problems.map(\.id) == ["train-1", "train-3"])
        #expect(problems[0].solution == "3 + 4 = <<3+4=7>>7\n#### 7")
    }

    @Test(arguments: [
        (#"{"question": "Q?"}"#, #"there is no "answer""#), (#"{"question": "Q?", "answer": 7}"#, "\"answer\""),
        (#"{"question": "Q?", "answer": "It is 7"}"#, "####"), (#"{"question": " ", "answer": "So #### 7"}"#, "empty"),
        (#"{"question": "Q?", "answer": "So #### 7""#, "ends"), ("not JSON", "expected"),
        (#"{"question": "Q?", "question": "R?", "answer": "So #### 7"}"#, "twice"),
    ])
    func badGSM8KLinesAreNamed(line: String, message: String) throws {
        let path = try write("bad.jsonl", #"{"question": "Q?", "answer": "A\n#### 7"}"# + "\n" + line + "\n")
        let error = failure(.gsm8k, path)
        #expect(error?.location.line == 2 && error?.location.file == path, "\(error?.description ?? "")")
        #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
    }

    // MARK: MATH

    @Test func mathFolders() throws {
        let object = { (problem: String, solution: String) in
            #"{"problem": "\#(problem)", "level": "Level 2", "type": "Algebra", "solution": "\#(solution)"}"#
        }
        try write("MATH/algebra/2.json", object("Find $x$.", #"So $x = \\boxed{\\frac{1}{2}}$."#))
        try write("MATH/algebra/10.json", object("Find $y$.", #"So $\\boxed{3}$ or $y = \\boxed 5$."#))
        try write("MATH/geometry/1.json", "\u{FEFF}{\n\"problem\": \"Area?\",\n\"solution\": \"\\\\boxed{9}\"\n}\n")
        try write("MATH/readme.txt", "not a problem")
        let problems = try ProblemSet(format: .math, paths: [folder.file("MATH")]).problems
        #expect(problems.map(\.id) == ["algebra/10", "algebra/2", "geometry/1"])
        #expect(problems.map(\.answer) == ["5", #"\frac{1}{2}"#, "9"])
        #expect(problems.map(\.subject) == ["Algebra", "Algebra", "geometry"])
        #expect(problems.map(\.level) == ["Level 2", "Level 2", nil])
        #expect(problems[0].solution.hasSuffix(#"$y = \boxed{5}$."#))
    }

    @Test func mathLines() throws {
        let path = try write(
            "test.jsonl",
            #"{"problem":"P","solution":"\\boxed{1}","answer":"1","subject":"Algebra","level":3,"unique_id":"a/1.json"}"#
                + "\n")
        let problem = try #require(try ProblemSet(format: .math, paths: [path]).problems.first)
        #expect(problem.id == "a/1.json" && problem.level == "3" && problem.subject == "Algebra")
    }

    @Test func badMathFilesAreNamed() throws {
        let open = try write("open/1.json", "{\n\"problem\": \"P\",\n\"solution\": \"no answer\"\n}")
        #expect(failure(.math, open)?.message.contains("boxed") == true)
        let broken = try write("broken/1.json", "{\n\"problem\": \"P\",\n\"solution\": }\n")
        #expect(failure(.math, folder.file("broken"))?.description.hasPrefix(broken + ":3:") == true)
        try write("empty/notes.txt", "")
        #expect(failure(.math, folder.file("empty"))?.code == .unreadable)
        #expect(failure(.math, folder.file("nowhere"))?.code == .unreadable)
    }

    @Test(arguments: [
        (#"so \boxed 5$"#, #"so \boxed{5}$"#), (#"\boxed{5}"#, #"\boxed{5}"#), (#"\boxed 5"#, #"\boxed 5"#),
        (#"\boxed "#, #"\boxed "#), (#"\boxed"#, #"\boxed"#), ("", ""), (#"\boxed $"#, #"\boxed $"#),
        (#"\boxed 1$ and \boxed{2}"#, #"\boxed 1$ and \boxed{2}"#),
    ])
    func boxesWithoutBraces(text: String, expected: String) {
        #expect(MATHReader.bracing(text) == expected)
    }

    // MARK: MMLU

    @Test func mmluTables() throws {
        try write(
            "mmlu/abstract_algebra_test.csv",
            "Find the degree.,0,4,2,6,B\r\n\"Let p = (1, 2).\nWhat is \"\"p\"\"?\",8,2,24,120,c\r\n")
        try write("mmlu/z_val.csv", "question,A,B,C,D,answer,subject\nQ?,one,two,three,four,0,logic\n")
        let problems = try ProblemSet(format: .mmlu, paths: [folder.file("mmlu")]).problems
        #expect(problems.map(\.answer) == ["B", "C", "A"])
        #expect(problems.map(\.subject) == ["abstract_algebra", "abstract_algebra", "logic"])
        #expect(problems[1].problem == "Let p = (1, 2).\nWhat is \"p\"?\nA. 8\nB. 2\nC. 24\nD. 120")
        #expect(problems[1].question == "Let p = (1, 2).\nWhat is \"p\"?")
        #expect(problems[0].solution == #"\boxed{B}"# && problems[1].location.line == 2)
    }

    @Test func mmluLines() throws {
        let path = try write(
            "m.jsonl",
            #"{"question":"Q?","subject":"law","choices":["a","b","c","d"],"answer":3}"# + "\n"
                + #"{"question":"R?","A":"a","B":"b","C":"c","D":"d","answer":"a"}"# + "\n")
        let problems = try ProblemSet(format: .mmlu, paths: [path]).problems
        #expect(problems.map(\.answer) == ["D", "A"] && problems.map(\.subject) == ["law", nil])
    }

    @Test(arguments: [
        ("q,a,b,c,d,A\nq,a,b,c,d\n", 2, ProblemSetError.Code.wrongShape), ("q,a,b,c,d,A\nq,a,b,c,d,E\n", 2, .noAnswer),
        ("q,a,b,c,d,A\n\nq,a,b,c,d,\n", 3, .empty), ("q,a,b,c,d,A\n\"q,a,b,c,d,A\n", 2, .malformedCSV),
        ("question,A,B,C,answer\nq,a,b,c,A\n", 1, .wrongShape), ("q,,b,c,d,A\n", 1, .empty), ("", 1, .unreadable),
        ("q,a,b,c,d,A,x\nq,a,b,c,d,A\n", 2, .wrongShape), (" ,a,b,c,d,A\n", 1, .empty),
    ])
    func badTablesAreNamed(text: String, line: Int, code: ProblemSetError.Code) throws {
        let error = failure(.mmlu, try write("bad.csv", text))
        #expect(error?.code == code && error?.location.line == line, "\(error?.description ?? "")")
    }

    @Test func aLineWithoutChoicesIsNamed() throws {
        let path = try write("bad.jsonl", #"{"question":"Q?","A":"a","answer":"A"}"# + "\n")
        #expect(failure(.mmlu, path)?.code == .wrongShape)
    }

    // MARK: Lines

    @Test func linesHoldWhatOtherCommandsRead() throws {
        let path = try write("g.jsonl", #"{"question": "Q/R?", "answer": "A\n#### 7"}"# + "\n")
        let problem = try #require(try ProblemSet(format: .gsm8k, paths: [path]).problems.first)
        #expect(
            String(decoding: try problem.line(), as: UTF8.self)
                == #"{"final_answer":"7","id":"g-1","problem":"Q/R?","solution":"A\n#### 7"}"#)
        let traced = try problem.line(instruction: "Solve.", withTrace: true)
        #expect(
            String(decoding: traced, as: UTF8.self)
                == #"{"final_answer":"7","id":"g-1","problem":"Solve.\n\nQ/R?","solution":"A\n#### 7","trace":"A\n#### 7"}"#
        )
    }
}
