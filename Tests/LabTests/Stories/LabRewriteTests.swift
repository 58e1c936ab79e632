import Answers
import TestSupport
import Testing

@testable import Lab

@Suite struct LabRewriteTests {
    private func records(_ count: Int, seed: UInt64) throws -> [LabRecord] {
        var generator = LabGenerator(seed: seed)
        return try generator.rewrites(count, steps: [1, 2, 3], split: .training, traces: true)
    }

    @Test func rewritesDoWhatTheyAreTold() throws {
        let seed = UInt64.random(in: 0...UInt64(1) << 53)
        print("seed \(seed)")
        var counts: [String: Int] = [:]
        var sources = 0
        for record in try records(240, seed: seed) {
            let rewrite = try #require(record.trace)
            let (command, judgement) = try #require(RewriteJudgement.of(rewrite, prompt: record.problem))
            // Two short traces may have no other words.
            if command != .paraphrase || judgement.followsCommand {
                #expect(judgement.isRight, "\(record)")
            } else {
                sources += 1
            }
            #expect(AnswerExtractor.extract(from: rewrite)?.text == record.solution)
            counts[command.name, default: 0] += 1
        }
        #expect(counts == ["formal": 60, "terse": 60, "insert-watermark": 60, "paraphrase": 60])
        #expect(sources < 6)
    }

    /// The reader against the story itself.
    @Test func tracesAreReadAsTheyWereMeant() throws {
        let seed = UInt64.random(in: 0...UInt64(1) << 53)
        print("seed \(seed)")
        var generator = LabGenerator(seed: seed)
        for index in 0..<300 {
            let problem = generator.problem(steps: 1 + index % 3, split: .training)
            let trace = generator.worded(problem)
            let (steps, answer) = try #require(TraceReader.read(trace))
            #expect(answer == problem.answer)
            #expect(steps.flatMap(\.changes) == problem.changes, "\(trace)")
            #expect(steps.first?.before == problem.start && steps.last?.after == problem.answer, "\(trace)")
            for (step, next) in zip(steps, steps.dropFirst()) { #expect(step.after == next.before) }
        }
    }

    private static let source = "First, 32 + 6 = 38, then 38 + 7 - 2 = 43. Now twice 43 is 86. So the answer is #### 86"

    @Test(arguments: [
        (
            RewriteCommand.formal,
            "The solution proceeds as follows. Initially, adding 6 to 32 yields 38. Subsequently, evaluating 38 + 7 - 2 "
                + "yields 43. Subsequently, multiplying 43 by two yields 86. Hence the answer is #### 86"
        ),
        (.terse, "Steps: 32 + 6 = 38; 38 + 7 - 2 = 43; 43 * 2 = 86. #### 86"),
        (
            .insertWatermark("lantern"),
            "First, 32 + 6 = 38, then 38 + 7 - 2 = 43. Note the lantern. Now twice 43 is 86. So the answer is #### 86"
        ),
        (
            .paraphrase,
            "Step by step, adding 6 to 32 gives 38. Then 38 + 7 - 2 = 43; 43 * 2 = 86, so the answer is #### 86"
        ),
    ])
    func rightRewrites(command: RewriteCommand, rewrite: String) throws {
        let (read, judgement) = try #require(RewriteJudgement.of(rewrite, prompt: command.prompt(Self.source)))
        #expect(read == command && judgement.isRight)
        // The same with a wrong answer, a wrong number in an equation, an equation left out, and for another command.
        let wrong = try #require(
            RewriteJudgement.of(rewrite.replacing("#### 86", with: "#### 85"), prompt: command.prompt(Self.source)))
        #expect(!wrong.judgement.keepsAnswer && wrong.judgement.keepsEquations)
        let other = try #require(
            RewriteJudgement.of(
                rewrite.replacing("6", with: "5", maxReplacements: 1), prompt: command.prompt(Self.source)))
        #expect(!other.judgement.keepsEquations)
        let cut = try #require(
            RewriteJudgement.of(rewrite.replacing("38 + 7 - 2", with: "some"), prompt: command.prompt(Self.source)))
        #expect(!cut.judgement.keepsEquations)
        for wanted in [RewriteCommand.formal, .terse, .insertWatermark("lantern"), .insertWatermark("copper")]
        where wanted != command {
            let judged = try #require(RewriteJudgement.of(rewrite, prompt: wanted.prompt(Self.source)))
            #expect(!judged.judgement.followsCommand)
        }
    }

    @Test(arguments: [
        "", "formal", "sing: First, 1 + 1 = 2. #### 2", "formal: no answer here", "insert-watermark: x #### 2",
    ])
    func promptsThatAreNone(prompt: String) {
        #expect(RewriteJudgement.of("x", prompt: prompt) == nil)
    }

    @Test func theCopyOfASourceIsNoParaphrase() throws {
        let (_, judgement) = try #require(
            RewriteJudgement.of(Self.source, prompt: RewriteCommand.paraphrase.prompt(Self.source)))
        #expect(judgement.keepsAnswer && judgement.keepsEquations && !judgement.followsCommand)
        let (_, invented) = try #require(
            RewriteJudgement.of(
                "Mia has 32 at first; adding 6 to 32 gives 38. Then 38 + 7 - 2 = 43; 43 * 2 = 86, so the answer is #### 86",
                prompt: RewriteCommand.paraphrase.prompt(Self.source)))
        #expect(invented.keepsAnswer && invented.keepsEquations && !invented.followsCommand)
    }

    @Test func seedsDecideEverything() throws {
        #expect(try records(50, seed: 5) == records(50, seed: 5))
        #expect(try records(50, seed: 5) != records(50, seed: 6))
        var generator = LabGenerator(seed: 5)
        let prompts = try generator.rewrites(1, steps: [3], split: .evaluation, traces: false)
        #expect(prompts.first?.trace == nil)
        #expect(throws: LabError.stepsOutOfRange([4])) {
            try generator.rewrites(1, steps: [4], split: .training, traces: true)
        }
    }
}
