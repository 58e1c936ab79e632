import Denature
import Foundation
import SettingsSupport
import Testing

/// What every job's settings must do, for the jobs around training.
@Suite("Settings of train, gradient, gains and optimize-prompt")
struct TrainingSettingsTests {
    static let train: SettingVariations<TrainSettings> = {
        var settings = TrainSettings()
        settings.model = "model"
        settings.data = "data.jsonl"
        settings.output = "out"
        settings.steps = 4
        settings.learning.loraRank = 2
        return SettingVariations(
            of: settings,
            adjustments: ["epochs": { $0.steps = nil }, "init": { $0.model = nil }, "resume": { $0.force = false }])
    }()

    static let gradient: SettingVariations<GradientSettings> = {
        var settings = GradientSettings()
        settings.proxy = "proxy"
        settings.holdout = "holdout.jsonl"
        settings.output = "g.safetensors"
        return SettingVariations(of: settings, texts: ["max_length": "60"])
    }()

    static let gains: SettingVariations<GainsSettings> = {
        var settings = GainsSettings()
        settings.models.proxy = "proxy"
        settings.models.gradient = "g.safetensors"
        settings.data = "data.jsonl"
        return SettingVariations(of: settings)
    }()

    static let search: SettingVariations<OptimizePromptSettings> = {
        var settings = OptimizePromptSettings()
        settings.traces = "traces.jsonl"
        settings.work = "work"
        settings.output = "found.md"
        settings.students.proxy = "proxy"
        settings.students.holdout = "holdout.jsonl"
        settings.students.problems = "problems.jsonl"
        settings.students.learning.loraRank = 2
        settings.rewriter.endpoint = "http://127.0.0.1:9/v1"
        return SettingVariations(
            of: settings,
            texts: [
                "length_ratio": "0.5:4", "optimizer_price": "1:2", "rewriter_price": "1:2.5", "output": "other.md",
                "max_instruction_bytes": "900",
            ])
    }()

    private func check<Settings: JobSettings>(_ variations: SettingVariations<Settings>) throws {
        func identity(_ settings: Settings) -> JobIdentity {
            JobIdentity(of: settings) { _, path in "digest of \(path)" }
        }
        let base = variations.base
        try base.validate()
        for setting in Settings.schema {
            let other = try variations.varied(setting)
            let difference = identity(base).firstDifference(from: identity(other))
            switch setting.role {
            case .result, .input: #expect(difference != nil, "\(Settings.job): \(setting.name)")
            case .output, .secret, .conduct: #expect(difference == nil, "\(Settings.job): \(setting.name)")
            }
            let data = try JSONEncoder().encode(other)
            #expect(try JSONDecoder().decode(Settings.self, from: data) == other, "\(Settings.job): \(setting.name)")
        }
    }

    @Test func anotherValueOfWhatDecidesIsAnotherJob() throws {
        try check(Self.train)
        try check(Self.gradient)
        try check(Self.gains)
        try check(Self.search)
    }

    private static let wrong: [(String, @Sendable (inout TrainSettings) -> Void)] = [
        ("model", { (s: inout TrainSettings) in s.model = nil }),
        ("model", { $0.initialShape = "config.json" }),
        ("epochs", { $0.epochs = 2 }),
        ("steps", { $0.steps = 0 }),
        ("resume", { (s: inout TrainSettings) in (s.force, s.resume) = (true, true) }),
        ("lora_rank", { (s: inout TrainSettings) in (s.learning.loraRank, s.merge) = (nil, true) }),
        ("lora_rank", { (s: inout TrainSettings) in (s.learning.loraRank, s.learning.loraAlpha) = (nil, 4) }),
        ("lora_targets", { $0.learning.loraTargets = "," }),
        ("batch_size", { $0.learning.batchSize = 0 }),
        ("lr", { $0.learning.lr = -1 }),
        ("warmup", { $0.learning.warmup = -0.5 }),
        ("dtype", { $0.runtime.dtype = .float16 }),
        ("data", { $0.data = "" }),
    ]

    @Test(arguments: wrong)
    func whatDoesNotGoTogetherIsNamed(word: String, change: @Sendable (inout TrainSettings) -> Void) {
        var settings = Self.train.base
        change(&settings)
        let error = #expect(throws: SettingsError.self) { try settings.validate() }
        #expect(error?.message.contains("`\(word)`") == true, "\(String(describing: error))")
    }
}
