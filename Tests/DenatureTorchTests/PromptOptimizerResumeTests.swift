#if Torch
    import Denature
    import DenatureTorch
    import Foundation
    import PromptSearch
    import SettingsSupport
    import TestSupport
    import Testing

    /// A search that stopped goes on only as the search that it was.
    @Suite("Resuming optimize-prompt", .serialized)
    struct PromptOptimizerResumeTests {
        /// A search whose endpoint was dead, and its folder.
        private final class Stopped: Sendable {
            let variations: SettingVariations<OptimizePromptSettings>
            private let folder: TemporaryDirectory

            init(_ models: TrainedModels) async throws {
                folder = try TemporaryDirectory()
                var settings = OptimizePromptSettings()
                settings.traces = models.file("traces.jsonl")
                settings.sample = 4
                settings.work = folder.file("work")
                settings.output = folder.file("found.md")
                settings.students.proxy = models.file("model")
                settings.students.holdout = models.file("held.jsonl")
                settings.students.problems = models.file("problems.jsonl")
                settings.students.epochs = 1
                settings.students.maxNewTokens = 4
                settings.students.learning.loraRank = 2
                // A port that nobody listens on.
                settings.rewriter.endpoint = "http://127.0.0.1:9/v1"
                settings.rewriter.model = "m"
                settings.rewriter.maxAttempts = 1
                settings.runtime.threads = 1
                let start = folder.file("start.txt")
                try "Use formal words and long sentences.".write(toFile: start, atomically: true, encoding: .utf8)
                variations = SettingVariations(
                    of: settings,
                    texts: [
                        "traces": models.file("traces-2.jsonl"), "start": start, "proxy": models.file("model-2"),
                        "holdout": models.file("held-2.jsonl"), "problems": models.file("problems-2.jsonl"),
                        "length_ratio": "0.5:4", "prompt_format": "plain", "max_length": "100",
                        "lora_targets": "q_proj", "max_instruction_bytes": "900",
                    ])
                let error = await #expect(throws: PromptSearchError.self) { try await self.search("") }
                #expect(error?.code == .endpoint)
            }

            func search(_ name: String) async throws {
                let settings = try name.isEmpty ? variations.base : variations.varied(name)
                _ = try await PromptOptimizer(settings).run().report()
            }
        }

        private static let stopped = Task { try await Stopped(TrainedModels.shared.value) }

        @Test(arguments: SettingVariations<OptimizePromptSettings>.names(.result, .input))
        func anotherValueIsRefused(name: String) async throws {
            let stopped = try await Self.stopped.value
            let error = await #expect(throws: PromptSearchError.self) { try await stopped.search(name) }
            #expect(error?.code == .otherSearch, "\(name): \(String(describing: error))")
        }

        @Test(arguments: ["", "rounds", "concurrency", "eval_batch_size"])
        func howTheWorkIsDoneMayChange(name: String) async throws {
            let stopped = try await Self.stopped.value
            let error = await #expect(throws: PromptSearchError.self) { try await stopped.search(name) }
            #expect(error?.code == .endpoint, "\(name): \(String(describing: error))")
        }
    }
#endif
