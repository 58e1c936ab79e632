import KeyedPRF
import TestSupport
import Testing

@Suite("AES-256-CTR keystream and SipHash")
struct KeystreamAndSipHashTests {
    private func fill(_ count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void) -> [UInt8] {
        var bytes = [UInt8](repeating: 0x5A, count: count)
        bytes.withUnsafeMutableBytes(body)
        return bytes
    }

    @Test("NIST SP 800-38A, F.5.5: CTR-AES256.Encrypt")
    func sp80038a() throws {
        let key = bytes(hex: "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")
        let plaintext = bytes(
            hex: "6bc1bee22e409f96e93d7e117393172a ae2d8a571e03ac9c9eb76fac45af8e51"
                + "30c81c46a35ce411e5fbc1191a0a52ef f69f2445df4f9b17ad2b417be66c3710")
        let stream = try AES256CTRKeystream(key: SecretBytes(copying: key))
        let keystream = fill(64) { stream.fill($0, fromBlock: 0xF0F1_F2F3_F4F5_F6F7_F8F9_FAFB_FCFD_FEFF) }
        let ciphertext = zip(plaintext, keystream).map { $0 ^ $1 }
        #expect(
            hex(ciphertext) == "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
                + "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6")
    }

    @Test("zero key: the blocks of NIST's AES-256 and GCM examples")
    func zeroKey() throws {
        let stream = try AES256CTRKeystream(key: SecretBytes(copying: [UInt8](repeating: 0, count: 32)))
        #expect(
            hex(fill(48) { stream.fill($0, fromByteOffset: 0) }) == "dc95c078a2408989ad48a21492842087"
                + "530f8afbc74536b9a963b4f1c4cb738bcea7403d4d606b6e074ec5d3baf39d18")
    }

    @Test("keystreams of the golden file")
    func golden() throws {
        for entry in try Golden.load().keystream {
            let stream = try AES256CTRKeystream(key: SecretBytes(copying: bytes(hex: entry.key)))
            let actual = fill(entry.bytes.count / 2) { stream.fill($0, fromByteOffset: entry.offset) }
            #expect(hex(actual) == entry.bytes, "offset \(entry.offset)")
        }
    }

    @Test("words, pieces and a second key agree with the bulk stream in any order")
    func randomAccess() throws {
        let seed: UInt64 = 20_260_117
        var random = SplitMix64(seed: seed)
        let key = SHA256Digest.of("second key")
        let fresh = try AES256CTRKeystream(key: SecretBytes(copying: key.bytes))
        let stream = try AES256CTRKeystream(key: SecretBytes(copying: Array(0..<32)))
        _ = stream.word32(3)  // a cached block of the first key, which must not survive the second
        stream.rekey(key)
        let all = fill(4096) { fresh.fill($0, fromByteOffset: 0) }
        #expect(stream.word32(3) == all.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 12, as: UInt32.self) })
        for _ in 0..<500 {
            let i = Int.random(in: 0..<1024, using: &random)
            let word = all.withUnsafeBytes {
                UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self))
            }
            #expect(stream.word32(UInt64(i)) == word, "seed \(seed), word \(i)")
            let j = i / 2
            let wide = all.withUnsafeBytes {
                UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: 8 * j, as: UInt64.self))
            }
            #expect(stream.word64(UInt64(j)) == wide, "seed \(seed), wide word \(j)")
            let offset = Int.random(in: 0...4096, using: &random)
            let count = Int.random(in: 0...4096 - offset, using: &random)
            let piece = fill(count) { stream.fill($0, fromByteOffset: UInt64(offset)) }
            #expect(piece == Array(all[offset..<offset + count]), "seed \(seed), \(count) bytes at \(offset)")
        }
    }

    @Test("only 32-byte keys", arguments: [0, 16, 31, 33])
    func keyLength(count: Int) {
        #expect(throws: KeyedPRFError.invalidKeyLength(operation: "AES-256-CTR", expected: "32", actual: count)) {
            try AES256CTRKeystream(key: SecretBytes(copying: [UInt8](repeating: 1, count: count)))
        }
    }

    @Test(
        "SipHash-2-4-128: the authors' published vectors",
        arguments: [
            (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
            (2, "8177228da4a45dc7fca38bdef60affe4"), (8, "3b62a9ba6258f5610f83e264f31497b4"),
            (15, "5493e99933b0a8117e08ec0f97cfc3d9"),
        ])
    func sipHashPublished(count: Int, tag: String) {
        #expect(sipHash(key: Array(0..<16), message: (0..<count).map { UInt8($0) }) == tag)
    }

    @Test("SipHash of the golden file: libcrypto's values for 0 ... 64 bytes")
    func sipHashGolden() throws {
        for entry in try Golden.load().siphash {
            let message = (0..<entry.count).map { UInt8($0) }
            #expect(sipHash(key: bytes(hex: entry.key), message: message) == entry.tag, "\(entry.count) bytes")
        }
    }

    @Test("the process's key is one and random")
    func sipHashProcessKey() throws {
        let message: [UInt8] = [1, 2, 3]
        let (a, b, zero) = try (SipHash128(), SipHash128(), SipHash128(key: SecretBytes(copying: [])))
        #expect(message.withUnsafeBytes { a.hash($0) } == message.withUnsafeBytes { b.hash($0) })
        #expect(message.withUnsafeBytes { a.hash($0) } != message.withUnsafeBytes { zero.hash($0) })
    }

    private func sipHash(key: [UInt8], message: [UInt8]) -> String {
        let (first, last) = message.withUnsafeBytes { SipHash128(key: SecretBytes(copying: key)).hash($0) }
        return [first, last].map { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
            .map { hex($0) }.joined()
    }
}
