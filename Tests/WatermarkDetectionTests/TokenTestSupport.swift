import Foundation
import KeyedPRF
import TestSupport
import WatermarkDetection
import Watermarking

/// Streams of token ids for tests.
enum TokenStreams {
    /// Independent draws from Zipf's law over 5,000 ids.
    static func zipf(documents: Int, length: Int, seed: UInt64) -> [TokenDocument] {
        var generator = SplitMix64(seed: seed)
        return (0..<documents).map { _ in
            TokenDocument(
                tokens: (0..<length).map { _ in
                    // The inverse of the continuous law's distribution.
                    Int32(pow(5000, Double.random(in: 0..<1, using: &generator))) - 1
                })
        }
    }

    /// Phrases that run in circles: few contexts, each many times.
    static func looped(documents: Int, length: Int, seed: UInt64) -> [TokenDocument] {
        var generator = SplitMix64(seed: seed)
        return (0..<documents).map { _ in
            let phrase = (0..<Int.random(in: 5...40, using: &generator)).map { _ in
                Int32.random(in: 0..<3000, using: &generator)
            }
            return TokenDocument(tokens: (0..<length).map { phrase[$0 % phrase.count] })
        }
    }

    /// One frame with a few tokens filled in: contexts that occur again with other tokens.
    static func templated(documents: Int, length: Int, seed: UInt64) -> [TokenDocument] {
        var generator = SplitMix64(seed: seed)
        let frame = (0..<30).map { _ in Int32.random(in: 0..<3000, using: &generator) }
        return (0..<documents).map { _ in
            TokenDocument(
                tokens: (0..<length).map { position in
                    position % 6 == 5 ? Int32.random(in: 0..<100, using: &generator) : frame[position % 30]
                })
        }
    }
}

/// The schemes with their usual parameters.
let allTokenSchemes: [TokenTestScheme] = [
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
