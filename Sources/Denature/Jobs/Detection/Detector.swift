import Foundation
import KeyedPRF
import Marks
import Sanitizing
import Traces

/// Tests texts or token ids for the marks of one or all tenants, with exact p-values.
///
/// A program that has its documents in memory asks directly:
///
///     let detector = try Detector(DetectSettings(), keyring: keyring)
///     for result in try detector.detect([DetectionDocument(trace: text)]) where result.verdict == .marked {
///         print(result.tenant, result.log10P)
///     }
///
/// A job reads files:
///
///     var settings = DetectSettings()
///     settings.file = "suspect.jsonl"
///     settings.keyring = "K.json"
///     let report = try await Detector(settings).run().report()
public struct Detector: Sendable {
    /// What is tested, and how.
    public let settings: DetectSettings
    let registry: MarkRegistry
    private let given: Keyring?

    /// - Parameters:
    ///   - settings: What is tested, and how.
    ///   - keyring: The keyring; nil for the one that the settings name.
    ///   - registry: The schemes that are known.
    /// - Throws: ``SettingsError``.
    public init(
        _ settings: DetectSettings, keyring: Keyring? = nil, registry: MarkRegistry = .standard
    ) throws(SettingsError) {
        try settings.validate()
        try settings.checkLevel(in: registry)
        if !settings.tokenIDs.areUsed, settings.keyring == nil, keyring == nil {
            throw SettingsError("keyring", "Missing expected argument '`keyring` <keyring>'")
        }
        self.settings = settings
        self.registry = registry
        given = keyring
    }

    /// The family-wise level of the verdicts.
    public var level: Double { settings.verdictLevel(in: registry) }

    // MARK: Documents in memory

    /// Tests texts, pooled: what repeats is no new evidence. The family is every scheme with every key.
    ///
    /// - Parameter documents: The texts.
    /// - Returns: One result for every scheme and key.
    /// - Throws: ``SettingsError``, ``DetectError``, `DetectionError` or `KeyedPRFError`.
    public func detect(_ documents: some Sequence<DetectionDocument>) throws -> [DetectionResult] {
        try textDetector().detect(pooling: documents)
    }

    /// Tests token ids, pooled: what repeats is no new evidence. The schemes are those of ``DetectSettings/scheme``.
    ///
    /// - Parameter documents: The tokens of one output each, with its prompt where that is known.
    /// - Returns: One result for every scheme and key.
    /// - Throws: ``SettingsError``, ``DetectError``, `WatermarkError` or `KeyedPRFError`.
    public func detect(_ documents: some Sequence<TokenDocument>) throws -> [TokenDetectionResult] {
        let detector = try tokenDetector(tokenTests(), filter: nil)
        for document in documents { detector.add(document) }
        return detector.results()
    }

    // MARK: Files

    /// Tests the files that the settings name. Errors of the run: ``SettingsError``, ``DetectError``, `KeyedPRFError`,
    /// `DetectionError`, `TraceError`, and `TokenizerError`.
    ///
    /// - Parameter each: Takes what is tested by itself, in the order of the input, where the settings ask for that.
    public func run(
        each: @escaping @Sendable (SingleDetection) throws -> Void = { _ in }
    ) -> JobRun<DetectProgress, DetectReport> {
        JobRun { reporter in
            if settings.tokenIDs.areUsed { return try testTokens(reporter, each) }
            return try await testTexts(reporter, each)
        }
    }

    // MARK: Parts

    func keyring() throws -> Keyring? {
        if let given { return given }
        return try settings.keyring.map { try Keyring.load(Keyring.Source(argument: $0)) }
    }

    func textDetector() throws -> TextMarkDetector {
        guard let keyring = try keyring() else { throw SettingsError("keyring", "`keyring` is needed") }
        let schemes = try TestedTexts.schemes(settings.scheme, in: registry)
        let keys = try TestedKeys.select(
            from: keyring, purposes: schemes.map(\.purpose), tenant: settings.tenant, epoch: settings.epoch)
        return TextMarkDetector(
            schemes: schemes, keys: keys, settings: DetectionSettings(alpha: level),
            deduplication: DeduplicationOptions(memoryLimit: settings.memory << 20))
    }

    func tokenTests() throws -> [TokenTests.Test] {
        try TokenTests(settings: settings, registry: registry, keyring: keyring).make()
    }

    func tokenDetector(_ tests: [TokenTests.Test], filter: TokenContextSet?) throws -> TokenDetector {
        do {
            return try TokenDetector(
                tests: tests, settings: TokenDetectionSettings(alpha: level), filter: filter,
                filterIsKeyIndependent: settings.tokenIDs.contextsAreOriginal)
        } catch {
            throw SettingsError("scheme", error.description)
        }
    }
}
