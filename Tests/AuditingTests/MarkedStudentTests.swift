import Foundation
import Generation
import KeyedPRF
import Marks
import Statistics
import TestSupport
import Testing

@testable import Auditing

/// A student that has learned part of a mark where contexts repeat: with the rest it writes as its teacher does.
struct MarkedStudent {
    static let vocabulary = 16
    static let width = 2

    /// By context, first token · vocabulary + second.
    let teacher: [[Float]]
    let student: [[Float]]

    /// - Parameters:
    ///   - parameters: The mark that the teacher's outputs had.
    ///   - key: Its key.
    ///   - learned: The share of the mark in the student's distributions; 0 for a clean student.
    init(_ parameters: TokenMark, key: Subkey, learned: Float, seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let configuration = try WatermarkConfiguration(parameters, width: Self.width)
        let prf = try TokenPRF(key: key, configuration: configuration)
        var teacher: [[Float]] = []
        var student: [[Float]] = []
        for context in 0..<Self.vocabulary * Self.vocabulary {
            let logits = (0..<Self.vocabulary).map { _ in Float.random(in: -2...2, using: &generator) }
            let plain = Self.softmax(logits)
            let tokens = [Int32(context / Self.vocabulary), Int32(context % Self.vocabulary)]
            let marked = Self.marked(parameters, prf, logits, plain, after: tokens)
            teacher.append(plain)
            student.append(zip(plain, marked).map { (1 - learned) * $0 + learned * $1 })
        }
        self.teacher = teacher
        self.student = student
    }

    /// The distribution that an embedder would draw from.
    private static func marked(
        _ parameters: TokenMark, _ prf: TokenPRF, _ logits: [Float], _ plain: [Float],
        after context: [Int32]
    ) -> [Float] {
        var row = CandidateScores(scores: logits)
        switch parameters.scheme {
        case let scheme as GreenScheme:
            GreenWatermark(prf: prf, gamma: scheme.gamma, delta: scheme.delta).apply(to: &row, after: context)
        case let scheme as FingerprintScheme:
            plain.withUnsafeBufferPointer {
                FingerprintWatermark(prf: prf, gamma: scheme.gamma, lambda: scheme.lambda)
                    .apply(to: &row, after: context, proxy: $0)
            }
        case let scheme as TournamentScheme:
            TournamentWatermark(prf: prf, layers: scheme.layers).apply(to: &row, after: context)
        default:
            let chosen = GumbelWatermark(prf: prf).choose(from: row, after: context)
            return logits.indices.map { $0 == Int(chosen) ? 1 : 0 }
        }
        return softmax(row.scores)
    }

    private static func softmax(_ logits: [Float]) -> [Float] {
        let maximum = logits.max() ?? 0
        let weights = logits.map { exp($0 - maximum) }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }

    /// Outputs of the student or of the teacher.
    static func sample(_ table: [[Float]], documents: Int, length: Int, seed: UInt64) -> [TokenDocument] {
        var generator = SplitMix64(seed: seed)
        return (0..<documents).map { _ in
            var tokens = (0..<width).map { _ in Int32.random(in: 0..<Int32(vocabulary), using: &generator) }
            while tokens.count < length {
                let row = table[Self.context(tokens, tokens.count)]
                var rest = Float.random(in: 0..<1, using: &generator)
                let token = row.firstIndex { probability in
                    rest -= probability
                    return rest < 0
                }
                tokens.append(Int32(token ?? vocabulary - 1))
            }
            return TokenDocument(tokens: tokens)
        }
    }

    private static func context(_ tokens: [Int32], _ end: Int) -> Int {
        Int(tokens[end - 2]) * vocabulary + Int(tokens[end - 1])
    }

    /// What a model with these distributions reads at every token.
    static func rows(_ table: [[Float]], _ document: TokenDocument) -> [TopTokens] {
        document.tokens.indices.map { position in
            guard position >= width else { return TopTokens() }
            let row = table[context(document.tokens, position)]
            let order = row.indices.sorted { (row[$0], $1) > (row[$1], $0) }
            return TopTokens(tokens: order.map { Int32($0) }, probabilities: order.map { row[$0] })
        }
    }
}

@Suite struct MarkedStudentTests {
    private static let marks: [TokenMark] = [
        .green(gamma: 0.25, delta: 2), .fingerprint(gamma: 0.5, lambda: 10), .gumbel, .tournament(layers: 30),
    ]

    private static func learned(_ parameters: TokenMark) -> Float {
        parameters.counting.scoresContextsOnce ? 0.05 : 0.15
    }

