import TestSupport
import Testing
import Traces
import TrainingExamples

@testable import TraceGeneration

@Suite struct ProblemTests {
    @Test func problemsAreReadFromEveryShape() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write(
            """
            {"problem":"a?","solution":"1 + 1 = 2 #### 2","id":"x"}

            {"question":"b?","answer":"so #### 3","id":7}
            {"prompt":"c?","final_answer":4}
            {"problem":"d?","trace":"not read #### 9","answer":2.5}
            {"messages":[{"role":"user","content":"e?"},{"role":"assistant","content":"f"}]}
            {"problem":"g?","solution":{"steps":1}}
            """)
        let file = try ProblemFile(path: path)
        #expect(file.problems.map(\.text) == ["a?", "b?", "c?", "d?", "e?", "g?"])
        #expect(file.problems.map(\.answer) == ["2", "3", "4", "2.5", nil, nil])
        #expect(file.problems.map(\.id) == [.text("x"), .number(7), nil, nil, nil, nil])
        #expect(file.problems.map(\.location.line) == [1, 3, 4, 5, 6, 7])
        #expect(try ProblemFile(path: path, limit: 2).problems == Array(file.problems.prefix(2)))
        #expect(try ProblemFile(path: path, limit: 2).digest != file.digest)
    }

    @Test(arguments: [
        ("", "no records"), (#"{"problem":"a"}"# + "\n{", ":2"), (#"{"problem":""}"#, "empty"), ("[1]", "object"),
        (#"{"problem":"a","problem":"b"}"#, "twice"), (#"{"text":"a"}"#, "problem"), (#"{"problem":5}"#, "problem"),
        (#"{"problem":"a","id":[1]}"#, "id"),
    ])
    func badInputIsNamed(text: String, word: String) throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write(text)
        #expect { try ProblemFile(path: path) } throws: { error in
            "\(error)".contains(path) && "\(error)".contains(word)
        }
        #expect(throws: TraceError.self) { try ProblemFile(path: folder.file("none")) }
    }

    @Test(arguments: [
        ("72", "72"), ("x^2 + 1", "x^2 + 1"), ("So it is 5. #### 72", "72"),
        ("\\boxed{\\frac{1}{2}} of 3", "\\frac{1}{2}"),
        ("First 3.\nThen 4.", "4"), ("The answer is 12.", "12"), (" 3/4 \n", "3/4"),
    ])
    func referencesAreMarkedOrBareAnswers(solution: String, answer: String) {
        #expect(FinalAnswer.reference(solution) == answer)
        #expect(FinalAnswer.reference("  ") == nil)
    }

    @Test func promptsThatDoNotFitAreNamed() throws {
        var setting = try Setting(Stories.problems(5), contextLength: 16)
        setting.problems[3].text = "Sum of " + String(repeating: "3 ", count: 30)
        #expect { try setting.prompts } throws: {
            ($0 as? TraceGenerationError)?.code == .promptTooLong && "\($0)".contains("problems.jsonl:4")
        }
        #expect {
            try TokenizedProblems(
                Stories.problems(1), tokenizer: setting.model.tokenizer, format: setting.format, vocabularySize: 20,
                contextLength: 64)
        } throws: { ($0 as? TraceGenerationError)?.code == .foreignToken }
    }

    @Test func tracesEndWithTheContext() throws {
        var setting = try Setting(Stories.problems(5), contextLength: 9)
        setting.options.answerForcing = " ####"
        let (lines, tally, _) = try setting.lines()
        #expect(tally.finishReasons[.context] ?? 0 > 0)
        // There is no room for an answer either.
        #expect(lines.allSatisfy { $0["finish_reason"] as? String != "context" || $0["forced"] == nil })
    }

    @Test func openedReasoningBelongsToTheTrace() throws {
        var chat = try PromptFormatFixture.reasoning()
        #expect(chat.completionOpening == "<think>\n")
        chat = .plain(separator: "\n")
        #expect(chat.completionOpening == "")
    }

    @Test func roundingKeepsSixDigits() {
        #expect(LineCoding.rounded(-0.123456789) == -0.123457)
        #expect(LineCoding.rounded(1234567.8) == 1_234_570)
        #expect(LineCoding.rounded(0) == 0 && LineCoding.rounded(.nan) == 0 && LineCoding.rounded(.infinity) == 0)
        #expect(LineCoding.rounded(.leastNonzeroMagnitude).isFinite)
    }
}
