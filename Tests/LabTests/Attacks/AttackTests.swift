import Foundation
import TestSupport
import Testing

@testable import Lab

@Suite struct AttackTests {
    private static func trace(_ problem: String, _ trace: String, _ solution: String? = nil) -> AttackTrace {
        AttackTrace(
            line: Array("\(problem)|\(trace)".utf8), problem: problem, trace: trace, solution: solution)
    }

    private static func texts(_ result: AttackResult) -> [String] {
        result.lines.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func noAttackKeepsTheFirst() throws {
        let traces = (0..<5).map { Self.trace("p\($0)", "#### 1") }
        let result = try NoAttack().apply(to: traces, count: 2)
        #expect(Self.texts(result) == ["p0|#### 1", "p1|#### 1"])
        #expect(result.dropped == ["beyond the number wanted": 3])
    }

    @Test func answerFilterKeepsRightAnswers() throws {
        let traces = [
            Self.trace("a", "so #### 7", "7"), Self.trace("b", "so #### 8", "7"), Self.trace("c", "no idea", "7"),
            Self.trace("d", "\\boxed{7.0}", "work\n#### 7"),
        ]
        let result = try AnswerFilter().apply(to: traces)
        #expect(Self.texts(result) == ["a|so #### 7", "d|\\boxed{7.0}"])
        #expect(result.dropped == ["wrong answer": 1, "answer not understood": 1])
        #expect(throws: AttackError.noSolution(trace: 1)) {
            try AnswerFilter().apply(to: [Self.trace("a", "#### 7")])
        }
    }

    @Test func equationFilterDropsWrongOnes() {
        let traces = [
            Self.trace("a", "First, 2 + 2 = 4 #### 4"), Self.trace("b", "First, 2 + 2 = 5 #### 5"),
            Self.trace("She has 9.", "First, 3 fewer means 6"), Self.trace("She has 9.", "First, 3 fewer means 7"),
        ]
        let result = EquationFilter().apply(to: traces)
        #expect(Self.texts(result) == ["a|First, 2 + 2 = 4 #### 4", "She has 9.|First, 3 fewer means 6"])
        #expect(result.dropped == ["wrong equation": 2])
    }

    @Test func singleStepsKeepsOneStepAtATime() {
        let traces = [
            Self.trace("a", "44 + 5 = 49. 49 - 3 = 46. #### 46"), Self.trace("b", "44 + 5 - 3 = 46. #### 46"),
            Self.trace("c", "the sum of 44 and 5 is 49 #### 49"),
        ]
        let result = SingleSteps().apply(to: traces)
        #expect(Self.texts(result) == ["a|44 + 5 = 49. 49 - 3 = 46. #### 46", "c|the sum of 44 and 5 is 49 #### 49"])
        #expect(result.dropped == ["two steps in one equation": 1])
    }

    private static func written(_ result: AttackResult) throws -> [[String: String]] {
        try result.lines.map {
            try #require(JSONSerialization.jsonObject(with: Data($0)) as? [String: String])
        }
    }

