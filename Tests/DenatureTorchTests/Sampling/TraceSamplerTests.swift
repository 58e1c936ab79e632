#if Torch
    import Denature
    import DenatureTorch
    import Foundation
    import Marks
    import SettingsSupport
    import Synchronization
    import Testing
    import TraceGeneration

    @Suite("Sampling as a library")
    struct TraceSamplerTests {
        @Test func tracesAsValuesAreThoseOfTheFile() async throws {
            let fixture = try SamplerFixture()
            var settings = fixture.settings("traces.jsonl")
            let report = try await TraceSampler(settings).run().report()
            #expect(report.traces == 24 && report.problems == 24 && report.sampledTokens > 0)
            let written = try String(contentsOfFile: fixture.file("traces.jsonl"), encoding: .utf8)

            settings.output = ""
            let traces = Mutex<[SampledTrace]>([])
            var last: SampleReport?
            var isProgressSeen = false
            for try await event in try TraceSampler(settings).run(delivering: { new in traces.withLock { $0 += new } })
            {
                switch event {
                case .progress(let progress): isProgressSeen = progress.total == 24
                case .notice: break
                case .finished(let report): last = report
                }
            }
            #expect(isProgressSeen && last?.traces == 24)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let lines = try traces.withLock { $0 }.map {
                String(decoding: try encoder.encode($0), as: UTF8.self) + "\n"
            }
            #expect(lines.joined() == written)
        }

        @Test func whatIsWrongIsToldBeforeAnythingIsLoaded() async throws {
            var settings = SampleSettings()
            settings.teacher = "nowhere"
            #expect(throws: SettingsError.self) { try TraceSampler(settings) }
            settings.prompts = "nothing.jsonl"
            await #expect(throws: SettingsError.self) { try await TraceSampler(settings).run().report() }
        }

        /// Runs until some windows are written, and stops.
        private func interrupt(_ settings: SampleSettings) async throws {
            let state = settings.output + ".partial.json"
            let task = Task { try await TraceSampler(settings).run().report() }
            func units() -> Int {
                let object = FileManager.default.contents(atPath: state).flatMap {
                    try? JSONSerialization.jsonObject(with: $0) as? [String: Any]
                }
                return object?["units"] as? Int ?? 0
            }
            while units() == 0, !FileManager.default.fileExists(atPath: settings.output) {
                try await Task.sleep(for: .milliseconds(2))
            }
            task.cancel()
            await #expect(throws: TraceGenerationError.self) { try await task.value }
        }

        private typealias Variations = SettingVariations<SampleSettings>

        private func variations(_ fixture: SamplerFixture, of base: SampleSettings) -> Variations {
            Variations(
                of: base,
                texts: [
                    "teacher": fixture.file("teacher-other"), "prompts": fixture.file("problems-other.jsonl"),
                    "proxy": fixture.file("proxy-other"), "gradient": fixture.file("g-other.safetensors"),
                    "adapter": fixture.file("adapter"), "fingerprint_proxy": fixture.file("proxy-other"),
                    "prompt_format": "plain", "epoch": "1", "tenant": "globex", "lazy_threshold": "0.5",
                    "mark_strength": "1.5", "gamma": "0.5", "mark_option": "gamma=0.4", "limit": "20",
                ],
                adjustments: [
                    "lambda": { $0.penalty.strength = nil },
                    "samples_per_prompt": { $0.drafts = DraftSettings() },
                ])
        }

        /// Every setting that decides a trace, by the base that has a use for it.
        @Test(arguments: [
            ("green", [] as [String]), ("tournament", ["layers"]), ("fingerprint", ["fingerprint_proxy"]),
        ])
        func anotherSettingIsAnotherRun(scheme: String, names: [String]) async throws {
            let fixture = try SamplerFixture()
            var base = fixture.full("traces.jsonl")
            base.mark.watermark = TokenMarkName(scheme)
            try await interrupt(base)
            let partial = FileManager.default.contents(atPath: base.output + ".partial")
            let elsewhere = ["layers", "fingerprint_proxy"]
            let tested =
                names.isEmpty ? Variations.names(.result, .input).filter { !elsewhere.contains($0) } : names
            let variations = variations(fixture, of: base)
            for name in tested {
                var other = try variations.varied(name)
                if name == "samples_per_prompt" { other.penalty.score = true }
                let error = await #expect(throws: TraceGenerationError.self, "\(name)") {
                    try await TraceSampler(other).run().report()
                }
                // Where another setting had to change too, the first in the alphabet is named.
                let named = name == "samples_per_prompt" ? "another " : "another \(name) ("
                #expect(error?.code == .otherRun && error?.message.contains(named) == true, "\(name): \(error as Any)")
            }
            #expect(FileManager.default.contents(atPath: base.output + ".partial") == partial)
        }

        @Test func aRunThatWasInterruptedEndsWithTheSameBytes() async throws {
            let fixture = try SamplerFixture()
            _ = try await TraceSampler(fixture.full("whole.jsonl")).run().report()
            let base = fixture.full("traces.jsonl")
            try await interrupt(base)
            let report = try await TraceSampler(base).run().report()
            #expect(report.problemsResumed > 0 && report.problems == 24)
            #expect(
                FileManager.default.contents(atPath: base.output)
                    == FileManager.default.contents(atPath: fixture.file("whole.jsonl")))
        }

        /// What is no part of the result may change, and every token stays; sums of derivatives do but for the last digit.
        @Test(arguments: ["batch_size", "threads"])
        func howTheWorkIsDoneMayChange(name: String) async throws {
            let fixture = try SamplerFixture()
            _ = try await TraceSampler(fixture.full("whole.jsonl")).run().report()
            let base = fixture.full("traces.jsonl")
            try await interrupt(base)
            let report = try await TraceSampler(Variations(of: base).varied(name)).run().report()
            #expect(report.problemsResumed > 0 && report.problems == 24)
            func traces(_ name: String) throws -> [[String]] {
                try String(contentsOfFile: fixture.file(name), encoding: .utf8).split(separator: "\n").map { line in
                    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                    return ["problem", "trace", "seed", "sample", "tokens", "finish_reason", "correct", "forced"].map {
                        "\(object?[$0] ?? "")"
                    }
                }
            }
            let lines = try traces("traces.jsonl")
            #expect(lines.count == report.traces)
            #expect(try lines == traces("whole.jsonl"))
        }

        @Test func forceBeginsAnew() async throws {
            let fixture = try SamplerFixture()
            try await interrupt(fixture.full("traces.jsonl"))
            var other = fixture.full("traces.jsonl")
            other.decoding.seed = 6
            other.force = true
            let report = try await TraceSampler(other).run().report()
            #expect(report.problemsResumed == 0 && report.problems == 24)
        }
    }
#endif
