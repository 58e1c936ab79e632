import TestSupport
import Testing

@testable import Answers

/// A text, and where its answer is expected.
private struct Case: Sendable, CustomTestStringConvertible {
    var input: String
    var text: String?
    var marker: ExtractedAnswer.Marker?
    /// The text of the marker range, where the case fixes it.
    var protected: String?

    init(_ input: String, _ text: String?, _ marker: ExtractedAnswer.Marker?, protecting protected: String? = nil) {
        self.input = input
        self.text = text
        self.marker = marker
        self.protected = protected
    }

    var testDescription: String { input }

    static let all: [Case] = [
        // Boxes.
        Case("so \\boxed{72}.", "72", .boxed, protecting: "\\boxed{72}"),
        Case("\\boxed{1} then \\boxed{2}", "2", .boxed, protecting: "\\boxed{2}"),
        Case("\\boxed{\\frac{1}{2}} #### 5", "\\frac{1}{2}", .boxed),
        Case("\\boxed{\\{1,2\\}}", "\\{1,2\\}", .boxed),
        Case("\\boxed{ \\} }", nil, nil),
        Case("\\boxed{ \\}7 }", "\\}7", .boxed),
        Case("\\fbox{7}", "7", .boxed, protecting: "\\fbox{7}"),
        Case("\\boxed {7}", "7", .boxed),
        Case("\\boxed{\\boxed{5}}", "5", .boxed),
        Case("\\boxed{5} and \\boxed{6", "5", .boxed),
        Case("\\boxed{5 #### 7", "7", .hashes),
        Case("\\boxed{} so 9", "9", .lastNumber),
        Case("\\boxed{{1}", "1", .lastNumber),
        // Hashes.
        Case("a\n#### 1,080", "1,080", .hashes, protecting: "#### 1,080"),
        Case("a #### 72\n", "72", .hashes, protecting: "#### 72"),
        Case("#### 5\n#### 6", "6", .hashes),
        Case("#### $18.", "$18", .hashes, protecting: "#### $18"),
        Case("####72</s>", "72", .hashes, protecting: "####72"),
        Case("#### Final Answer: 72", "72", .hashes),
        Case("#### Conclusion\nThe answer is 72.", "72", .phrase),
        Case("#### 3. Compute\nThe answer is 72.", "72", .phrase),
        Case("#### 12\nGood bye", "12", .hashes),
        Case("##### 5 and 6", "6", .lastNumber),
        // Tags.
        Case("<think>4</think><answer> 72 </answer>", "72", .answerTag, protecting: "<answer> 72 </answer>"),
        Case("<answer>1</answer> or <ANSWER>2</ANSWER>", "2", .answerTag),
        Case("<answer>1</answer> <answer>2", "1", .answerTag),
        Case("<answer>72", "72", .answerTag, protecting: "<answer>72"),
        Case("<answer>72</think>", "72", .answerTag, protecting: "<answer>72"),
        Case("<answer type=\"x\">72</answer>", "72", .answerTag),
        Case("<answer>The answer is 72.</answer>", "72", .answerTag),
        Case("<answer></answer> 8", "8", .lastNumber),
        // Phrases.
        Case("The answer is 72.", "72", .phrase, protecting: "The answer is 72"),
        Case("So the final answer is $18. Done.", "$18", .phrase, protecting: "the final answer is $18"),
        Case("**Final Answer:** 3.5", "3.5", .phrase, protecting: "Final Answer:** 3.5"),
        Case("**Final Answer**\n\n72", "72", .phrase),
        Case("Final answer: **72 clips**", "72 clips", .phrase),
        Case("FINAL ANSWER: 0.5. Next 7", "0.5", .phrase),
        Case("The answer to the question is 12.", "12", .phrase, protecting: "The answer to the question is 12"),
        Case("Answer: D", "D", .phrase),
        Case("The answer is (B).", "(B)", .phrase),
        Case("The answer is 5, since 2+3 is 5.", "5", .phrase, protecting: "The answer is 5"),
        Case("The answer is $\\frac{1}{2}$.", "$\\frac{1}{2}$", .phrase),
        Case("the answer is 1. Later, the answer is 2!", "2", .phrase),
        Case("Answer: Janet sells sixteen eggs a day so 9 remain", "9", .lastNumber),
        Case("No answer was given for 3 days", "3", .lastNumber),
        // Choices.
        Case("So it must be (B)", "B", .choice, protecting: "(B)"),
        Case("therefore option C", "C", .choice, protecting: "option C"),
        Case("long text\nB.", "B", .choice),
        Case("long text\nB) 5 km", "B", .choice),
        Case("A cat has 4 legs", "4", .lastNumber),
        Case("f(A) is 3", "3", .lastNumber),
        // Numbers.
        Case("he has 72 clips", "72", .lastNumber, protecting: "72"),
        Case("it costs $1,234.50.", "1,234.50", .lastNumber),
        Case("it is -5", "-5", .lastNumber),
        Case("10-3", "3", .lastNumber),
        Case("loss of -$3", "-$3", .lastNumber),
        Case("about 50% of it", "50%", .lastNumber),
        Case("so 3/4 of it", "3/4", .lastNumber),
        Case("so 1.2e-3", "1.2e-3", .lastNumber),
        Case("CO2 is 7 or H2O", "7", .lastNumber),
        Case("list 1,2,3", "1,2,3", .lastNumber),
        Case("sum <<3+4=7>>7 is it", "7", .lastNumber),
        // Nothing.
        Case("", nil, nil),
        Case("no answer", nil, nil),
        Case("\\boxed{", nil, nil),
        Case("####", nil, nil),
        Case("The answer is", nil, nil),
    ]
}

