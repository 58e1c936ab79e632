import Marks
import Testing

@Suite struct EngineTests {
    private static let contexts: [[Int32]] = [[1, 2, 3, 4], [4, 5, 6, 7]]

    /// Known answers of the engine: key 42, tokens 7 and 8 after two contexts, the upper 24 bits.
    @Test func philoxKnownAnswers() throws {
        let prf = try EnginePhilox(key: EngineKey(42), width: 4)
        let words = Self.contexts.map { context in [7, 8].map { prf.word($0, after: context) >> 8 } }
        #expect(words == [[1_661_833, 10_571_167], [9_742_331, 13_375_724]])
    }

    @Test func philoxLanesDoNotMix() throws {
        let prf = try EnginePhilox(key: EngineKey(0x0123_4567_89AB_CDEF), width: 6)
        let rows: [[Int32]] = (0..<4).map { row in (0..<6).map { Int32(row * 1000 + $0) - 1 } }
        let together = prf.words(
            token: { UInt64(100 + $0) },
            context: { j in
                Philox4x32.Lanes((0..<4).map { UInt64(UInt32(bitPattern: rows[$0][j])) })
            })
        for lane in 0..<4 {
            #expect(prf.word(Int32(100 + lane), after: rows[lane]) == UInt32(truncatingIfNeeded: together[lane]))
        }
    }

    /// Random123's kat_vectors for philox4x32-10.
    @Test func random123KnownAnswers() {
        let zero = Philox4x32.Lanes()
        let ones = Philox4x32.Lanes(repeating: 0xFFFF_FFFF)
        func words(_ block: Philox4x32.Block) -> [UInt64] { [block.x0[0], block.x1[1], block.x2[2], block.x3[3]] }
        #expect(
            words(Philox4x32.block(.init(zero, zero, zero, zero), key: zero, zero))
                == [0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8])
        #expect(
            words(Philox4x32.block(.init(ones, ones, ones, ones), key: ones, ones))
                == [0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD])
    }

    /// Words computed with Python's hmac module.
    @Test func hmacMatchesPython() throws {
        let prf = try EngineHMAC(key: EngineKey(42), width: 4)
        #expect(prf.word(7, after: [1, 2, 3, 4]) == 0x5EA2_C26D)
        #expect(prf.word(8, after: [-1, -1, -1, 4]) == 0x942F_B4F4)
    }

    @Test func uniformsAreRoundedFloats() {
        #expect(engineUniform(0) == Float(1.0 / 16_777_217))
        #expect(engineUniform(.max) == Float(1).nextDown)
        for word in [0, 0x1234_5678, 0x8000_0000, UInt32.max] {
            #expect(engineComplement(word) == 1 - Double(engineUniform(word)))
        }
    }

    @Test(arguments: [
        ("0", UInt64(0)), ("42", 42), ("0x2A", 42), ("18446744073709551615", .max),
    ])
    func keysAreReadAsNumbers(text: String, value: UInt64) throws {
        let key = try #require(EngineKey(text))
        #expect(key.value64 == value)
        #expect("\(key)" == "<redacted>")
    }

    @Test(arguments: ["", "-1", "4 2", "0x", "abc", "1e3", String(repeating: "9", count: 78)])
    func otherTextIsNoKey(text: String) {
        #expect(EngineKey(text) == nil)
    }

    @Test func keysBeyond64BitsAreForHMACOnly() throws {
        let key = try #require(EngineKey("18446744073709551616"))
        #expect(key.value64 == nil)
        #expect(key.derived("key_a") == nil)
        #expect(throws: WatermarkError.self) { try EnginePhilox(key: key, width: 4) }
        #expect(throws: Never.self) { try EngineHMAC(key: key, width: 4) }
    }

    /// SHA-256("key_a" ‖ 42 as 8 bytes), computed with Python's hashlib.
    @Test func derivedKeys() throws {
        #expect(EngineKey(42).derived("key_a")?.value64 == 0x0083_FC6A_8FB9_D18C)
        #expect(EngineKey(42).derived("key_b")?.value64 == 0xDBA3_81CE_1FB8_87AD)
    }
}