    @Test func sentencesAreDroppedButTheLast() throws {
        let text = (1...200).map { "Step \($0)." }.joined(separator: " ") + "\nThe answer is #### 7"
        let traces = [Self.trace("p", text, "7")]
        let result = try DropSentences(share: 0.25, seed: 3).apply(to: traces)
        let record = try #require(try Self.written(result).first)
        let kept = try #require(record["trace"]).split(separator: ".").count - 1
        // 150 of 200 are expected to stay, with a standard deviation of 6.
        #expect((120...180).contains(kept) && result.changed == 1)
        #expect(record["trace"]?.hasSuffix("The answer is #### 7") == true && record["solution"] == "7")
        #expect(try Self.texts(DropSentences(share: 0.25, seed: 3).apply(to: traces)) == Self.texts(result))
        #expect(try Self.texts(DropSentences(share: 0.25, seed: 4).apply(to: traces)) != Self.texts(result))
        #expect(
            try Self.texts(DropSentences(share: 0, seed: 4).apply(to: [Self.trace("p", "A. #### 7")])) == [
                "p|A. #### 7"
            ])
        #expect(
            try Self.written(DropSentences(share: 1, seed: 4).apply(to: traces))[0]["trace"] == "The answer is #### 7")
        #expect(throws: AttackError.shareOutOfRange(2)) { try DropSentences(share: 2, seed: 0) }
    }

    @Test func punctuationIsUnified() throws {
        let traces = [Self.trace("p", "First, 2 + 2 = 4;  so\nfar, 4.  Then, the answer, is #### 4")]
        let record = try #require(try Self.written(UnifyPunctuation().apply(to: traces)).first)
        #expect(record["trace"] == "First 2 + 2 = 4. so far 4. Then, the answer, is #### 4")
    }

    @Test func majorityVoteKeepsWhatMostSay() {
        let traces = [
            Self.trace("p", "#### 1"), Self.trace("q", "#### 5"), Self.trace("p", "x #### 2"),
            Self.trace("p", "y #### 2.0"), Self.trace("q", "#### 6"), Self.trace("r", "#### 9"),
            Self.trace("p", "none at all"),
        ]
        let one = MajorityVote().apply(to: traces)
        #expect(Self.texts(one) == ["p|x #### 2", "r|#### 9"])
        #expect(one.dropped == ["against the majority": 2, "problem has enough": 1, "no majority": 2])
        #expect(
            Self.texts(MajorityVote(perProblem: nil).apply(to: traces)) == ["p|x #### 2", "p|y #### 2.0", "r|#### 9"])
    }

    @Test func answerOnlyLeavesTheAnswer() throws {
        let traces = [Self.trace("p", "long story, so the answer is #### 42", "42"), Self.trace("q", "nothing")]
        let result = try AnswerOnly().apply(to: traces)
        #expect(Self.texts(result) == [#"{"problem":"p","solution":"42","trace":"The answer is #### 42"}"#])
        #expect(result.dropped == ["no answer": 1])
        #expect(throws: AttackError.templateWithoutAnswer("none")) { try AnswerOnly(template: "none") }
    }

    @Test(arguments: [0.0, 0.25, 0.5, 1.0]) func mixCleanHasTheShare(share: Double) throws {
        let traces = (0..<8).map { Self.trace("dirty\($0)", "") }
        let clean = (0..<12).map { Self.trace("clean\($0)", "") }
        let attack = try MixClean(clean: clean, share: share, count: 8, seed: 3)
        let texts = Self.texts(try attack.apply(to: traces))
        #expect(texts.count == 8 && Set(texts).count == 8)
        #expect(texts.filter { $0.hasPrefix("clean") }.count == Int(8 * share))
        // The last clean ones: not the problems that the first released traces have.
        #expect(share == 0 || share == 1 || texts.contains("clean11|") && !texts.contains("clean0|"))
        #expect(try Self.texts(attack.apply(to: traces)) == texts)
    }

    @Test func mixCleanNeedsEnough() throws {
        let traces = (0..<8).map { Self.trace("\($0)", "") }
        #expect(throws: AttackError.tooFewCleanTraces(found: 1, wanted: 4)) {
            try MixClean(clean: [traces[0]], share: 0.5, count: nil, seed: 1).apply(to: traces)
        }
        #expect(throws: AttackError.shareOutOfRange(1.5)) {
            try MixClean(clean: [], share: 1.5, count: nil, seed: 1)
        }
    }

    @Test func likelihoodFilterDropsTheLeastLikely() throws {
        let traces = (0..<5).map { Self.trace("\($0)", "") }
        let scores: [Double?] = [-1, -3, nil, -2, -2]
        let attack = try LikelihoodFilter(scores: scores, dropping: 0.4)
        #expect(Self.texts(try attack.apply(to: traces)) == ["0|", "3|", "4|"])
        #expect(try LikelihoodFilter(scores: scores, dropping: 1).apply(to: traces).lines.isEmpty)
        #expect(throws: AttackError.scoreCount(found: 5, wanted: 1)) {
            try attack.apply(to: Array(traces.prefix(1)))
        }
    }

    @Test func filesAreReadInEveryShape() throws {
        let folder = try TemporaryDirectory()
        let text = """
            {"problem":"p","trace":"t #### 1","solution":"1","id":"a"}
            {"question":"q","answer":"t #### 2"}

            {"messages":[{"role":"user","content":"r"},{"role":"assistant","content":"t #### 3"}]}

            """
        try text.write(toFile: folder.file("t.jsonl"), atomically: true, encoding: .utf8)
        let traces = try AttackTrace.read(path: folder.file("t.jsonl"))
        #expect(traces.map(\.problem) == ["p", "q", "r"])
        #expect(traces.map(\.trace) == ["t #### 1", "t #### 2", "t #### 3"])
        #expect(traces[0].solution == "1" && traces[0].id == "a")
        #expect(String(decoding: traces[1].line, as: UTF8.self) == #"{"question":"q","answer":"t #### 2"}"#)
    }
}
