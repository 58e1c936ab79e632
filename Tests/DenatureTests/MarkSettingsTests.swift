import Denature
import Foundation
import Testing

/// The settings of marks, of detection and of calibration.
@Suite struct MarkSettingsTests {
    private func decode<Settings: SettingsGroup>(_ json: String, as: Settings.Type) throws -> Settings {
        try JSONDecoder().decode(Settings.self, from: Data(json.utf8))
    }

    @Test(arguments: [
        #"{"gamma":0.5}"#, #"{"mark_strength":1}"#, #"{"layers":3}"#, #"{"context_width":3}"#,
        #"{"mark_before_truncation":true}"#, #"{"fingerprint_proxy":"x"}"#, #"{"mark_option":["gamma=0.5"]}"#,
        #"{"watermark":"green","layers":3}"#, #"{"watermark":"green","gamma":1}"#,
        #"{"watermark":"green","context_width":0}"#, #"{"watermark":"green","fingerprint_proxy":"x"}"#,
        #"{"watermark":"gumbel","mark_before_truncation":true}"#, #"{"watermark":"gumbel","mark_strength":2}"#,
        #"{"watermark":"tournament","layers":33}"#, #"{"watermark":"green","mark_option":["layers=3"]}"#,
        #"{"watermark":"green","mark_option":["gamma"]}"#, #"{"watermark":"synthid"}"#,
    ])
    func whatDoesNotGoTogether(json: String) throws {
        let settings = try decode(json, as: MarkSettings.self)
        #expect(throws: SettingsError.self) {
            try settings.validate()
            _ = try settings.configuration()
        }
    }

    @Test(arguments: [
        (#"{"watermark":"green","gamma":0.3,"mark_strength":1}"#, "green (gamma 0.3, delta 1.0)"),
        (#"{"watermark":"green","mark_option":["gamma=0.3","mark-strength=1"]}"#, "green (gamma 0.3, delta 1.0)"),
        (#"{"watermark":"fingerprint","fingerprint_proxy":"x"}"#, "fingerprint (gamma 0.5, lambda 10.0)"),
        (#"{"watermark":"gumbel"}"#, "gumbel"),
        (#"{"watermark":"tournament","layers":12,"mark_before_truncation":true}"#, "tournament (layers 12)"),
    ])
    func schemesWithTheirParameters(json: String, mark: String) throws {
        let settings = try decode(json, as: MarkSettings.self)
        try settings.validate()
        #expect(try settings.configuration()?.mark.description == mark)
        let encoded = try JSONEncoder().encode(settings)
        #expect(try JSONDecoder().decode(MarkSettings.self, from: encoded) == settings)
    }

    @Test func noMark() throws {
        try MarkSettings().validate()
        #expect(try MarkSettings().configuration() == nil)
    }

    // MARK: Detection

    @Test(arguments: [
        #"{"alpha":1}"#, #"{"level":0}"#, #"{"memory":0}"#, #"{"max_record_bytes":0}"#, #"{"gamma":0.5}"#,
        #"{"key":"1"}"#, #"{"per_line":true}"#, #"{"tokens":"a","tokenizer":"b"}"#, #"{"tokens":"a","file":"b"}"#,
        #"{"contexts_are_original":true}"#, #"{"tokens":"a","mark_option":["x"]}"#,
        #"{"tokens":"a","scheme":"vllm-gumbel","alpha":1}"#,
    ])
    func detectionsThatCannotBe(json: String) throws {
        let settings = try decode(json, as: DetectSettings.self)
        #expect(throws: SettingsError.self) { try settings.validate() }
    }

    @Test(arguments: [
        "{}", #"{"alpha":0.05}"#, #"{"tokens":"a","scheme":"vllm-dual-key-gumbel","alpha":1}"#,
        #"{"tokenizer":"a","file":"b","scheme":"green","gamma":0.5,"depth":3}"#,
    ])
    func detectionsThatCanBe(json: String) throws {
        try decode(json, as: DetectSettings.self).validate()
    }

    @Test func textsNeedAKeyring() throws {
        #expect(throws: SettingsError.self) { try Detector(DetectSettings()) }
    }

    /// Another value is another job, unless it is a secret or how the work is done.
    @Test(arguments: [
        ("tenant", #""acme""#, true), ("epoch", #""2""#, true), ("scheme", #""lexical""#, true),
        ("alpha", "0.5", true), ("level", "0.5", true), ("per_trace", "true", true), ("gamma", "0.5", true),
        ("depth", "3", true), ("prf", #""hmac_sha256""#, true), ("context_width", "3", true),
        ("mark_option", #"["gamma=0.5"]"#, true), ("no_dedup", "true", true), ("format", #""xml""#, true),
        ("tokens", #""a""#, true), ("tokenizer", #""a""#, true), ("contexts_from", #""a""#, true),
        ("keyring", #""secret""#, false), ("key", #""secret""#, false), ("watermark_config", #""secret""#, false),
        ("memory", "3", false), ("max_record_bytes", "3", false),
    ])
    func identities(name: String, value: String, decides: Bool) throws {
        let settings = try decode("{\"\(name)\":\(value)}", as: DetectSettings.self)
        let identity = JobIdentity(of: settings) { "\($0) \($1)" }
        #expect((identity != JobIdentity(of: DetectSettings()) { "\($0) \($1)" }) == decides)
        #expect(!identity.values.values.contains { $0.contains("secret") })
    }

    @Test(arguments: [
        ("keys", "3"), ("seed", "3"), ("scheme", #""lexical""#), ("format", #""xml""#), ("file", #""a""#),
    ])
    func calibrations(name: String, value: String) throws {
        let settings = try decode("{\"\(name)\":\(value)}", as: CalibrateSettings.self)
        try settings.validate()
        let identity = JobIdentity(of: settings) { "\($0) \($1)" }
        #expect(identity != JobIdentity(of: CalibrateSettings()) { "\($0) \($1)" })
        var none = CalibrateSettings()
        none.keys = 0
        #expect(throws: SettingsError.self) { try Calibrator(none) }
    }
}
