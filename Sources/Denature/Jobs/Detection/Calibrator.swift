import Marks
import Sanitizing
import Statistics
import Traces

/// Tries the detector with random keys on given texts or tokens: do its p-values hold?
///
///     var settings = CalibrateSettings()
///     settings.file = "corpus.jsonl"
///     let report = try await Calibrator(settings).run().report()
///     print(report.entries.allSatisfy(\.holds))
public struct Calibrator: Sendable {
    /// What is tried, and how.
    public let settings: CalibrateSettings
    private let registry: MarkRegistry

    /// - Parameters:
    ///   - settings: What is tried, and how.
    ///   - registry: The schemes that are known.
    /// - Throws: ``SettingsError``.
    public init(_ settings: CalibrateSettings, registry: MarkRegistry = .standard) throws(SettingsError) {
        try settings.validate()
        self.settings = settings
        self.registry = registry
    }

    /// Tries the marks of texts on a file. Errors of the run: ``SettingsError``, `KeyedPRFError` and `TraceError`.
    public func run() -> JobRun<DetectProgress, CalibrationReport> {
        JobRun { reporter in
            var corpora: [ObservationCorpus] = []
            let schemes = try TestedTexts.schemes(settings.scheme, in: registry)
            for scheme in schemes { corpora.append(try ObservationCorpus(scheme: scheme)) }
            var source = try TraceReader(
                path: settings.file, format: settings.format, unitBytes: TestedTexts.unitBytes)
            let parser = source.parser
            while let unit = try source.next() {
                try Task.checkCancellation()
                try parser.forEachRecord(in: unit) { record in
                    for document in TestedTexts.documents(of: record) {
                        for index in corpora.indices { corpora[index].add(document) }
                    }
                }
                reporter.progress(DetectProgress(records: source.recordCount))
            }
            var entries: [CalibrationReport.Entry] = []
            for (scheme, corpus) in zip(schemes, corpora) {
                var generator = SeededGenerator(seed: settings.seed)
                let calibration = try Calibration(of: corpus, keys: settings.keys, using: &generator)
                entries.append(CalibrationReport.Entry(scheme.name, calibration))
            }
            return CalibrationReport(entries: entries)
        }
    }

    /// Tries a mark of tokens on outputs in memory.
    ///
    /// - Parameters:
    ///   - configuration: The scheme.
    ///   - documents: The tokens of one output each.
    ///   - threads: How many threads share the work; they decide nothing.
    /// - Throws: `WatermarkError`.
    public func calibrate(
        _ configuration: TokenTestConfiguration, on documents: some Sequence<TokenDocument>, threads: Int = 1
    ) throws(WatermarkError) -> CalibrationReport.Entry {
        let corpus = TokenCorpus(configuration)
        for document in documents { corpus.add(document) }
        var generator = SeededGenerator(seed: settings.seed)
        return CalibrationReport.Entry(
            configuration.mark.name.text,
            try TokenCalibration(of: corpus, keys: settings.keys, using: &generator, threads: threads))
    }
}

/// Whether p-values hold what they promise.
public struct CalibrationReport: Encodable, Sendable {
    /// One for every scheme.
    public var entries: [Entry]

    /// One scheme.
    public struct Entry: Encodable, Sendable {
        /// False alarms at one level.
        public struct Alarms: Encodable, Sendable {
            /// The level.
            public var level: Double
            /// Keys with a p-value of at most the level.
            public var count: Int
            /// The most that chance explains.
            public var allowed: Int
        }

        /// The scheme.
        public var scheme: String
        /// Random keys that were tried.
        public var keys: Int
        /// Distinct observations, or scored positions.
        public var nScored: Int
        /// The p-value of uniformity.
        public var uniformityP: Double
        /// The Kolmogorov-Smirnov statistic behind it.
        public var uniformityStatistic: Double
        /// At 1 % and 0.1 %.
        public var falseAlarms: [Alarms]
        /// Whether all checks hold.
        public var holds: Bool

        init(_ name: String, _ calibration: Calibration) {
            self.init(
                name, keys: calibration.keys, scored: calibration.observations, p: calibration.uniformityP,
                statistic: calibration.uniformityStatistic, alarms: calibration.alarms)
        }

        init(_ name: String, _ calibration: TokenCalibration) {
            self.init(
                name, keys: calibration.keys, scored: calibration.scored, p: calibration.uniformityP,
                statistic: calibration.uniformityStatistic, alarms: calibration.alarms)
        }

        private init(
            _ name: String, keys: Int, scored: Int, p: Double, statistic: Double, alarms: [Calibration.Alarms]
        ) {
            scheme = name
            self.keys = keys
            nScored = scored
            uniformityP = p
            uniformityStatistic = statistic
            falseAlarms = alarms.map { Alarms(level: $0.level, count: $0.count, allowed: $0.allowed) }
            // One in ten thousand: calibration is run often, and a false alarm about false alarms helps nobody.
            holds = p > 1e-4 && alarms.allSatisfy(\.isValid)
        }
    }
}
