import Antidistillation
import Foundation
import Testing

@testable import TraceGeneration

@Suite struct DraftTests {
    private func setting(
        _ rule: DraftOptions.Rule, drafts: Int = 8, problems: Int = 20, withAnswers: Bool = true
    ) throws -> (Setting, TokenDerivatives) {
        var setting = try Setting(Stories.problems(problems, withAnswers: withAnswers))
        setting.options.samplesPerProblem = drafts
        setting.options.drafts = DraftOptions(rule)
        let derivatives = try setting.addProxy()
        setting.companions.markScore = { Double($0.utf8.count % 7) }
        return (setting, derivatives)
    }

    /// All drafts of every problem, from a run that releases them all.
    private func all(_ setting: Setting) throws -> [[[String: Any]]] {
        var setting = setting
        setting.options.drafts = nil
        setting.options.scoresTraces = true
        let lines = try setting.lines().lines
        let count = setting.options.samplesPerProblem
        return stride(from: 0, to: lines.count, by: count).map { Array(lines[$0..<$0 + count]) }
    }

    @Test(arguments: DraftOptions.Rule.allCases)
    func theReleasedTraceIsTheRulesChoiceAmongRightDrafts(rule: DraftOptions.Rule) throws {
        let (setting, derivatives) = try setting(rule)
        let released = try setting.lines()
        // Wrong drafts are not worth the proxies' time; other rules do not need them at all.
        let needsDerivatives = rule == .poison || rule == .both
        #expect(derivatives.scoredSequences == (needsDerivatives ? released.tally.rightSequences : 0))
        var expectedLines = 0
        var choices: Set<Int> = []
        for (problem, drafts) in try all(setting).enumerated() {
            let right = drafts.filter { $0["correct"] as? Bool == true }
            let line = released.lines.first { $0["id"] as? Int == problem }
            #expect((line == nil) == right.isEmpty)
            guard let line else { continue }
            expectedLines += 1
            #expect(line["correct"] as? Bool == true && line["drafts"] as? Int == 8)
            #expect(line["right_drafts"] as? Int == right.count)
            let sample = try #require(line["sample"] as? Int)
            choices.insert(sample)
            #expect(line["trace"] as? String == drafts[sample]["trace"] as? String)
            func value(_ draft: [String: Any], _ name: String) -> Double { draft[name] as? Double ?? .nan }
            let best: Double? =
                switch rule {
                case .poison: right.map { value($0, "delta_sum") }.max()
                case .shortest: right.compactMap { $0["tokens"] as? Double }.min()
                case .marked: right.map { value($0, "mark_score") }.max()
                case .random, .both: nil
                }
            let name = rule == .poison ? "delta_sum" : rule == .shortest ? "tokens" : "mark_score"
            if let best { #expect(line[name] as? Double == best) }
        }
        #expect(released.lines.count == expectedLines && expectedLines > 10)
        #expect(choices.count > 2)
        #expect(released.tally.withoutRightDraft == 20 - expectedLines)
        #expect(released.tally.sequences == 160 && released.tally.right == expectedLines)
    }

    @Test func problemsWithoutARightDraftAreDroppedOrKeepTheBest() throws {
        var (setting, _) = try setting(.poison, drafts: 1)
        let dropped = try setting.lines()
        #expect(dropped.tally.withoutRightDraft > 0)
        #expect(dropped.lines.count + dropped.tally.withoutRightDraft == 20)
        setting.options.drafts?.onEmpty = .keepBest
        let kept = try setting.lines()
        #expect(kept.lines.count == 20 && kept.tally.withoutRightDraft == dropped.tally.withoutRightDraft)
        #expect(kept.lines.allSatisfy { $0["delta_sum"] is Double })
        #expect(kept.lines.count { $0["right_drafts"] as? Int == 0 } == kept.tally.withoutRightDraft)
    }

    @Test func theMajorityStandsForTheAnswerThatIsNotGiven() throws {
        let (setting, _) = try setting(.shortest, drafts: 16, problems: 16, withAnswers: false)
        let (lines, tally, _) = try setting.lines()
        #expect(lines.count == 16 && tally.graded == 0 && tally.accuracy == nil)
        let right = lines.count { line in
            let sum = (line["problem"] as? String ?? "").split(separator: " ").compactMap { Int($0) }.reduce(0, +)
            return (line["trace"] as? String)?.hasSuffix(" \(sum)") == true
        }
        // The model's likeliest answer is right, so most majorities are.
        #expect(right >= 13)
        #expect(lines.allSatisfy { $0["correct"] == nil && ($0["right_drafts"] as? Int ?? 0) > 4 })
    }

    @Test func theGreedyAnswerStandsForTheAnswerThatIsNotGiven() throws {
        var (setting, _) = try setting(.random, drafts: 8, problems: 16, withAnswers: false)
        setting.options.drafts?.reference = .greedy
        let lines = try setting.lines().lines
        #expect(lines.count > 12)
        for line in lines {
            let sum = (line["problem"] as? String ?? "").split(separator: " ").compactMap { Int($0) }.reduce(0, +)
            #expect((line["trace"] as? String)?.hasSuffix(" \(sum)") == true)
        }
    }

    @Test func whatARuleNeedsMustBeThere() throws {
        for rule in DraftOptions.Rule.allCases {
            var (setting, _) = try setting(rule)
            setting.companions = SampleJob.Companions()
            let needsNothing = rule == .random || rule == .shortest
            if needsNothing {
                _ = try setting.job
            } else {
                #expect { try setting.job } throws: { ($0 as? TraceGenerationError)?.code == .options }
            }
        }
    }
}
