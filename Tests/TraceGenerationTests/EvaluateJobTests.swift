import Foundation
import Statistics
import TestSupport
import Testing
import TrainingExamples

@testable import TraceGeneration

@Suite struct EvaluateJobTests {
    private func evaluate(
        _ problems: [Problem], decoding: DecodingOptions = .greedy, _ change: (inout EvaluateOptions) -> Void = { _ in }
    ) throws -> EvaluationResult {
        let setting = try Setting(problems)
        var options = EvaluateOptions()
        options.maxNewTokens = 40
        change(&options)
        return try EvaluateJob(
            model: setting.model, tokenizer: setting.model.tokenizer, format: setting.format,
            problems: setting.prompts, decoding: decoding, options: options
        ).run()
    }

    @Test func greedyAnswersAreComparedAsValues() throws {
        var problems = Stories.problems(20)
        problems[2].solution = "They are \\boxed{\(3 + 4).00}."
        problems[5].solution = "#### 999"
        let result = try evaluate(problems)
        #expect(result.right == 19 && result.problems == 20 && result.accuracy == 0.95)
        #expect(result.outcomes.map(\.isRight) == (0..<20).map { $0 != 5 })
        #expect(result.interval == WilsonInterval.interval(successes: 19, trials: 20))
        #expect(result.finishReasons == [.stop: 20] && result.unanswered == 0)
        // "so we add them #### N" and the end.
        #expect(result.meanTokens == 7)
    }

    @Test func samplesAreSeededAndCountedOneByOne() throws {
        let result = try evaluate(Stories.problems(40), decoding: DecodingOptions()) { $0.samplesPerProblem = 3 }
        #expect(result.outcomes.count == 120 && result.problems == 40)
        #expect(result.interval.contains(0.6))
        let again = try evaluate(Stories.problems(40), decoding: DecodingOptions()) {
            $0.samplesPerProblem = 3
            $0.slots = 5
        }
        #expect(again.outcomes == result.outcomes)
        let other = try evaluate(Stories.problems(40), decoding: DecodingOptions()) {
            $0.samplesPerProblem = 3
            $0.seed = 1
        }
        #expect(other.outcomes != result.outcomes)
    }

    @Test func tracesWithoutAnswerAreCountedOrForced() throws {
        let cut = try evaluate(Stories.problems(10)) { $0.maxNewTokens = 2 }
        #expect(cut.right == 0 && cut.unanswered == 10 && cut.finishReasons == [.length: 10])
        let forced = try evaluate(Stories.problems(10)) {
            $0.maxNewTokens = 2
            $0.answerForcing = " ####"
        }
        #expect(forced.right == 10 && forced.outcomes.allSatisfy(\.isForced))
    }

    @Test func outcomesAreLinesOfJSON() throws {
        let problems = Stories.problems(4)
        let lines = try Setting.parsed(evaluate(problems).lines(of: problems))
        #expect(lines.map { $0["id"] as? Int } == [0, 1, 2, 3])
        #expect(lines.allSatisfy { $0["answer"] as? String == $0["reference"] as? String })
        #expect(lines.allSatisfy { $0["correct"] as? Bool == true && $0["tokens"] as? Int == 7 })
    }

    @Test func problemsWithoutAnswersAreNamed() throws {
        var problems = Stories.problems(5)
        problems[3].solution = nil
        #expect { try evaluate(problems) } throws: { "\($0)".contains("problems.jsonl:4") }
    }

    @Test func anInterruptionIsAnError() throws {
        let setting = try Setting(Stories.problems(5))
        let job = try EvaluateJob(
            model: setting.model, tokenizer: setting.model.tokenizer, format: setting.format,
            problems: setting.prompts)
        #expect { try job.run(shouldStop: { setting.model.steps > 3 }) } throws: {
            ($0 as? TraceGenerationError)?.code == .interrupted
        }
    }
}
