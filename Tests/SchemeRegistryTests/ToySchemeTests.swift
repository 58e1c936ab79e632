import Auditing
import Denature
import Foundation
import Generation
import KeyedPRF
import Marks
import Statistics
import TestSupport
import Testing

/// What a scheme gets that is registered from outside: everything.
@Suite struct ToySchemeTests {
    private static let registry = MarkRegistry.standard.adding(ToyScheme.self)
    private static let tenants = ["acme", "globex"]

    private let folder: TemporaryDirectory
    private let keyring: Keyring

    init() throws {
        folder = try TemporaryDirectory()
        keyring = try FixedKeyring.create(at: folder.file("K.json"), tenants: Self.tenants)
    }

    private func subkey(_ tenant: String) throws -> Subkey {
        try keyring.subkey(.token, tenant: tenant, epoch: keyring.activeEpoch(of: tenant))
    }

    private var marking: MarkSettings {
        var settings = MarkSettings()
        settings.watermark = "toy"
        settings.markOption = ["toy-bits=2", "toy_push=3"]
        settings.contextWidth = 2
        return settings
    }

    private var detecting: DetectSettings {
        var settings = DetectSettings()
        settings.scheme = "toy"
        settings.tokenIDs.tokens = "-"
        settings.tokenIDs.contextWidth = 2
        settings.tokenIDs.markOption = ["toy_bits=2"]
        return settings
    }

    /// Outputs of a model with random logits, marked with a tenant's key.
    private func outputs(key: Subkey?) throws -> [TokenDocument] {
        let configuration = try #require(try marking.configuration(in: Self.registry))
        let mark = try key.map { try WatermarkedDecoding(configuration, key: $0) }
        let loop = try GenerationLoop(
            model: RandomModel(seed: 7), processors: mark?.last ?? [], sampler: mark?.sampler ?? CategoricalSampler(),
            slots: 4)
        let requests = (0..<12).map {
            GenerationRequest(prompt: [Int32($0)], seed: UInt64($0), maxNewTokens: 100, stopTokens: [])
        }
        return try loop.generate(requests).map { TokenDocument(tokens: $0.tokens) }
    }

