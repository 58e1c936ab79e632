import Antidistillation
import Foundation
import Generation
import Statistics
import TestSupport
import Testing
import Traces
import TrainingExamples

@testable import TraceGeneration

@Suite struct SampleJobTests {
    @Test func linesAreProblemTraceRecordsInTheOrderOfTheProblems() throws {
        let setting = try Setting(Stories.problems(50))
        let folder = try TemporaryDirectory()
        let output = try TraceOutput(
            path: folder.file("t.jsonl"), force: false, inputs: [], settings: [:], empty: SampleTally())
        let tally = try setting.job.run(into: output)
        #expect(try folder.names() == ["t.jsonl"])
        let examples = try TraceExampleFile(path: folder.file("t.jsonl")).examples
        #expect(examples.map(\.problem) == setting.problems.map(\.text))
        #expect(examples.map(\.id) == (0..<50).map(String.init))
        #expect(examples.map(\.solution) == setting.problems.map(\.solution))
        #expect(examples.allSatisfy { $0.completion.contains(" #### ") && !$0.completion.contains("endoftext") })
        #expect(tally.problems == 50 && tally.traces == 50 && tally.graded == 50 && tally.sequences == 50)
        #expect(tally.finishReasons == [.stop: 50])
        // 0.6 of the answers are right, by the model's making.
        #expect((18...42).contains(tally.right), "\(tally.right)")
        #expect(tally.accuracyInterval?.contains(0.6) == true)
    }

    @Test func everyMemberOfALineIsWhatItSays() throws {
        let (lines, tally, _) = try Setting(Stories.problems(20)).lines()
        for (index, line) in lines.enumerated() {
            let trace = try #require(line["trace"] as? String)
            let isRight = trace.hasSuffix(" \(index % 17 + 1 + index % 11 + 2)")
            #expect(line["correct"] as? Bool == isRight, "\(trace)")
            // Words and the end token.
            #expect(line["tokens"] as? Int == trace.split(separator: " ").count + 1)
            #expect(line["finish_reason"] as? String == "stop")
            #expect((line["seed"] as? UInt64) == SampleSeeds(7).seed(problem: index, sample: 0))
            #expect((line["log_prob"] as? Double).map { $0 < 0 && $0 > -2 } == true)
            #expect(line["kl"] == nil && line["sample"] == nil && line["drafts"] == nil && line["forced"] == nil)
        }
        let mean = lines.compactMap { line in
            (line["log_prob"] as? Double).flatMap { p in (line["tokens"] as? Int).map { p * Double($0) } }
        }.reduce(0, +)
        #expect(abs(mean / Double(tally.traceTokens) - (tally.meanLogProbability ?? 0)) < 1e-4)
    }

    @Test(arguments: [1, 3, 7, 64])
    func tracesDoNotDependOnTheBatch(slots: Int) throws {
        var setting = try Setting(Stories.problems(40))
        setting.options.samplesPerProblem = 2
        let bytes = try setting.lines().bytes
        setting.options.slots = slots
        #expect(try setting.lines().bytes == bytes)
        setting.options.seed = 8
        #expect(try setting.lines().bytes != bytes)
    }

    @Test func aProblemsTracesDoNotDependOnTheOtherProblems() throws {
        var setting = try Setting(Stories.problems(30))
        let all = try setting.lines().lines.compactMap { $0["trace"] as? String }
        setting.problems = Array(setting.problems.prefix(9))
        #expect(try setting.lines().lines.compactMap { $0["trace"] as? String } == Array(all.prefix(9)))
    }

    @Test func seedsAreDistinctAndKeepInJSON() {
        let seeds = SampleSeeds(1)
        var seen: Set<UInt64> = []
        for problem in 0..<300 {
            for sample in 0..<20 { seen.insert(seeds.seed(problem: problem, sample: sample)) }
        }
        #expect(seen.count == 6000)
        #expect(seen.allSatisfy { $0 < 1 << 53 })
        #expect(SampleSeeds(2).seed(problem: 0, sample: 0) != seeds.seed(problem: 0, sample: 0))
    }

    @Test func samplesOfAProblemAreNumberedAndDiffer() throws {
        var setting = try Setting(Stories.problems(6))
        setting.options.samplesPerProblem = 8
        let lines = try setting.lines().lines
        #expect(lines.map { $0["sample"] as? Int } == (0..<6).flatMap { _ in (0..<8).map { Optional($0) } })
        #expect(Set(lines.compactMap { $0["trace"] as? String }).count > 12)
    }

    @Test func temperatureZeroTakesTheLikeliestAndIsRight() throws {
        var setting = try Setting(Stories.problems(12))
        setting.decoding = .greedy
        let (lines, tally, _) = try setting.lines()
        #expect(lines.allSatisfy { ($0["trace"] as? String)?.hasPrefix("so we add them #### ") == true })
        #expect(tally.right == 12)
    }

