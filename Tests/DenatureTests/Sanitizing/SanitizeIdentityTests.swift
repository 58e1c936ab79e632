import Denature
import Foundation
import JobLedger
import Sanitizing
import SettingsSupport
import TestSupport
import Testing
import TraceRewriting
import Traces

/// A job with a ledger is taken up again with the settings it was started with, and with no others.
@Suite struct SanitizeIdentityTests {
    typealias Variations = SettingVariations<SanitizeSettings>

    /// A rewriter that reads all models, so that every input is one of a job that runs anywhere.
    private struct ReadingKind: RewriterKind {
        let name = "gradient"
        let argument: String? = nil

        func rewriter(argument: String?, in context: RewriterContext) -> any TraceRewriter { IdentityRewriter() }
    }

    /// A job whose every setting may change, with files for those that name files.
    private static func base(_ fixture: DefenceFixture) throws -> SanitizeSettings {
        for name in ["proxy", "gradient", "teacher", "proxyx", "gradientx", "teacherx"] {
            try fixture.write(name, "contents of \(name)")
        }
        var settings = fixture.settings(ledger: "job.sqlite")
        settings.rewriter = "gradient,lexical"
        settings.swapModels.proxy = fixture.folder.file("proxy")
        settings.swapModels.gradient = fixture.folder.file("gradient")
        settings.swapModels.teacher = fixture.folder.file("teacher")
        settings.watermark = .lexical
        settings.keyring = fixture.folder.file("K.json")
        settings.endpoint.apiKeyEnv = "NAME"
        return settings
    }

    /// Values that the rule for any setting cannot know.
    private static func variations(_ fixture: DefenceFixture) throws -> Variations {
        try FileManager.default.copyItem(
            atPath: fixture.folder.file("K.json"), toPath: fixture.folder.file("K2.json"))
        return Variations(
            of: try base(fixture),
            texts: [
                "tenant": "umbrella", "watermark": "lexical,trigger", "rewriter": "lexical,gradient",
                "length_ratio": "0.5:2", "field": "reasoning=steps", "endpoint": "http://127.0.0.1:9/v1",
                "epoch": "1", "prompts": fixture.folder.file("."),
                "keyring": fixture.folder.file("K2.json"),
            ],
            adjustments: ["api_key_file": { $0.endpoint.apiKeyEnv = nil }])
    }

    private struct FirstChoice: CandidateChoice {
        let name = "gradient"

        func scores(of candidates: [AnalysedTurn], keyed: [Double]?) async throws(RewriteError) -> [Double] {
            candidates.map { _ in 0 }
        }
    }

    private static let registry = RewriterRegistry.standard.adding(ReadingKind())
        .choosingByGradient { _ in FirstChoice() }

    private static func start(_ settings: SanitizeSettings) async throws {
        _ = try await Defence(settings, rewriters: registry).sanitize().report()
    }

    /// The input is known by its name and by every record's digest; of a folder of templates those that were used count,
    /// and an epoch that is named is the one that holds without a name.
    private static let special = ["input", "prompts", "epoch"]

    @Test(arguments: Variations.names(.result, .input).filter { !special.contains($0) })
    func anotherValueIsRefusedByName(name: String) async throws {
        let fixture = try DefenceFixture(traces: 2)
        try await Self.start(try Self.base(fixture))
        let varied = try Self.variations(fixture).varied(name)
        let error = await #expect(throws: SanitizeError.self) { try await Self.start(varied) }
        guard case .ledger(.parametersDiffer(_, let differences)) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(differences.map(\.name).contains(name), "\(differences)")
        #expect("\(try #require(error))".contains(name.replacing("_", with: "-")))
    }

    @Test(arguments: Variations.names(.conduct, .secret) + ["force", "epoch", "prompts"])
    func howTheWorkIsDoneIsNoMatter(name: String) async throws {
        let fixture = try DefenceFixture(traces: 2)
        try await Self.start(try Self.base(fixture))
        let varied = try Self.variations(fixture).varied(name)
        #expect(
            try Defence(varied, rewriters: Self.registry).identity
                == Defence(try Self.base(fixture), rewriters: Self.registry).identity)
        try await Self.start(varied)
    }

    @Test func otherContentsOfAnInputAreRefused() async throws {
        let fixture = try DefenceFixture(traces: 2)
        let settings = try Self.base(fixture)
        try await Self.start(settings)
        try fixture.write("gradient", "trained once more")
        let error = await #expect(throws: SanitizeError.self) { try await Self.start(settings) }
        #expect("\(try #require(error))".contains("gradient: recorded"))
    }

    @Test func anotherTemplateOfTheSameNameIsRefused() throws {
        let fixture = try DefenceFixture(traces: 2)
        func identity(_ closing: String) throws -> [String: String] {
            let shipped = try String(contentsOfFile: Repository.path("prompts/semantic.md"), encoding: .utf8)
            try fixture.write("own.md", shipped.replacing("name: semantic", with: "name: own") + closing + "\n")
            var settings = fixture.settings()
            settings.rewriter = "instruction:own"
            settings.promptFolder = fixture.folder.file("")
            settings.endpoint.endpoint = "http://127.0.0.1:9/v1"
            settings.endpoint.model = "m"
            return try Defence(settings, keyring: fixture.keyring).identity.values
        }
        let (one, other) = (try identity("Be brief."), try identity("Be kind."))
        #expect(one.keys.filter { one[$0] != other[$0] } == ["prompt own"])
    }
}
