import Foundation
import Testing

@testable import Denature

@Suite struct JobDocumentTests {
    private struct Report: Encodable, Sendable {
        var modelName: String
        var limit: Int?
    }

    private static let registry = JobRegistry([
        .init(EvaluateSettings.self) { settings in
            JobRun<Int, Report> { reporter in
                reporter.notice("begun")
                return Report(modelName: settings.model, limit: settings.limit)
            }
        }
    ])

    @Test func settingsComeBackAsTheyWere() async throws {
        var settings = EvaluateSettings()
        settings.model = "a \"b\" ü/\u{1}"
        settings.problems = "p"
        settings.limit = 7
        settings.decoding.stop = ["\n"]
        let document = try JobDocument(json: JobDocument(settings).json)
        #expect(document.job == "evaluate")
        #expect(try JSONDecoder().decode(EvaluateSettings.self, from: document.settings) == settings)
        let report = try await Self.registry.run(document)
        let object = try #require(JSONSerialization.jsonObject(with: report) as? [String: Any])
        #expect(object["model_name"] as? String == settings.model && object["limit"] as? Int == 7)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"job": "evaluate"}"#, #"{"job": 1, "settings": {}}"#,
        #"{"job": "evaluate", "settings": {}, "more": 1}"#, #"{"job": "evaluate", "settings": []}"#,
    ])
    func whatIsNoJobIsRefused(json: String) {
        #expect(throws: SettingsError.self) { try JobDocument(json: Data(json.utf8)) }
    }

    @Test(arguments: [
        (#"{"job": "dance", "settings": {}}"#, "dance"),
        (#"{"job": "evaluate", "settings": {"modle": "x"}}"#, "there is no such setting"),
        (#"{"job": "evaluate", "settings": {"limit": "many"}}"#, "limit"),
    ])
    func settingsThatAreNoneAreNamed(json: String, words: String) async throws {
        let document = try JobDocument(json: Data(json.utf8))
        do {
            _ = try await Self.registry.run(document)
            Issue.record("it runs")
        } catch let error as SettingsError {
            #expect(error.description.contains(words), "\(error)")
        }
    }

    /// Paths that are not known yet are no paths that a file could have.
    @Test func placesOfStagesAreFilledIn() throws {
        let paths: [StagePath] = [.made(stage: "sample-1", file: "a/b"), .own("x"), .shared("keyring.json")]
        for path in paths { #expect(StagePath(text: path.text) == path) }
        for text in ["", "own", "made/a/b", "/x", "own\u{0}"] { #expect(StagePath(text: text) == nil) }
        var settings = SampleSettings()
        settings.teacher = "teacher"
        settings.prompts = paths[0].text
        settings.output = paths[1].text
        let filled = try settings.mappingPaths { StagePath(text: $0) == nil ? $0 : "filled" }
        #expect(filled.teacher == "teacher" && filled.prompts == "filled" && filled.output == "filled")
        #expect(Set(settings.paths) == ["teacher", paths[0].text, paths[1].text])
    }
}