    @Test func settingsNameItAndItsParameters() throws {
        let configuration = try #require(try marking.configuration(in: Self.registry))
        #expect(configuration.mark.description == "toy (bits 2, push 3.0)")
        try marking.validate()
        #expect(throws: SettingsError.self) { try marking.configuration() }
        var wrong = marking
        for option in ["toy_bits=9", "gamma=0.5", "toy_bits=x", "toy_bits"] {
            wrong.markOption = [option]
            #expect(throws: SettingsError.self, "\(option)") { try wrong.configuration(in: Self.registry) }
        }
        let label = try MarkLabel(configuration, key: subkey("acme"))
        let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(label)) as? [String: Any]
        #expect(
            json?["scheme"] as? String == "toy" && json?["bits"] as? Int == 2 && json?["context_width"] as? Int == 2)
        #expect(label.identity["toy-push"] == "3.0")
    }

    @Test func itIsEmbeddedAndDetectedWithExactP() throws {
        let key = try subkey("acme")
        let documents = try outputs(key: key)
        let detector = try Detector(detecting, keyring: keyring, registry: Self.registry)
        let results = try detector.detect(documents)
        #expect(results.map(\.tenant) == Self.tenants)
        #expect(results[0].verdict == .marked && results[1].verdict != .marked)
        for result in results {
            let hits = try #require(result.hits)
            let tail = Binomial.logUpperTail(atLeast: hits, trials: result.scored, probability: 0.25)
            #expect(result.scheme == "toy" && result.score == Double(hits) && result.scored > 500)
            #expect(abs(result.log10P - tail / log(10)) < 1e-9 * abs(tail))
        }
        let plain = try detector.detect(outputs(key: nil))
        #expect(plain.allSatisfy { $0.verdict != .marked })
        // Without the registry nobody knows it.
        #expect(throws: SettingsError.self) { try Detector(detecting, keyring: keyring).detect(documents) }
        var unknown = detecting
        unknown.tokenIDs.markOption = ["toy_push=3", "strange=1"]
        #expect(throws: SettingsError.self) {
            try Detector(unknown, keyring: keyring, registry: Self.registry).detect(documents)
        }
    }

    @Test func filesOfTokensAreRead() async throws {
        let lines = try outputs(key: subkey("globex")).map { "{\"tokens\":\($0.tokens)}\n" }.joined()
        var settings = detecting
        let path = folder.file("ids.jsonl")
        try Data(lines.utf8).write(to: URL(fileURLWithPath: path))
        settings.tokenIDs.tokens = path
        settings.keyring = folder.file("K.json")
        let report = try await Detector(settings, registry: Self.registry).run().report()
        guard case .tokens(let results)? = report.pooled else {
            Issue.record("no result")
            return
        }
        #expect(results.map { $0.verdict == .marked } == [false, true])
    }

    @Test func itsPValuesHoldForRandomKeys() throws {
        var settings = CalibrateSettings()
        settings.keys = 1000
        let configuration = try TokenTestConfiguration(
            Self.registry.mark("toy", options: ["toy_bits": .whole(2)]), width: 2)
        let entry = try Calibrator(settings, registry: Self.registry)
            .calibrate(configuration, on: outputs(key: nil), threads: 2)
        #expect(entry.scheme == "toy" && entry.holds && entry.nScored > 500, "\(entry)")
    }

    // MARK: The audit

    private func plan() throws -> AuditPlan {
        var test = AuditPlan.Test(
            id: "outputs-toy", kind: .outputs, scheme: "toy", primary: .exact,
            plannedEffect: PlannedEffects.effect(of: .outputs, scheme: "toy", in: Self.registry))
        #expect(test.plannedEffect == 0.4)
        try test.takeMark(options: ["toy_bits": .whole(2)], width: 2, in: Self.registry)
        var plan = AuditPlan(
            title: "Toy", created: "2026-01-02T03:04:05Z", program: "test", ledgerKey: try keyring.ledgerKey().keyID,
            suspect: .outputs, levels: .first(alpha: 0.01, isLast: true), power: 0.8, seed: 7, decoyKeys: 999, keys: [],
            tests: [test], sampling: .init(), maxQueries: 100)
        for tenant in Self.tenants {
            for commitment in try keyring.commitments(for: tenant) {
                plan.keys.append(
                    .init(
                        purpose: commitment.identity.purpose, tenant: tenant,
                        epoch: commitment.identity.epoch, id: commitment.keyID, commitment: commitment.commitment.hex))
            }
        }
        return plan
    }

    @Test func anAuditFindsItInOutputs() throws {
        let plan = try plan()
        let bytes = try SealedAuditPlan(plan, keyring: keyring).bytes()
        let sealed = try SealedAuditPlan.read(bytes, path: "plan.json", keyring: keyring)
        #expect(sealed.plan == plan)
        let header = try EvidenceHeader(
            plan: plan, digest: sealed.digest,
            suspect: AuditReport.Suspect(kind: .outputs, name: "suspect", digest: nil), started: plan.created,
            program: "test")
        let path = folder.file("e.jsonl")
        let writer = try EvidenceWriter(
            path: path, plan: sealed, keyring: keyring, header: header, force: false, date: plan.created)
        for (number, document) in try outputs(key: subkey("globex")).enumerated() {
            let name = QuestionName(.output, number)
            try writer.append([
                .question(EvidenceQuestion(name: name, text: "", tokens: [], seed: 0)),
                .answer(EvidenceAnswer(name: name, text: "", tokens: document.tokens, finish: .collected)),
            ])
        }
        try writer.seal(date: plan.created, reason: nil)
        let evidence = try AuditEvidence.read(path: path, keyring: keyring, plan: sealed)
        let report = try AuditAnalysis(
            plan: sealed, evidence: evidence, keyring: keyring, threads: 2, registry: Self.registry
        ).report()
        #expect(report.conclusion == .trained && report.attributedTenants == ["globex"])
        #expect(report.tests[0].scheme == "toy")
        #expect(throws: AuditError.self) {
            try AuditAnalysis(plan: sealed, evidence: evidence, keyring: keyring, threads: 1).report()
        }
    }

    @Test func weightedKeysAreTested() throws {
        let configuration = try plan().tests[0].configuration(in: Self.registry)
        let weights = TupleWeights(configuration, rule: .observedMinusReference)
        for document in try outputs(key: subkey("acme")) {
            let row = TopTokens(tokens: (0..<50).map { Int32($0) }, probabilities: [Float](repeating: 0.02, count: 50))
            weights.add(document, reference: document.tokens.map { _ in row })
        }
        let test = WeightedKeyTest(weights.tuples(), configuration: configuration)
        let scores = try test.scores(keys: Self.tenants.map { .subkey(try subkey($0)) }, threads: 2)
        let decoys = test.decoyScores(count: 999, seed: 1, threads: 2)
        #expect(test.log10Chernoff(scores[0]) < -10 && test.log10Chernoff(scores[1]) > -3)
        #expect(KeyRandomisation.log10P(real: scores[0].z, decoys: decoys) < -2.9)
    }

    /// What the program before registries wrote has the members `gamma` and `layers`; it is read, and written as it was.
    @Test(arguments: [
        (
            #"{"gamma":0.3,"id":"a","kind":"outputs","planned":1,"planned_effect":0.5,"planned_power":0,"primary":"exact","scheme":"green","width":3}"#,
            "green (gamma 0.3, delta 2.0)"
        ),
        (
            #"{"gamma":0.5,"id":"a","kind":"reading","planned":1,"planned_effect":0.5,"planned_power":0,"primary":"chernoff","scheme":"fingerprint","width":4}"#,
            "fingerprint (gamma 0.5, lambda 10.0)"
        ),
        (
            #"{"id":"a","kind":"outputs","layers":20,"planned":1,"planned_effect":0.5,"planned_power":0,"primary":"exact","scheme":"tournament","width":4}"#,
            "tournament (layers 20)"
        ),
        (
            #"{"id":"a","kind":"outputs","planned":1,"planned_effect":0.5,"planned_power":0,"primary":"exact","scheme":"gumbel","width":4}"#,
            "gumbel"
        ),
    ])
    func earlierPlansAreRead(json: String, mark: String) throws {
        let test = try JSONDecoder().decode(AuditPlan.Test.self, from: Data(json.utf8))
        #expect(try test.configuration().mark.description == mark)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        #expect(String(decoding: try encoder.encode(test), as: UTF8.self) == json)
        // Taking the same parameters again changes nothing.
        var again = test
        var options: [String: MarkValue] = [:]
        options["gamma"] = test.gamma.map { .number($0) }
        options["layers"] = test.layers.map { .whole($0) }
        try again.takeMark(options: options, width: test.width ?? 4)
        #expect(again == test)
    }

    // MARK: Texts

    @Test func aChannelOfTexts() throws {
        let registry = MarkRegistry.standard.adding(ToyChannel.self)
        let key = try keyring.subkey(.selection, tenant: "acme", epoch: keyring.activeEpoch(of: "acme"))
        let authenticator = try HMACSHA256(key: key.secret)
        // Words whose length has the parity that the key asks for.
        let words = (0..<400).map { "word\($0)" }.filter { word in
            let message = Array(word.utf8)
            let value = message.withUnsafeBytes { authenticator.authenticate($0) }.uniform(below: 2)
            return value == UInt64(word.utf8.count % 2)
        }
        var settings = DetectSettings()
        settings.scheme = "toy-words"
        let detector = try Detector(settings, keyring: keyring, registry: registry)
        let results = try detector.detect([DetectionDocument(text: words.joined(separator: " "))])
        #expect(results.map(\.scheme) == ["toy-words", "toy-words"] && results.map(\.tenant) == Self.tenants)
        #expect(results[0].hits == words.count && results[0].verdict == .marked)
        #expect(results[1].verdict != .marked)
        #expect(throws: SettingsError.self) {
            try Detector(settings, keyring: keyring).detect([DetectionDocument(text: "a")])
        }
    }

    // MARK: The registry

    @Test func aSchemeTakesThePlaceOfItsName() {
        let twice = Self.registry.adding(ToyScheme.self)
        #expect(twice.tokenNames == MarkRegistry.standard.tokenNames + ["toy"])
        #expect(twice.help(ofOption: "toy_bits") == "Zeros at the end of a word (default: toy 1).")
    }

    @Test func standardSchemesHaveNamesOfTheirOwn() {
        let names = MarkRegistry.standard.tokenNames
        #expect(Set(names).count == names.count && names.count == 7)
        #expect(MarkRegistry.standard.embeddableNames == ["green", "fingerprint", "gumbel", "tournament"])
        #expect(MarkRegistry.standard.textNames == ["lexical", "trigger", "selection"])
        for scheme in MarkRegistry.standard.tokenSchemes {
            let options = scheme.parameterDescriptions.map(\.option)
            #expect(Set(options).count == options.count)
            #expect((try? MarkRegistry.standard.mark(scheme.name))?.name == scheme.name)
        }
    }
}

/// Random logits that depend on the last token.
private final class RandomModel: CausalLanguageModel {
    let vocabularySize = 50
    let contextLength = 4096
    private let table: [Float]

    init(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        table = (0..<2500).map { _ in Float.random(in: -1...1, using: &generator) }
    }

    func makeSession(slots: Int, capacity: Int) throws -> any DecodingSession { Session(table, slots) }

    private final class Session: DecodingSession {
        private let table: [Float]
        private var lengths: [Int]

        init(_ table: [Float], _ slots: Int) {
            self.table = table
            lengths = Array(repeating: 0, count: slots)
        }

        func extend(_ chunks: [DecodingChunk], into logits: inout LogitsMatrix) throws {
            logits.resize(rows: chunks.count, columns: 50)
            for (row, chunk) in chunks.enumerated() {
                lengths[chunk.slot] += chunk.tokens.count
                let last = Int(chunk.tokens.last ?? 0)
                logits.withUnsafeMutableBuffer { buffer in
                    for i in 0..<50 { buffer[row * 50 + i] = table[last * 50 + i] }
                }
            }
        }

        func length(of slot: Int) -> Int { lengths[slot] }
        func reset(slot: Int) { lengths[slot] = 0 }
    }
}
