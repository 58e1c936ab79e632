import KeyedPRF
import TestSupport
import Testing

struct HMACVector: Sendable {
    var name: String
    var key: [UInt8]
    var message: [UInt8]
    /// The code, perhaps truncated.
    var code: String
}

struct HKDFVector: Sendable {
    var name: String
    var inputKey: [UInt8]
    var salt: [UInt8]
    var info: [UInt8]
    var output: String
}

@Suite("HMAC-SHA256, HKDF-SHA256, SHA-256")
struct HMACAndHKDFTests {
    static let hmacVectors = [
        HMACVector(
            name: "RFC 4231, 4.2", key: .init(repeating: 0x0B, count: 20), message: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        HMACVector(
            name: "RFC 4231, 4.3", key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        HMACVector(
            name: "RFC 4231, 4.4", key: .init(repeating: 0xAA, count: 20), message: .init(repeating: 0xDD, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        HMACVector(
            name: "RFC 4231, 4.5", key: Array(0x01...0x19), message: .init(repeating: 0xCD, count: 50),
            code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        HMACVector(
            name: "RFC 4231, 4.6", key: .init(repeating: 0x0C, count: 20), message: Array("Test With Truncation".utf8),
            code: "a3b6167473100ee06e0c796c2955552b"),
        HMACVector(
            name: "RFC 4231, 4.7", key: .init(repeating: 0xAA, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        HMACVector(
            name: "RFC 4231, 4.8", key: .init(repeating: 0xAA, count: 131),
            message: Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
            code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    static let hkdfVectors = [
        HKDFVector(
            name: "RFC 5869, A.1", inputKey: .init(repeating: 0x0B, count: 22), salt: Array(0x00...0x0C),
            info: Array(0xF0...0xF9),
            output: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
        HKDFVector(
            name: "RFC 5869, A.2", inputKey: Array(0x00...0x4F), salt: Array(0x60...0xAF), info: Array(0xB0...0xFF),
            output: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                + "cc30c58179ec3e87c14c01d5c1f3434f1d87"),
        HKDFVector(
            name: "RFC 5869, A.3", inputKey: .init(repeating: 0x0B, count: 22), salt: [], info: [],
            output: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
    ]

    @Test("RFC 4231", arguments: hmacVectors)
    func rfc4231(vector: HMACVector) throws {
        let hmac = try HMACSHA256(key: SecretBytes(copying: vector.key))
        // Twice: the context is reused for every message.
        for _ in 0..<2 {
            #expect(hmac.authenticate(vector.message).hex.prefix(vector.code.count) == vector.code, "\(vector.name)")
        }
    }

    @Test("a reused context answers as a fresh one, for messages of all lengths")
    func contextReuse() throws {
        let key = SecretBytes(copying: Array(0..<32))
        let reused = try HMACSHA256(key: key)
        for count in 0..<150 {
            let message = [UInt8](repeating: UInt8(count), count: count)
            #expect(try reused.authenticate(message) == HMACSHA256(key: key).authenticate(message), "\(count) bytes")
            // The definition (RFC 2104), around the lengths at which another block is needed.
            func pad(_ byte: UInt8) -> [UInt8] { (0..<64).map { ($0 < 32 ? UInt8($0) : 0) ^ byte } }
            let expected = SHA256Digest.of(pad(0x5C) + SHA256Digest.of(pad(0x36) + message).bytes)
            #expect(reused.authenticate(message) == expected, "\(count) bytes")
        }
        #expect(reused.authenticate("day") == reused.authenticate(Array("day".utf8)))
    }

    @Test("an empty key is a key")
    func emptyKey() throws {
        // HMAC pads a key with zeros, so the empty key equals one zero byte.
        let empty = try HMACSHA256(key: SecretBytes(copying: []))
        let zero = try HMACSHA256(key: SecretBytes(copying: [0]))
        #expect(empty.authenticate("x") == zero.authenticate("x"))
    }

    @Test("RFC 5869", arguments: hkdfVectors)
    func rfc5869(vector: HKDFVector) throws {
        let output = try HKDFSHA256.derive(
            inputKey: SecretBytes(copying: vector.inputKey), salt: vector.salt, info: vector.info,
            count: vector.output.count / 2)
        #expect(output.withUnsafeBytes { hex($0) } == vector.output, "\(vector.name)")
    }

    @Test("HKDF refuses an empty key and impossible lengths", arguments: [0, -1, 255 * 32 + 1])
    func hkdfLimits(count: Int) {
        let key = SecretBytes(copying: [1])
        #expect(throws: KeyedPRFError.self) {
            try HKDFSHA256.derive(inputKey: key, salt: [], info: [], count: count)
        }
        #expect(throws: KeyedPRFError.self) {
            try HKDFSHA256.derive(inputKey: SecretBytes(copying: []), salt: [], info: [], count: 32)
        }
    }

    @Test("a libcrypto failure names the operation and libcrypto's reason")
    func libcryptoReason() throws {
        // OpenSSL 3.0 limits info to 1,024 bytes; later versions take more.
        do {
            let secret = try HKDFSHA256.derive(
                inputKey: SecretBytes(copying: [7]), salt: [], info: .init(repeating: 1, count: 1 << 20), count: 32)
            #expect(secret.count == 32)
        } catch {
            #expect("\(error)".hasPrefix("libcrypto: EVP_KDF_derive failed: "))
        }
    }

    @Test(
        "FIPS 180-4 examples",
        arguments: [
            ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
        ])
    func sha256(message: String, digest: String) throws {
        #expect(SHA256Digest.of(message).hex == digest)
        #expect(SHA256Digest.of(Array(message.utf8)).hex == digest)
        let hasher = try SHA256Hasher()
        // Twice: finalize starts the next message.
        for _ in 0..<2 {
            for character in message { hasher.update(String(character)) }
            #expect(hasher.finalize().hex == digest)
        }
    }
}