    @Test func onlyRightTracesPassTheFilter() throws {
        var setting = try Setting(Stories.problems(40))
        let all = try setting.lines()
        setting.options.keepsOnlyRight = true
        let (lines, tally, _) = try setting.lines()
        #expect(tally.traces == all.tally.right && tally.right == tally.traces)
        #expect(tally.filtered == 40 - tally.traces && tally.filtered > 0)
        let right = all.lines.filter { $0["correct"] as? Bool == true }.compactMap { $0["trace"] as? String }
        #expect(lines.compactMap { $0["trace"] as? String } == right)
        setting.problems[3].solution = nil
        #expect { try setting.job } throws: {
            ($0 as? TraceGenerationError)?.code == .options && "\($0)".contains("problems.jsonl:4")
        }
    }

    @Test func stopStringsEndATrace() throws {
        var setting = try Setting(Stories.problems(10))
        setting.options.stopStrings = [" ####"]
        let lines = try setting.lines().lines
        #expect(lines.allSatisfy { $0["finish_reason"] as? String == "stopString" })
        #expect(lines.allSatisfy { ($0["trace"] as? String)?.contains("#") == false })
    }

    @Test func answersAreForcedWhereThereAreNone() throws {
        var setting = try Setting(Stories.problems(10))
        setting.options.maxNewTokens = 2
        setting.options.answerForcing = " ####"
        let (lines, tally, _) = try setting.lines()
        #expect(tally.forced > 5 && tally.forced == lines.count { $0["forced"] as? Bool == true })
        for (index, line) in lines.enumerated() where line["forced"] != nil {
            // Greedily, and so rightly.
            let answer = index % 17 + 1 + index % 11 + 2
            let trace = try #require(line["trace"] as? String)
            #expect(trace.hasSuffix(" #### \(answer)") && line["correct"] as? Bool == true, "\(trace)")
            #expect(line["finish_reason"] as? String == "length")
            // Two sampled, the forcing string, the answer and the end.
            #expect(line["tokens"] as? Int == 5)
        }
    }

    /// Also where the trace has one, which then is there twice.
    @Test func answersAreForcedEverywhereWhenAsked() throws {
        var setting = try Setting(Stories.problems(10))
        let plain = try setting.lines().lines
        try #require(plain.contains { ($0["trace"] as? String)?.contains("####") == true })
        setting.options.answerForcing = " ####"
        #expect(try setting.lines().tally.forced < 10)
        setting.options.forcesEveryAnswer = true
        let (lines, tally, _) = try setting.lines()
        #expect(tally.forced == 10 && lines.allSatisfy { $0["forced"] as? Bool == true })
        for (before, after) in zip(plain, lines) {
            let (old, new) = (try #require(before["trace"] as? String), try #require(after["trace"] as? String))
            #expect(new.hasPrefix(old + " ####"), "\(old) | \(new)")
        }
    }

    // MARK: Penalty

    @Test func withoutStrengthThePenaltyChangesNoToken() throws {
        var setting = try Setting(Stories.problems(30))
        let plain = try setting.lines().lines
        _ = try setting.addProxy(lambda: 0)
        let penalised = try setting.lines()
        #expect(penalised.lines.map { $0["trace"] as? String } == plain.map { $0["trace"] as? String })
        #expect(penalised.lines.allSatisfy { $0["kl"] as? Double == 0 && $0["lambda"] as? Double == 0 })
        #expect(penalised.lines.allSatisfy { ($0["entropy"] as? Double ?? 0) > 0 })
    }

    @Test func thePenaltyMovesTracesTowardsLargerDerivatives() throws {
        var setting = try Setting(Stories.problems(60))
        _ = try setting.addProxy()
        setting.options.scoresTraces = true
        let plain = try setting.lines()
        _ = try setting.addProxy(lambda: 6)
        let penalised = try setting.lines()
        func perToken(_ tally: SampleTally) -> Double { tally.derivativeSum / Double(tally.traceTokens) }
        #expect(perToken(penalised.tally) > perToken(plain.tally) + 0.02)
        #expect(penalised.tally.penalty.meanDivergence > 0.05)
        #expect(penalised.tally.penalty.steps == penalised.tally.sampledTokens)
        for line in penalised.lines {
            #expect((line["kl"] as? Double ?? -1) > 0 && line["lambda"] as? Double == 6)
            #expect(line["delta_sum"] is Double)
        }
        let logProbability = penalised.tally.meanLogProbability ?? 0
        #expect(logProbability < plain.tally.meanLogProbability ?? 0)
    }

    @Test func theBudgetHoldsForEveryTrace() throws {
        var setting = try Setting(Stories.problems(40))
        _ = try setting.addProxy(lambda: 50, budget: 0.05)
        let (lines, tally, _) = try setting.lines()
        #expect(tally.penalty.largestDivergence <= 0.05 && tally.penalty.limitedSteps > 0)
        #expect(lines.allSatisfy { ($0["kl"] as? Double ?? 1) <= 0.05 })
        #expect(lines.contains { ($0["lambda"] as? Double ?? 50) < 50 })
    }

    @Test func thePenaltyStandsWhereItsOrderSays() throws {
        var setting = try Setting(Stories.problems(1))
        setting.decoding.temperature = 0.7
        setting.decoding.topK = 5
        setting.decoding.topP = 0.9
        setting.decoding.minP = 0.01
        setting.decoding.repetitionPenalty = 1.1
        _ = try setting.addProxy(lambda: 1)
        func names() throws -> [String] {
            try setting.decoding.processors(penalty: setting.companions.penalty).map { "\(type(of: $0))" }
        }
        let warpers = [
            "TemperatureLogitsWarper", "TopKLogitsWarper", "TopPLogitsWarper", "MinPLogitsWarper",
        ]
        let first = ["RepetitionPenaltyLogitsProcessor"]
        #expect(try names() == first + warpers + ["AntidistillationLogitsProcessor"])
        _ = try setting.addProxy(lambda: 1, order: .reference)
        #expect(try names() == first + ["AntidistillationLogitsProcessor"] + warpers)
    }
}
