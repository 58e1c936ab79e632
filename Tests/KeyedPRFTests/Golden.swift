import Foundation
import TestSupport

/// The golden file that `python3 scripts/golden/golden_keyedprf.py` writes.
struct Golden: Decodable, Sendable {
    struct Subkey: Decodable, Sendable {
        var master: String
        var purpose: String
        var tenant: String
        var epoch: String
        var subkey: String
        var commitment: String
    }

    struct Keystream: Decodable, Sendable {
        var key: String
        var offset: UInt64
        var bytes: String
    }

    struct Uniform: Decodable, Sendable {
        var digest: String
        var below: String
        var value: String
    }

    struct SipHash: Decodable, Sendable {
        var key: String
        var count: Int
        var tag: String
    }

    var subkeys: [Subkey]
    var keystream: [Keystream]
    var uniform: [Uniform]
    var siphash: [SipHash]

    static func load() throws -> Golden {
        let file = URL(fileURLWithPath: Repository.path("fixtures/golden/keyedprf/golden.json"))
        return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }
}

/// The bytes of hexadecimal digits; spaces are ignored.
func bytes(hex: String) -> [UInt8] {
    let digits = hex.filter { $0 != " " }.compactMap { $0.hexDigitValue.map(UInt8.init) }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// Lowercase hexadecimal digits.
func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