@Suite struct AnswerExtractorTests {
    @Test(arguments: Case.all)
    private func finds(_ example: Case) {
        let found = AnswerExtractor.extract(from: example.input)
        #expect(found?.text == example.text)
        #expect(found?.marker == example.marker)
        guard let found else { return }
        let bytes = Array(example.input.utf8)
        #expect(String(decoding: bytes[found.range], as: UTF8.self) == found.text)
        #expect(found.markerRange.lowerBound <= found.range.lowerBound)
        #expect(found.markerRange.upperBound >= found.range.upperBound)
        if let protected = example.protected {
            #expect(String(decoding: bytes[found.markerRange], as: UTF8.self) == protected)
        }
    }

    @Test(arguments: [
        "\\boxed{%}", "#### %", "<answer>%</answer>", "The answer is %", "Final Answer: %", "**Answer:** %",
    ])
    func wrappedAnswerIsFound(wrapper: String) {
        let seed: UInt64 = 4711
        var generator = SplitMix64(seed: seed)
        let prose = [
            "First 3 of 4, né.", "So x = 12!\n", "We sum <<1+2=3>>3 ", "(A) is wrong.\n", "Half of 1,000 is left; ",
            "\n",
        ]
        for _ in 0..<200 {
            let before = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                prose[Int.random(in: 0..<prose.count, using: &generator)]
            }.joined()
            let n = Int.random(in: -99_999...99_999, using: &generator)
            let answer = ["\(n)", "\(n).25", "\\frac{\(n)}{7}", "\(n) km", "(\(n), 3]"][
                Int.random(in: 0..<5, using: &generator)]
            let wrapped = wrapper.replacing("%", with: answer)
            let text = before + " " + wrapped + ["", "\n", ".\n"][Int.random(in: 0..<3, using: &generator)]
            let found = AnswerExtractor.extract(from: text)
            #expect(found?.text == answer, "seed \(seed): \(text)")
            let bytes = Array(text.utf8)
            let protected = found.map { String(decoding: bytes[$0.markerRange], as: UTF8.self) }
            #expect(protected == wrapped.replacing("**Answer:**", with: "Answer:**"), "seed \(seed): \(text)")
        }
    }

    @Test(arguments: [
        "{", "}", "\\", "\\boxed{", "\\boxed{}", "\\boxed{1", "#### ", "####x\n", "#", "<answer>", "</answer>",
        "<answer></answer>", "<",
        "answer:", "answer: a b c d e f g ", "the answer to ", "the answer is ", "answer is.", "(A", "A) ", "1,", "1/",
        "1e+", "a1",
        "-", "\u{0}", "final answer\n", "\\(1", "answer: \\[", "(1 a", "$1 ", "\"answer\":", "答案是", "9", "9_", "w",
        "answer", " \n", "é", "1.",
    ])
    func hostileRepetitionIsLinear(piece: String) {
        for tail in ["", " a b c d e f g h i j k l m n o p q r s t u v", "\nend"] {
            let text = String(repeating: piece, count: 60_000 / piece.utf8.count) + tail
            if let found = AnswerExtractor.extract(from: text) {
                #expect(found.range.upperBound <= text.utf8.count)
                #expect(found.markerRange.contains(found.range.lowerBound))
            }
        }
    }

    @Test func substringsThatAreBridgedOrSlicedWork() {
        let text = String("xx#### 42".dropFirst(2))
        #expect(AnswerExtractor.extract(from: text)?.range == 5..<7)
    }
}
