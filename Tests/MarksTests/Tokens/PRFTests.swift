import Foundation
import KeyedPRF
import Marks
import TestSupport
import Testing

@Suite struct PRFTests {
    /// HMAC by Python's hmac, keystream by `openssl enc -aes-256-ctr`: the recipe of the page *Marks in tokens* of Marks.
    @Test func knownAnswers() throws {
        let prf = try TokenPRF(
            secret: SecretBytes(copying: (0..<32).map { UInt8($0) }), scheme: .gumbel, width: 3)
        prf.select([5, 100_000, 7])
        #expect(prf.word64(0) == 0xB093_761E_0C2B_FF16)
        #expect(prf.word64(1) == 0xA285_73DA_5817_F7C6)
        #expect(prf.word64(151_935) == 0xB147_C234_0894_1F32)
        #expect(prf.word32(0) == 0x0C2B_FF16)
        #expect(prf.word32(3) == 0xA285_73DA)
        #expect(prf.word32(151_935) == 0x81CA_065D)
    }

    @Test func wholeVocabularyEqualsSingleTokens() throws {
        let prf = try TokenPRF(secret: testSecret(3), scheme: .green, width: 2)
        prf.select([1, 2])
        let singles = (0..<1001).map { prf.word32($0) }
        let doubles = (0..<1001).map { prf.word64($0) }
        var words = [UInt32](repeating: 9, count: 1001)
        var long = [UInt64](repeating: 9, count: 1001)
        words.withUnsafeMutableBufferPointer { prf.fill($0) }
        long.withUnsafeMutableBufferPointer { prf.fill($0) }
        #expect(words == singles)
        #expect(long == doubles)
    }

    /// Both ways to a word, in any order, for even and odd tokens.
    @Test func oneStepEqualsTwo() throws {
        let prf = try TokenPRF(secret: testSecret(4), scheme: .green, width: 2)
        let other = try TokenPRF(secret: testSecret(4), scheme: .green, width: 2)
        for token in [Int32(0), 1, 2, 3, 150_000, 150_001, .max] {
            let context = [token / 2, 77]
            other.select(context)
            #expect(prf.word64(token) { context[$0] } == other.word64(token))
            #expect(prf.word32(token) { context[$0] } == other.word32(token))
            #expect(prf.word32(token) == other.word32(token))
            #expect(prf.word64(5) == other.word64(5))
        }
    }

    @Test func everyPartOfTheContextCounts() throws {
        let base = try word(.green, width: 3, [1, 2, 3])
        #expect(try word(.green, width: 3, [9, 9, 1, 2, 3]) == base)
        #expect(try word(.green, width: 3, [1, 2, 4]) != base)
        #expect(try word(.green, width: 3, [4, 2, 3]) != base)
        #expect(try word(.green, width: 2, [1, 2, 3]) != base)
        #expect(try word(.fingerprint, width: 3, [1, 2, 3]) != base)
    }

    private func word(_ scheme: TokenMarkName, width: Int, _ context: [Int32]) throws -> UInt64 {
        let prf = try TokenPRF(secret: testSecret(1), scheme: scheme, width: width)
        prf.select(context)
        return prf.word64(11)
    }

    @Test(arguments: [UInt64(0), 1 << 11, .max >> 1, 1 << 63, .max - 2048, .max])
    func uniformsKeepBothEnds(word: UInt64) {
        let u = KeyedUniform(word)
        #expect(u.complement > 0 && u.complement <= 1)
        #expect(u.score > 0 && u.score < 38)
        #expect(u.negativeLog > 0 && u.negativeLog < 38)
        // exp(−E) + exp(−S) = u + (1 − u).
        #expect(abs(exp(-u.negativeLog) + exp(-u.score) - 1) < 1e-15)
    }

    @Test func thresholds() {
        #expect(GreenThreshold(gamma: 0.25).probability == 0.25)
        #expect(GreenThreshold(gamma: 0.25).contains(0x3FFF_FFFF))
        #expect(!GreenThreshold(gamma: 0.25).contains(0x4000_0000))
        #expect(abs(GreenThreshold(gamma: 0.1).probability - 0.1) < 0x1p-32)
    }

    @Test func keysOfOtherPurposesAreRefused() throws {
        let key = try Subkey(
            identity: KeyIdentity(purpose: .lexical, tenant: "a", epoch: "1"), secret: testSecret(1))
        #expect(throws: WatermarkError.wrongPurpose(.lexical)) {
            try TokenPRF(key: key, configuration: WatermarkConfiguration(.gumbel))
        }
    }

    @Test(arguments: [
        TokenMark.green(gamma: 0, delta: 1), .green(gamma: 1, delta: 1),
        .green(gamma: .nan, delta: 1), .green(gamma: 0.5, delta: .infinity), .fingerprint(gamma: 0.5, lambda: .nan),
        .tournament(layers: 0), .tournament(layers: 33),
    ])
    func parametersOutsideTheirRangeAreRefused(parameters: TokenMark) {
        #expect(throws: WatermarkError.self) { try WatermarkConfiguration(parameters) }
    }

    @Test(arguments: MarkRegistry.standard.embeddableNames) func optionsHaveDefaults(scheme: TokenMarkName) throws {
        let registry = MarkRegistry.standard
        let configuration = try WatermarkConfiguration(registry.mark(scheme), width: 3)
        #expect(configuration.scheme == scheme)
        #expect(configuration.width == 3)
        let foreign: [String: MarkValue] = scheme == .tournament ? ["gamma": .number(0.5)] : ["layers": .whole(5)]
        #expect(throws: WatermarkError.self) { try registry.mark(scheme, options: foreign) }
        #expect(try registry.mark(scheme, options: foreign, leavesOthers: true) == registry.mark(scheme))
    }

    @Test(arguments: [0, -1, 65]) func widthsOutsideTheirRangeAreRefused(width: Int) {
        #expect(throws: WatermarkError.self) { try WatermarkConfiguration(.gumbel, width: width) }
    }
}

/// A secret from a seed, for tests only.
func testSecret(_ seed: UInt64) -> SecretBytes {
    var generator = SplitMix64(seed: seed)
    return SecretBytes(copying: (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) })
}
