import KeyedPRF
import TestSupport
import Testing

@Suite("Digest256, comparison, subkeys")
struct DigestAndSubkeyTests {
    @Test("words are little-endian; text and bytes go around")
    func forms() throws {
        let digest = try #require(Digest256(bytes: Array(0..<32)))
        #expect(digest.littleEndianWord(0) == 0x0706_0504_0302_0100)
        #expect(digest.littleEndianWord(3) == 0x1F1E_1D1C_1B1A_1918)
        #expect(digest.bytes == Array(0..<32))
        #expect(Digest256(hex: digest.hex) == digest)
        #expect(Digest256(hex: digest.hex.uppercased()) == digest)
        #expect("\(digest)" == digest.hex)
    }

    @Test(
        "no digest from other text",
        arguments: ["", "00", String(repeating: "0", count: 63), String(repeating: "g", count: 64)])
    func badHex(text: String) {
        #expect(Digest256(hex: text) == nil)
    }

    @Test("uniform(below:) of the golden file, rejections of one to four words included")
    func uniformGolden() throws {
        for entry in try Golden.load().uniform {
            let digest = try #require(Digest256(hex: entry.digest))
            let below = try #require(UInt64(entry.below))
            #expect(String(digest.uniform(below: below)) == entry.value, "\(entry.digest) below \(below)")
        }
    }

    @Test("a rejected word is replaced by the next, after four by the digest's SHA-256")
    func rejection() throws {
        let ones = [UInt8](repeating: 0xFF, count: 8)
        // 2⁶⁴ mod 3 = 1: exactly the largest word is rejected.
        let one = try #require(Digest256(bytes: ones + [5, 0, 0, 0, 0, 0, 0, 0] + ones + ones))
        #expect(one.uniform(below: 3) == 2)
        let all = try #require(Digest256(bytes: ones + ones + ones + ones))
        #expect(all.uniform(below: 3) == SHA256Digest.of(all.bytes).uniform(below: 3))
        #expect(all.uniform(below: 4) == 3, "a power of two rejects nothing")
        #expect(all.uniform(below: 1) == 0)
        #expect(all.uniform(below: 0) == 0)
    }

    @Test("constant-time equality is equality")
    func comparison() {
        #expect(constantTimeEqual([UInt8](), []))
        #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
        #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
        #expect(!constantTimeEqual([], [0]))
        let base = [UInt8](repeating: 7, count: 32)
        #expect(constantTimeEqual(SecretBytes(copying: base), SecretBytes(copying: base)))
        for i in 0..<32 {
            var other = base
            other[i] ^= 0x80
            #expect(!constantTimeEqual(base, other), "byte \(i)")
            #expect(!constantTimeEqual(SecretBytes(copying: base), SecretBytes(copying: other)), "byte \(i)")
            #expect(Digest256(bytes: base) != Digest256(bytes: other), "byte \(i)")
        }
    }

    @Test("subkeys and commitments of the golden file")
    func subkeyGolden() throws {
        let golden = try Golden.load().subkeys
        for entry in golden {
            let purpose = try #require(KeyPurpose(rawValue: entry.purpose))
            let key = try Subkey(
                identity: KeyIdentity(purpose: purpose, tenant: entry.tenant, epoch: entry.epoch),
                master: SecretBytes(copying: bytes(hex: entry.master)))
            #expect(key.secret.withUnsafeBytes { hex($0) } == entry.subkey, "\(key.identity)")
            #expect(key.commitment.hex == entry.commitment, "\(key.identity)")
            #expect(key.keyID == String(entry.commitment.prefix(16)))
        }
        #expect(Set(golden.map(\.subkey)).count == golden.count, "every purpose, tenant and epoch has its own key")
        #expect(Set(golden.map(\.purpose)) == Set(KeyPurpose.allCases.map(\.rawValue)))
    }

    @Test(
        "names that cannot enter a derivation",
        arguments: [
            ("", "1"), ("acme", ""), ("ac\0me", "1"), ("acme", "1\n2"), ("acme\u{7F}", "1"), ("acme", "\u{85}"),
            (String(repeating: "a", count: 257), "1"), ("acme", String(repeating: "é", count: 129)),
        ])
    func badNames(tenant: String, epoch: String) {
        #expect(throws: KeyedPRFError.self) {
            try Subkey(
                identity: KeyIdentity(purpose: .lexical, tenant: tenant, epoch: epoch),
                master: SecretBytes(copying: Array(0..<32)))
        }
    }

    @Test("the ledger key has no tenant and no epoch")
    func ledgerNames() throws {
        let master = SecretBytes(copying: Array(0..<32))
        _ = try Subkey(identity: KeyIdentity(purpose: .ledger, tenant: "", epoch: ""), master: master)
        #expect(throws: KeyedPRFError.self) {
            try Subkey(identity: KeyIdentity(purpose: .ledger, tenant: "acme", epoch: ""), master: master)
        }
    }

    @Test("random secrets have their length and differ")
    func randomSecrets() throws {
        let (a, b) = try (SecretBytes.random(count: 32), SecretBytes.random(count: 32))
        #expect(a.count == 32)
        #expect(!constantTimeEqual(a, b))
    }
}
