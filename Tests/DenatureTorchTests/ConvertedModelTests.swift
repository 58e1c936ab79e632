#if Torch
    import Denature
    import DenatureTorch
    import Foundation
    import TestSupport
    import Testing

    /// Models in GGUF, converted and opened by the runtime.
    @Suite struct ConvertedModelTests {
        @Test(arguments: ["llama", "qwen2", "qwen3", "sentencepiece"])
        func isInOrder(name: String) async throws {
            let folder = try TemporaryDirectory()
            var conversion = ModelsConvertSettings()
            conversion.model = Repository.path("fixtures/golden/gguf/\(name).gguf")
            conversion.output = folder.file("model")
            let report = try await ModelConverter(conversion).run().report()
            var inspection = ModelsInspectSettings()
            inspection.model = conversion.output
            let description = try await ModelInspector(inspection).run().report()
            #expect(description.architecture == report.architecture && description.parameters == report.parameters)
            #expect(description.tokens == report.tokens && description.endTokens == [2])
            #expect(description.ropeScaling == (name == "llama" ? "llama3, factor 8.0 above 8192 positions" : "none"))
        }

        @Test func textsAreReadByTheModelsTokenizer() async throws {
            let folder = try TemporaryDirectory()
            var conversion = ModelsConvertSettings()
            conversion.model = Repository.path("fixtures/golden/gguf/qwen3.gguf")
            conversion.output = folder.file("model")
            _ = try await ModelConverter(conversion).run().report()
            let lines = folder.file("lines.jsonl")
            try Data("{\"text\": \"12 apples\"}\n{\"tokens\": [5, 6]}\n".utf8).write(to: URL(fileURLWithPath: lines))
            var settings = ModelsLogprobsSettings()
            settings.model = conversion.output
            settings.tokens = lines
            let found = Collected()
            _ = try await LogProbabilityReader(settings).run { found.add($0.tokens, $0.logprobs.count) }.report()
            #expect(found.lines.count == 2)
            #expect(found.lines[0].tokens?.count == found.lines[0].logprobs + 1 && found.lines[1].tokens == nil)
        }
    }

    /// What a reader has given.
    private final class Collected: @unchecked Sendable {
        private let lock = NSLock()
        private var values: [(tokens: [Int32]?, logprobs: Int)] = []

        var lines: [(tokens: [Int32]?, logprobs: Int)] { lock.withLock { values } }
        func add(_ tokens: [Int32]?, _ count: Int) { lock.withLock { values.append((tokens, count)) } }
    }
#endif
