import Foundation
import KeyedPRF
import Marks
import TestSupport
import Testing

@testable import Auditing

/// Values computed from the definitions by scripts/golden_auditing.py.
@Suite struct GoldenAuditingTests {
    private struct File<Case: Decodable>: Decodable {
        let command: String
        let documents: [Document]?
        let cases: [Case]
    }

    private struct Row: Decodable {
        let tokens: [Int32]
        let probabilities: [Float]
        var top: TopTokens { TopTokens(tokens: tokens, probabilities: probabilities) }
    }

    private struct Document: Decodable {
        let tokens: [Int32]
        let prompt: [Int32]
        let observed: [Row]
        let reference: [Row]
    }

    private func load<Case: Decodable>(_ name: String) throws -> File<Case> {
        let file = URL(fileURLWithPath: Repository.path("fixtures/golden/auditing/\(name).json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(File<Case>.self, from: Data(contentsOf: file))
    }

    private struct Bound: Decodable {
        let trials: Int?
        let probability: Double?
        let scales: [Double]?
        let weights: [Double]
        let sum: Double
        let log10Bound: Double
    }

    @Test func chernoffBounds() throws {
        let cases = try (load("chernoff") as File<Bound>).cases
        #expect(cases.count >= 30)
        for item in cases {
            let law: TokenScoreLaw
            if let scales = item.scales {
                law = .exponential(scales[0], scales[1])
            } else {
                law = .count(trials: try #require(item.trials), probability: try #require(item.probability))
            }
            let bound = ChernoffBound(weights: item.weights, law: law).logUpperTail(atLeast: item.sum) / log(10)
            #expect(abs(bound - item.log10Bound) <= 1e-9 * max(1, abs(item.log10Bound)), "\(item)")
        }
    }

    private struct Weighted: Decodable {
        struct Tuple: Decodable {
            let context: [Int32]
            let token: Int32
            let weight: Double
        }

        let scheme: String
        let parameter: Double?
        let prf: String?
        let key: String?
        let width: Int
        let rule: String
        let positions: Int
        let tuples: [Tuple]
        let sum: Double
        let z: Double
    }

    private func scheme(_ item: Weighted) throws -> TokenMark {
        let prf = try item.prf.map { try #require(EnginePRFName(rawValue: $0)) } ?? .philox
        switch item.scheme {
        case "green": return .green(gamma: try #require(item.parameter))
        case "fingerprint": return .fingerprint(gamma: try #require(item.parameter))
        case "tournament": return .tournament(layers: Int(try #require(item.parameter)))
        case "gumbel": return .gumbel
        case "vllm-gumbel": return .engineGumbel(prf)
        case "vllm-dual-key-gumbel": return .engineDualKeyGumbel(prf, alpha: try #require(item.parameter))
        default: return .engineSynthID(depth: Int(try #require(item.parameter)))
        }
    }

    @Test func weightedScores() throws {
        let rules: [String: TupleWeights.Rule] = [
            "observed-minus-reference": .observedMinusReference, "mass": .mass,
            "mass-minus-reference": .massMinusReference,
        ]
        let secret = TokenTestKey.secret(SecretBytes(copying: (0..<32).map { UInt8($0) }))
        let file: File<Weighted> = try load("weighted")
        let cases = file.cases
        let documents = try #require(file.documents)
        #expect(cases.count == 24)
        for item in cases {
            let configuration = try TokenTestConfiguration(scheme(item), width: item.width)
            let rule = try #require(rules[item.rule])
            let weights = TupleWeights(configuration, rule: rule)
            for document in documents {
                weights.add(
                    TokenDocument(tokens: document.tokens, prompt: document.prompt),
                    observed: rule == .observedMinusReference ? nil : document.observed.map(\.top),
                    reference: rule == .mass ? nil : document.reference.map(\.top))
            }
            let tuples = weights.tuples()
            let label = "\(item.scheme), \(item.rule), width \(item.width)"
            #expect(tuples.positions == item.positions, "\(label)")
            #expect(tuples.contexts == item.tuples.flatMap(\.context), "\(label)")
            #expect(tuples.tokens == item.tuples.map(\.token), "\(label)")
            for (weight, expected) in zip(tuples.weights, item.tuples) {
                #expect(abs(weight - expected.weight) <= 1e-14, "\(label)")
            }
            let key = try item.key.map { TokenTestKey.engine(try #require(EngineKey($0))) } ?? secret
            let score = try WeightedKeyTest(tuples, configuration: configuration).score(key: key)
            #expect(abs(score.sum - item.sum) <= 1e-11, "\(label)")
            #expect(abs(score.z - item.z) <= 1e-11, "\(label)")
        }
    }

    private struct Plan: Decodable {
        let effect: Double
        let level: Double
        let power: Double
        let units: Int
        let unitsChernoff: Int
        let powerAt100: Double
    }

    @Test func power() throws {
        let cases = try (load("power") as File<Plan>).cases
        #expect(cases.count >= 10)
        for item in cases {
            let tail = AuditPower.unitsNeeded(effect: item.effect, level: item.level, power: item.power)
            #expect(tail == item.units, "\(item)")
            let bound = AuditPower.unitsNeeded(effect: item.effect, level: item.level, power: item.power, by: .chernoff)
            #expect(bound == item.unitsChernoff, "\(item)")
            let power = AuditPower.power(effect: item.effect, units: 100, level: item.level)
            let tolerance: Double = 1e-11 + 1e-9 * item.powerAt100
            #expect(abs(power - item.powerAt100) <= tolerance, "\(item)")
        }
    }
}
