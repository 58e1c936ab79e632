import Denature
import Foundation
import Lab
import TestSupport
import Testing

/// The lab's records through the library.
@Suite struct LabGenerationTests {
    @Test func tracesAreThoseOfTheGenerator() async throws {
        let folder = try TemporaryDirectory()
        var settings = LabTracesSettings()
        settings.stories.steps = "1,2"
        settings.output.count = 12
        settings.output.seed = 7
        settings.output.output = folder.file("t.jsonl")
        #expect(try await LabGeneration(settings).run().report() == 12)
        var generator = LabGenerator(seed: 7, mergesSteps: true)
        let expected = try generator.records(12, steps: [1, 2], split: .training, traces: true, distinct: false)
        let written = try String(contentsOfFile: folder.file("t.jsonl"), encoding: .utf8)
        #expect(try written == expected.map { try $0.line() + "\n" }.joined())
        // What is there stays unless it is told to give way.
        let again = settings
        await #expect(throws: (any Error).self) { try await LabGeneration(again).run().report() }
        settings.output.force = true
        #expect(try await LabGeneration(settings).run().report() == 12)
    }

    @Test func rewritesAreJudgedRight() async throws {
        let folder = try TemporaryDirectory()
        var settings = LabRewritesSettings()
        settings.output.count = 8
        settings.output.output = folder.file("r.jsonl")
        _ = try await LabGeneration(settings).run().report()
        var judging = LabJudgeRewritesSettings()
        judging.file = folder.file("r.jsonl")
        let shares = try await RewriteJudging(judging).run().report()
        #expect(shares["all"]?.count == 8 && shares["all"]?.answer == 1)
        #expect(Set(shares.keys) == ["all", "formal", "terse", "insert-watermark", "paraphrase"])
    }

    @Test(arguments: ["", "1,x", "1,,2"])
    func stepsAreNumbers(text: String) {
        var settings = LabProblemsSettings()
        settings.stories.steps = text
        let error = #expect(throws: SettingsError.self) { _ = try LabGeneration(settings) }
        #expect(error?.setting == "steps")
    }
}
