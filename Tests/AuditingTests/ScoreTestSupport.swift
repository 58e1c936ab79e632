import Foundation
import KeyedPRF
import Marks
import TestSupport

@testable import Auditing

/// The schemes with their usual parameters.
let allTokenSchemes: [TokenMark] = [
    .green(gamma: 0.25), .fingerprint(gamma: 0.5), .gumbel, .tournament(layers: 30), .engineGumbel(.philox),
    .engineGumbel(.hmacSHA256), .engineDualKeyGumbel(.philox, alpha: 0.1), .engineSynthID(depth: 32),
]

/// Tuples of unit weight, or of weights drawn from a seed, that no key had a part in.
func randomTuples(_ count: Int, width: Int = 2, seed: UInt64) -> WeightedTuples {
    var generator = SplitMix64(seed: seed)
    var tuples = WeightedTuples(width: width, positions: count, distinctContexts: (count + 3) / 4)
    for i in 0..<count {
        // Four tokens to a context.
        tuples.contexts += [Int32(i / 4)] + Array(repeating: 7, count: width - 1)
        tuples.tokens.append(Int32(3 * (i % 4)))
        tuples.weights.append(Double.random(in: -1...2, using: &generator))
    }
    return tuples
}

/// A subkey for tokens from a seed, for tests only.
func auditKey(_ seed: UInt64) throws -> Subkey {
    var generator = SplitMix64(seed: seed)
    let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return try Subkey(
        identity: KeyIdentity(purpose: .token, tenant: "tenant\(seed)", epoch: "1"),
        secret: SecretBytes(copying: bytes))
}

/// A key of the scheme's kind from a seed.
func testKey(_ scheme: TokenMark, _ seed: UInt64) throws -> TokenTestKey {
    switch scheme.keys {
    case .engine: .engine(EngineKey(seed))
    case .keyring: .subkey(try auditKey(seed))
    }
}
