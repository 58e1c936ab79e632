import TestSupport
import Testing

@testable import StrictJSON

private func failure(_ bytes: [UInt8], _ limits: JSONLimits = JSONLimits()) -> JSONError? {
    do throws(JSONError) {
        _ = try JSONTape.scan(bytes, limits: limits)
        return nil
    } catch {
        return error
    }
}

private func failure(_ text: String, _ limits: JSONLimits = JSONLimits()) -> JSONError? {
    failure(Array(text.utf8), limits)
}

@Suite struct JSONTapeTests {
    @Test(arguments: [
        ("", JSONError.Code.empty, 0), (" \n ", .empty, 3), ("{", .truncated, 1), ("[1", .truncated, 2),
        (#"{"a":"b"#, .truncated, 5), (#"{"a""#, .truncated, 4), ("tru", .truncated, 0), ("-", .truncated, 1),
        (#"{"a":1,}"#, .unexpected, 7), ("[1,]", .unexpected, 3), ("[,1]", .unexpected, 1), ("{a:1}", .unexpected, 1),
        (#"{"a" 1}"#, .unexpected, 5), ("[1 2]", .unexpected, 3), ("x", .unexpected, 0), ("NaN", .unexpected, 0),
        ("+1", .unexpected, 0), ("1.", .truncated, 2), ("1.x", .unexpected, 2), ("01", .leadingZero, 1),
        ("{}}", .trailing, 2), ("1 2", .trailing, 2), (#""\q""#, .invalidEscape, 1), (#""\u12G4""#, .invalidEscape, 1),
        (#""\uD800x""#, .loneSurrogate, 1), (#""\uDC00""#, .loneSurrogate, 1), ("\"\u{1}\"", .controlCharacter, 1),
        (#"{"a":1,"a":2}"#, .duplicateMember, 7), (#"[{"k":[{"a":1,"\u0061":2}]}]"#, .duplicateMember, 14),
    ])
    func faultsHaveACodeAndAByte(text: String, code: JSONError.Code, offset: Int) throws {
        for depth in [Int.max, 1] {
            let error = try #require(failure(text, JSONLimits(indexedDepth: depth)))
            #expect(error.code == code, "\(error)")
            #expect(error.offset == offset, "\(error)")
        }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3],
            [0xF0, 0x9F, 0x98], [0xFF],
        ] as [[UInt8]])
    func bytesThatAreNotUTF8AreRefused(bad: [UInt8]) {
        let error = failure([0x22] + Array("plain text before it".utf8) + bad + [0x22])
        #expect(error?.code == .invalidUTF8)
        #expect(error?.offset == 21)
    }

    @Test func nestingIsBounded() {
        for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
            #expect(failure(String(repeating: open, count: 100_000))?.code == .tooDeep)
            func nested(_ levels: Int) -> String {
                String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels)
            }
            #expect(failure(nested(8), JSONLimits(maxDepth: 8)) == nil)
            #expect(failure(nested(9), JSONLimits(maxDepth: 8))?.code == .tooDeep)
        }
    }

    @Test func errorsNameThePathOnlyWhereTheyMay() throws {
        let text = #"{"model":{"list":[0,{"secret":1,"secret":2}]}}"#
        let open = try #require(failure(text))
        #expect(open.keyPath == "model.list[1].secret")
        #expect(open.name == "secret")
        let closed = try #require(failure(text, JSONLimits(quotesNames: false)))
        #expect(closed.code == .duplicateMember && closed.offset == open.offset)
        #expect(!String(reflecting: closed).contains("secret"))
    }

    @Test(arguments: [2, 16, 17, 20_000]) func membersAreComparedAsTheyRead(count: Int) {
        let members = (0..<count).map { "\"key\($0)\":\($0)" }.joined(separator: ",")
        #expect(failure("{\(members)}") == nil)
        #expect(failure("{\(members),\"key1\":1}")?.code == .duplicateMember)
        #expect(failure("{\(members),\"\\u006bey1\":1}")?.code == .duplicateMember)
        // One that is only canonically equivalent is another member.
        #expect(failure("{\"\u{E9}\":1,\"e\u{301}\":1,\(members)}") == nil)
    }

    @Test func aByteOrderMarkIsReadOnlyWhereItMayStand() {
        let text: [UInt8] = [0xEF, 0xBB, 0xBF, 0x31]
        #expect(failure(text)?.code == .unexpected)
        #expect(failure(text, JSONLimits(allowsByteOrderMark: true)) == nil)
    }

    @Test func elementsStayOnAWholeTape() throws {
        let bytes = Array(#"[1,"two",[3],{"four":4},null]"#.utf8)
        let whole = try JSONTape.scan(bytes)
        #expect(whole.elements(of: 0).map { whole.tokens[$0].kind } == [.number, .string, .array, .object, .literal])
        #expect(whole.count(of: 0) == 5)
        let sparse = try JSONTape.scan(bytes, limits: JSONLimits(indexedDepth: 6))
        #expect(sparse.elements(of: 0).map { sparse.tokens[$0].kind } == [.array, .object])
        #expect(sparse.tokens[0].flags.contains(.hasScalars))
    }

    @Test func escapesDecode() throws {
        let bytes = Array(#"["\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00 é😀"]"#.utf8)
        try bytes.withUnsafeBytes { buffer in
            let view = try JSONView(scanning: buffer)
            #expect(view.string(1) == "\"\\/\u{08}\u{0C}\n\r\tAé😀 é😀")
        }
    }

    @Test func scanningAgreesByteByByteWithEightAtATime() {
        var generator = SplitMix64(seed: 11)
        for _ in 0..<300 {
            let bytes = (0..<Int.random(in: 0..<40, using: &generator)).map { _ -> UInt8 in
                [
                    0x22, 0x5C, 0x1F, 0x20, 0x21, 0x23, 0x5B, 0x5D, 0x80, 0xA2, 0xDC, 0xFF, 0x00, 0x61, 0x62, 0x63,
                    0x64, 0x65,
                ]
                .randomElement(using: &generator) ?? 0
            }
            let expected = bytes.firstIndex { $0 == 0x22 || $0 == 0x5C || $0 < 0x20 } ?? bytes.count
            #expect(bytes.withUnsafeBytes { JSONText.endOfPlainRun($0, from: 0) } == expected)
        }
    }
}

@Suite struct StrictDecodingTests {
    private struct Record: Decodable {
        var text: String
        var numbers: [Int]
    }

    private func decode(_ text: String) throws(JSONError) -> Record {
        try StrictDecoding.decode(Record.self, from: text.utf8)
    }

    @Test func whatADecoderLetsPassIsRefused() throws {
        #expect(try decode(#"{"text":"a","numbers":[1]}"#).numbers == [1])
        let twice = #expect(throws: JSONError.self) { try decode(#"{"text":"a","text":"b","numbers":[]}"#) }
        #expect(twice?.code == .duplicateMember)
    }

    @Test(arguments: [
        (#"{"text":"a"}"#, "numbers"), (#"{"text":1,"numbers":[]}"#, "text"),
        (#"{"text":"a","numbers":[1,"x"]}"#, "numbers"),
    ])
    func aWrongShapeNamesTheMember(text: String, member: String) throws {
        let error = try #require(throws: JSONError.self) { try decode(text) }
        #expect(error.code == .wrongType)
        #expect(error.path.first == member)
    }

    @Test(arguments: [
        ("1", JSONValue.integer(1)), ("1.0", .integer(1)), ("-0.5", .number(-0.5)), ("true", .bool(true)),
        (#"[null,"x"]"#, .array([.null, .string("x")])),
        (#"{"a":{"b":[]}}"#, .object(["a": .object(["b": .array([])])])),
    ])
    func treesHoldWhatIsWritten(text: String, value: JSONValue) throws {
        let read = try Array(text.utf8).withUnsafeBytes { try JSONValue(scanning: $0) }
        #expect(read == value)
    }

    @Test func aNumberThatNoFloatHoldsIsRefused() {
        #expect(throws: JSONError.self) { try Array("1e999".utf8).withUnsafeBytes { try JSONValue(scanning: $0) } }
    }
}
