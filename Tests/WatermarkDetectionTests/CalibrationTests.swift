import KeyedPRF
import Statistics
import TestSupport
import Testing
import TextWatermarking
import WatermarkDetection

@Suite struct CalibrationTests {
    private static let zipf = SyntheticCorpus.zipf(documents: 6, length: 60, seed: 100)
    private static let templates = SyntheticCorpus.templates(documents: 200, seed: 101)

    private func expectCalibrated(
        _ scheme: some TextMarkScheme, _ documents: [DetectionDocument], seed: UInt64, atLeast minimum: Int
    ) throws {
        var corpus = try ObservationCorpus(scheme: scheme)
        for document in documents { corpus.add(document) }
        #expect(corpus.count >= minimum)
        var generator = SplitMix64(seed: seed)
        let calibration = try Calibration(of: corpus, keys: 2000, using: &generator)
        #expect(calibration.uniformityP > 0.001, "seed \(seed), D = \(calibration.uniformityStatistic)")
        for alarm in calibration.alarms {
            #expect(alarm.isValid, "seed \(seed): \(alarm.count) > \(alarm.allowed) at \(alarm.level)")
        }
    }

    @Test func selectionOnZipfText() throws {
        try expectCalibrated(SelectionScheme(), Self.zipf, seed: 1, atLeast: 300)
    }

    @Test func selectionOnTemplates() throws {
        try expectCalibrated(SelectionScheme(contextWidth: 1), Array(Self.templates.prefix(30)), seed: 2, atLeast: 100)
    }

    @Test func triggerOnTemplates() throws {
        try expectCalibrated(TriggerScheme(), Self.templates, seed: 3, atLeast: 40)
    }

    @Test func triggerOnTextMarkedWithAnotherKey() throws {
        let text = try triggerText(testKey(.trigger, seed: 7))
        try expectCalibrated(TriggerScheme(), [DetectionDocument(text: text)], seed: 4, atLeast: 8)
    }
}