    private func expectFound(
        _ test: WeightedKeyTest, _ configuration: TokenTestConfiguration, atMost depth: Double, label: String
    ) throws {
        let keys = try (100..<150).map { TokenTestKey.subkey(try auditKey($0)) }
        let scores = try test.scores(keys: keys, threads: 2)
        let decoys = test.decoyScores(count: 999, seed: 3, threads: 2)
        #expect(test.log10Chernoff(scores[0]) < depth, "\(label): z = \(scores[0].z)")
        #expect(abs(KeyRandomisation.log10P(real: scores[0].z, decoys: decoys) + 3) < 1e-9, "\(label)")
        #expect(scores.dropFirst().allSatisfy { $0.z < scores[0].z / 1.5 && $0.z < 4.5 }, "\(label)")
        let logs = scores.map { test.log10Chernoff($0) }
        let adjusted = Holm.adjust(log10P: logs)
        #expect(adjusted[0] < -2)
        #expect(adjusted.dropFirst().allSatisfy { $0 > -2 }, "\(label)")
    }

    /// By its outputs, where the de-duplicated test sees nothing: with so few contexts nearly every (context, token) occurs
    /// whatever the key.
    @Test(arguments: marks) func outputsAgainstTheReference(parameters: TokenMark) throws {
        let key = try auditKey(100)
        let configuration = try TokenTestConfiguration(
            detecting: WatermarkConfiguration(parameters, width: MarkedStudent.width))
        let student = try MarkedStudent(parameters, key: key, learned: Self.learned(parameters), seed: 1)
        let outputs = MarkedStudent.sample(student.student, documents: 600, length: 42, seed: 2)
        let weights = TupleWeights(configuration, rule: .observedMinusReference)
        let detector = try TokenDetector(tests: [(configuration, [.subkey(key)])])
        for output in outputs {
            weights.add(output, reference: MarkedStudent.rows(student.teacher, output))
            detector.add(output)
        }
        #expect(weights.positions == 24_000)
        try expectFound(
            WeightedKeyTest(weights.tuples(), configuration: configuration), configuration, atMost: -5,
            label: "\(parameters)")
        let deduplicated = detector.results()[0].log10P
        #expect(deduplicated > -2, "\(parameters): \(deduplicated)")
    }

    /// By its probabilities on texts that no key had a part in.
    @Test(arguments: marks) func readingAgainstTheReference(parameters: TokenMark) throws {
        let configuration = try TokenTestConfiguration(
            detecting: WatermarkConfiguration(parameters, width: MarkedStudent.width))
        let student = try MarkedStudent(
            parameters, key: try auditKey(100), learned: Self.learned(parameters) / 3, seed: 1)
        let weights = TupleWeights(configuration, rule: .massMinusReference)
        for document in MarkedStudent.sample(student.teacher, documents: 20, length: 42, seed: 4) {
            weights.add(
                document, observed: MarkedStudent.rows(student.student, document),
                reference: MarkedStudent.rows(student.teacher, document))
        }
        try expectFound(
            WeightedKeyTest(weights.tuples(), configuration: configuration), configuration, atMost: -5,
            label: "\(parameters)")
    }

    /// By its probabilities alone, without a reference: what the mark must outweigh is all that the model would say anyway.
    @Test(arguments: marks) func readingMass(parameters: TokenMark) throws {
        let configuration = try TokenTestConfiguration(
            detecting: WatermarkConfiguration(parameters, width: MarkedStudent.width))
        let student = try MarkedStudent(parameters, key: try auditKey(100), learned: 0.7, seed: 1)
        let weights = TupleWeights(configuration, rule: .mass)
        for document in MarkedStudent.sample(student.teacher, documents: 40, length: 42, seed: 4) {
            weights.add(document, observed: MarkedStudent.rows(student.student, document))
        }
        let test = WeightedKeyTest(weights.tuples(), configuration: configuration)
        let score = try test.score(key: .subkey(auditKey(100)))
        #expect(test.log10Chernoff(score) < -2, "\(parameters): z = \(score.z)")
    }

    /// A clean student is one that no mark was taught.
    @Test(arguments: marks, [UInt64(5), 6, 7]) func cleanStudentsAreNotFound(
        parameters: TokenMark, seed: UInt64
    ) throws {
        let configuration = try TokenTestConfiguration(
            detecting: WatermarkConfiguration(parameters, width: MarkedStudent.width))
        let student = try MarkedStudent(parameters, key: try auditKey(100), learned: 0, seed: seed)
        let outputs = TupleWeights(configuration, rule: .observedMinusReference)
        for output in MarkedStudent.sample(student.student, documents: 100, length: 42, seed: seed) {
            outputs.add(output, reference: MarkedStudent.rows(student.teacher, output))
        }
        let test = WeightedKeyTest(outputs.tuples(), configuration: configuration)
        let score = try test.score(key: .subkey(auditKey(100)))
        #expect(test.log10Chernoff(score) > -2 && score.z < 3.5, "z = \(score.z)")
    }
}
