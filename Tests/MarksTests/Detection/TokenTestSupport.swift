import Foundation
import KeyedPRF
import Marks
import TestSupport

/// Sequences of token ids as documents.
enum TokenStreams {
    static func zipf(documents: Int, length: Int, seed: UInt64) -> [TokenDocument] {
        TokenSequences.zipf(documents: documents, length: length, seed: seed).map { TokenDocument(tokens: $0) }
    }

    static func looped(documents: Int, length: Int, seed: UInt64) -> [TokenDocument] {
        TokenSequences.looped(documents: documents, length: length, seed: seed).map { TokenDocument(tokens: $0) }
    }

    static func templated(documents: Int, length: Int, seed: UInt64) -> [TokenDocument] {
        TokenSequences.templated(documents: documents, length: length, seed: seed).map { TokenDocument(tokens: $0) }
    }
}

/// The schemes with their usual parameters.
let allTokenSchemes: [TokenMark] = [
    .green(gamma: 0.25), .fingerprint(gamma: 0.5), .gumbel, .tournament(layers: 30), .engineGumbel(.philox),
    .engineGumbel(.hmacSHA256), .engineDualKeyGumbel(.philox, alpha: 0.1), .engineSynthID(depth: 32),
]

/// A subkey for tokens from a seed, for tests only.
func tokenKey(_ seed: UInt64, tenant: String = "test") throws -> Subkey {
    var generator = SplitMix64(seed: seed)
    let bytes = (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
    return try Subkey(
        identity: KeyIdentity(purpose: .token, tenant: tenant, epoch: "1"), secret: SecretBytes(copying: bytes))
}

/// The results of one scheme with one key.
func detect(
    _ documents: [TokenDocument], _ configuration: TokenTestConfiguration, _ key: TokenTestKey
) throws -> TokenDetectionResult {
    let detector = try TokenDetector(tests: [(configuration, [key])])
    for document in documents { detector.add(document) }
    return detector.results()[0]
}
