import Denature
import Foundation
import SettingsSupport
import Testing

@Suite("Settings of sample")
struct SampleSettingsTests {
    typealias Variations = SettingVariations<SampleSettings>

    /// Everything that goes together at once.
    static let full: SampleSettings = {
        var settings = SampleSettings()
        settings.teacher = "teacher"
        settings.prompts = "problems.jsonl"
        settings.output = "traces.jsonl"
        settings.decoding.answerForcing = " ####"
        settings.penalty.proxy = "proxy"
        settings.penalty.gradient = "g.safetensors"
        settings.penalty.strength = 0.5
        settings.drafts.count = 4
        settings.mark.watermark = "green"
        settings.key.keyring = "K.json"
        settings.key.tenant = "acme"
        return settings
    }()

    private static let variations = Variations(of: full)

    private static func identity(_ settings: SampleSettings) -> JobIdentity {
        JobIdentity(of: settings) { _, path in "digest of \(path)" }
    }

    @Test(arguments: Variations.names(.result, .input))
    func anotherValueIsAnotherJob(name: String) throws {
        let (base, other) = (Self.identity(Self.full), Self.identity(try Self.variations.varied(name)))
        #expect(base.firstDifference(from: other) == name)
    }

    @Test(arguments: Variations.names(.conduct, .output, .secret))
    func howTheWorkIsDoneIsNoPartOfTheJob(name: String) throws {
        #expect(Self.identity(Self.full) == Self.identity(try Self.variations.varied(name)))
    }

    @Test(arguments: SampleSettings.schema.map(\.name))
    func everySettingIsWrittenAndRead(name: String) throws {
        for settings in [Self.full, try Self.variations.varied(name)] {
            let data = try JSONEncoder().encode(settings)
            #expect(try JSONDecoder().decode(SampleSettings.self, from: data) == settings)
        }
    }

    @Test func everythingGoesTogether() throws { try Self.full.validate() }

    private static let wrong: [(String, @Sendable (inout SampleSettings) -> Void)] = [
        ("proxy", { (s: inout SampleSettings) in s.penalty.proxy = nil }),
        ("strength", { $0.penalty.lambda = 1 }),
        (
            "kl_budget",
            { settings in
                settings.penalty.strength = nil
                settings.penalty.klBudget = 1
            }
        ),
        (
            "keep_candidates",
            { settings in
                settings.drafts.count = nil
                settings.drafts.keepCandidates = "c.jsonl"
            }
        ),
        ("samples_per_prompt", { $0.samplesPerPrompt = 2 }),
        (
            "force_every_answer",
            { settings in
                settings.decoding.answerForcing = nil
                settings.decoding.forceEveryAnswer = true
            }
        ),
        ("keyring", { $0.key.keyring = nil }),
        (
            "gamma",
            { settings in
                settings.mark.watermark = nil
                settings.mark.gamma = 0.5
            }
        ),
        (
            "gumbel",
            { settings in
                settings.mark.watermark = "gumbel"
                settings.temperature = 0
            }
        ),
        (
            "fingerprint_proxy",
            { settings in
                settings.mark.watermark = "fingerprint"
                settings.penalty = PenaltySettings()
                settings.drafts.select = .random
            }
        ),
        ("teacher", { $0.teacher = "" }),
        ("temperature", { $0.temperature = -1 }),
    ]

    @Test(arguments: wrong)
    func whatDoesNotGoTogetherIsNamed(word: String, change: @Sendable (inout SampleSettings) -> Void) {
        var settings = Self.full
        change(&settings)
        let error = #expect(throws: SettingsError.self) { try settings.validate() }
        #expect(error?.message.contains(word) == true, "\(String(describing: error))")
    }
}
