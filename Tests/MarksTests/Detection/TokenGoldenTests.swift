import Foundation
import KeyedPRF
import Marks
import TestSupport
import Testing

/// Results computed from the definitions by scripts/golden_watermarking.py.
@Suite struct TokenGoldenTests {
    struct Golden: Decodable {
        struct Document: Decodable {
            let tokens: [Int32]
            let prompt: [Int32]
        }

        struct Case: Decodable, Sendable {
            let scheme: String
            let width: Int
            let dedup: Bool
            let prf: String?
            let key: String?
            let alpha: Double?
            let depth: Int?
            let gamma: Double?
            let nScored: Int
            let score: Double
            let log10P: Double

            enum CodingKeys: String, CodingKey {
                case scheme, width, dedup, prf, key, alpha, depth, gamma, score
                case nScored = "n_scored"
                case log10P = "log10_p"
            }
        }

        struct Sum: Decodable {
            let n: Int
            let x: Double
            let alpha: Double
            let lnP: Double

            enum CodingKeys: String, CodingKey {
                case n, x, alpha
                case lnP = "ln_p"
            }
        }

        let documents: [Document]
        let cases: [Case]
        let sums: [Sum]

        static func load() throws -> Golden {
            let file = URL(fileURLWithPath: Repository.path("fixtures/golden/watermarking/detection.json"))
            return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
        }
    }

    private func scheme(_ golden: Golden.Case) throws -> TokenMark {
        switch golden.scheme {
        case "green": return .green(gamma: try #require(golden.gamma))
        case "fingerprint": return .fingerprint(gamma: try #require(golden.gamma))
        case "gumbel": return .gumbel
        case "tournament": return .tournament(layers: try #require(golden.depth))
        case "synthid": return .engineSynthID(depth: try #require(golden.depth))
        default:
            let prf = try #require(EnginePRFName(rawValue: golden.prf ?? ""))
            return golden.scheme == "vllm-gumbel"
                ? .engineGumbel(prf) : .engineDualKeyGumbel(prf, alpha: try #require(golden.alpha))
        }
    }

    @Test func detection() throws {
        let golden = try Golden.load()
        let documents = golden.documents.map { TokenDocument(tokens: $0.tokens, prompt: $0.prompt) }
        let subkey = try Subkey(
            identity: KeyIdentity(purpose: .token, tenant: "t", epoch: "1"),
            secret: SecretBytes(copying: (0..<32).map { UInt8($0) }))
        #expect(golden.cases.count == 54)
        for item in golden.cases {
            let configuration = try TokenTestConfiguration(
                scheme(item), width: item.width, deduplicates: item.dedup)
            let key = try item.key.map { TokenTestKey.engine(try #require(EngineKey($0))) } ?? .subkey(subkey)
            let result = try detect(documents, configuration, key)
            #expect(result.scheme == item.scheme)
            #expect(result.scored == item.nScored, "\(item)")
            #expect(abs(result.score - item.score) <= 1e-12 * max(1, abs(item.score)), "\(item)")
            #expect(abs(result.log10P - item.log10P) <= 1e-10 * max(1, abs(item.log10P)), "\(item)")
        }
    }

    @Test func tailsOfScaledGammaSums() throws {
        for sum in try Golden.load().sums {
            let tail = ScaledGammaSum.logUpperTail(above: sum.x, shape: sum.n, scales: 1 - sum.alpha, sum.alpha)
            #expect(abs(tail - sum.lnP) <= 1e-10 * max(1, abs(sum.lnP)) || abs(expm1(tail - sum.lnP)) < 1e-9, "\(sum)")
        }
    }
}
