import KeyedPRF
import Marks
import Statistics
import TestSupport
import Testing

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

    @Test func lexicalOnTemplates() throws {
        let scheme = LexicalScheme(lexicon: try Lexicon.bundled())
        try expectCalibrated(scheme, Self.templates, seed: 6, atLeast: 40)
    }

    @Test func lexicalOnTextMarkedWithAnotherKey() throws {
        let scheme = LexicalScheme(lexicon: try Lexicon.bundled())
        let marker = try LexicalMarker(scheme: scheme, key: testKey(.lexical, seed: 50))
        let marked = Self.templates.map {
            DetectionDocument(text: marker.mark($0.text, reasoning: $0.reasoning, protected: []).text)
        }
        #expect(marked != Self.templates)
        try expectCalibrated(scheme, marked, seed: 7, atLeast: 40)
    }

    @Test func lexicalOnZipfText() throws {
        // Lexicon words thrown in at random places of a long-tailed text.
        let lexicon = try Lexicon.bundled()
        let members = lexicon.classes.flatMap { $0.members.map(\.text) }
        var generator = SplitMix64(seed: 51)
        let documents = SyntheticCorpus.zipf(documents: 10, length: 100, seed: 102).map { document in
            let words = document.text.split(separator: " ").map { word in
                Int.random(in: 0..<3, using: &generator) == 0
                    ? members.randomElement(using: &generator) ?? "" : String(word)
            }
            return DetectionDocument(text: words.joined(separator: " "))
        }
        try expectCalibrated(LexicalScheme(lexicon: lexicon), documents, seed: 8, atLeast: 30)
    }

    @Test func triggerOnTemplates() throws {
        try expectCalibrated(TriggerScheme(), Self.templates, seed: 3, atLeast: 40)
    }

    @Test func triggerOnTextMarkedWithAnotherKey() throws {
        let text = try triggerText(testKey(.trigger, seed: 7))
        try expectCalibrated(TriggerScheme(), [DetectionDocument(text: text)], seed: 4, atLeast: 8)
    }
}
