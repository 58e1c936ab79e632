#if Torch
    import Denature
    import DenatureTorch
    import FineTuning
    import Foundation
    import SettingsSupport
    import TestSupport
    import Testing

    /// A training that was interrupted goes on only as the training that it was.
    @Suite("Resuming train", .serialized)
    struct TrainResumeTests {
        /// A training, and the folder with its state after the first step.
        private final class Interrupted: Sendable {
            let settings: TrainSettings
            let variations: SettingVariations<TrainSettings>
            private let folder: TemporaryDirectory

            init(_ models: TrainedModels, fromShape: Bool) async throws {
                folder = try TemporaryDirectory()
                var settings = TrainSettings()
                if fromShape {
                    settings.initialShape = models.file("shape.json")
                    settings.tokenizer = models.file("tokenizer")
                } else {
                    settings.model = models.file("model")
                    settings.learning.loraRank = 2
                }
                settings.data = models.file("traces.jsonl")
                settings.evalData = models.file("traces-2.jsonl")
                settings.steps = 4
                settings.output = folder.file("stopped")
                settings.runtime.threads = 1
                self.settings = settings
                variations = SettingVariations(
                    of: settings,
                    texts: [
                        "model": models.file("model-2"), "init": models.file("shape-2.json"),
                        "tokenizer": models.file("tokenizer-2"), "adapter": models.file("adapter"),
                        "data": models.file("traces-2.jsonl"), "eval_data": models.file("traces.jsonl"),
                        "prompt_format": "plain", "max_length": "100", "lora_targets": "q_proj",
                    ], adjustments: ["epochs": { $0.steps = nil }])
                let stopped = settings
                let task = Task {
                    _ = try await ModelTrainer(stopped).run().report(
                        progress: { _ in _ = withUnsafeCurrentTask { $0?.cancel() } })
                }
                let error = await #expect(throws: JobError.self) { try await task.value }
                #expect(error?.code == .interrupted && error?.message.contains("step 1 of 4") == true)
            }

            /// Goes on in a copy of the folder.
            func resume(_ name: String) async throws -> TrainReport? {
                var settings = try name.isEmpty ? self.settings : variations.varied(name)
                let copy = try TemporaryDirectory()
                settings.output = copy.file("out")
                settings.resume = true
                try FileManager.default.copyItem(atPath: self.settings.output, toPath: settings.output)
                return try await ModelTrainer(settings).run().report()
            }
        }

        private static let stopped = Task { try await Interrupted(TrainedModels.shared.value, fromShape: false) }
        private static let stoppedFromShape = Task {
            try await Interrupted(TrainedModels.shared.value, fromShape: true)
        }

        private static let deciding = SettingVariations<TrainSettings>.names(.result, .input)

        @Test(arguments: deciding.filter { $0 != "init" })
        func anotherValueIsRefused(name: String) async throws {
            let stopped = try await Self.stopped.value
            let error = await #expect(throws: FineTuningError.self) { try await stopped.resume(name) }
            #expect(error?.code == .stateMismatch, "\(name): \(String(describing: error))")
        }

        @Test(arguments: ["init", "tokenizer", "seed"])
        func anotherBeginningIsRefused(name: String) async throws {
            let stopped = try await Self.stoppedFromShape.value
            let error = await #expect(throws: FineTuningError.self) { try await stopped.resume(name) }
            #expect(error?.code == .stateMismatch, "\(name): \(String(describing: error))")
        }

        @Test(arguments: ["", "save_every", "threads"])
        func howTheWorkIsDoneMayChange(name: String) async throws {
            let report = try await Self.stopped.value.resume(name)
            #expect(report?.steps == 4)
        }
    }
#endif
