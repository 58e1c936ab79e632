import TestSupport
import Testing

@testable import Traces

private let here = SourceLocation(file: "in.jsonl", line: 7)

private func parse(_ text: String) throws -> TraceRecord {
    try TraceParser.parse(line: Array(text.utf8), format: nil, location: here)
}

private func failure(_ bytes: [UInt8]) -> TraceError? {
    do {
        _ = try TraceParser.parse(line: bytes, format: nil, location: here)
        return nil
    } catch {
        return error
    }
}

@Suite struct JSONScannerTests {
    @Test(arguments: [
        (#"{"trace":"a"#, TraceError.Code.truncated, 10),
        (#"{"trace":"a""#, .truncated, 13),
        (#"{"trace""#, .truncated, 9),
        (#"{"trace":"a","#, .truncated, 14),
        (#"{"trace":"a",}"#, .malformedJSON, 14),
        (#"{"trace":"a"}}"#, .malformedJSON, 14),
        (#"{"trace":"a" "x":1}"#, .malformedJSON, 14),
        (#"{"trace":'a'}"#, .malformedJSON, 10),
        (#"{trace:"a"}"#, .malformedJSON, 2),
        (#"{"trace":"a","n":01}"#, .malformedJSON, 19),
        (#"{"trace":"a","n":1.}"#, .malformedJSON, 20),
        (#"{"trace":"a","n":-}"#, .malformedJSON, 19),
        (#"{"trace":"a","n":1e}"#, .malformedJSON, 20),
        (#"{"trace":"a","n":NaN}"#, .malformedJSON, 18),
        (#"{"trace":"a","n":[1,]}"#, .malformedJSON, 21),
        (#"{"trace":"a","n":[,1]}"#, .malformedJSON, 19),
        (#"{"trace":"a\q"}"#, .malformedJSON, 12),
        (#"{"trace":"a\u12G4"}"#, .malformedJSON, 12),
        (#"{"trace":"a\uD800b"}"#, .invalidUTF8, 12),
        (#"{"trace":"a\uDC00"}"#, .invalidUTF8, 12),
        (#"{"trace":"a\uD800\u0041"}"#, .invalidUTF8, 12),
        ("{\"trace\":\"a\u{01}\"}", .malformedJSON, 12),
        (#"{"trace":"a","x":{"k":1,"k":2}}"#, .duplicateKey, 25),
        (#"{"trace":"a","\u0074race":"b"}"#, .duplicateKey, 14),
        (#"{"trace":"a","x":[[[[[[[[{"k":1,"k":2}]]]]]]]]}"#, .duplicateKey, 33),
        (#"["trace"]"#, .wrongType, 1),
        (#"{"trace":5}"#, .wrongType, 10),
        (#"{"problem":"p"}"#, .missingField, 1),
        (#"{"question":"p"}"#, .missingField, 1),
        (#"{"unknown":"p"}"#, .missingField, 1),
        (#"{"messages":[{"role":"user","content":"x"}]}"#, .missingField, 13),
        (#"{"messages":[1]}"#, .wrongType, 13),
        (#"{"conversations":[{"from":"gpt"}]}"#, .missingField, 19),
        (#"{"choices":[{}]}"#, .missingField, 13),
        ("x", .malformedJSON, 1),
        ("5", .wrongType, 1),
        ("{", .truncated, 2),
    ])
    func errorsNameFileLineAndColumn(text: String, code: TraceError.Code, column: Int) throws {
        let error = try #require(failure(Array(text.utf8)))
        #expect(error.code == code, "\(error)")
        #expect(error.location.column == column, "\(error)")
        #expect(error.description.hasPrefix("in.jsonl:7:\(column): "))
    }

    @Test func emptyRecordIsRefused() {
        #expect(failure([])?.code == .emptyInput)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0xAF], [0xE0, 0x80, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xC3],
            [0xF0, 0x9F, 0x98],
            [0xFF], [0xFE],
        ] as [[UInt8]])
    func invalidUTF8IsRefused(bad: [UInt8]) {
        let line = Array(#"{"trace":"a long enough text to pass the fast path "#.utf8) + bad + Array("\"}".utf8)
        let error = failure(line)
        #expect(error?.code == .invalidUTF8)
        #expect(error?.location.column == 52)
    }

    @Test func deepNestingIsRefused() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep = #"{"trace":"a","x":"# + String(repeating: open, count: 100_000)
            #expect(failure(Array(deep.utf8))?.code == .nestingTooDeep)
            let fine =
                #"{"trace":"a","x":"# + String(repeating: open, count: 500) + (open == "[" ? "" : "1")
                + String(repeating: close, count: 500) + "}"
            #expect(failure(Array(fine.utf8)) == nil)
        }
    }

    @Test func hugeNumbersPassThrough() throws {
        let digits = String(repeating: "9", count: 5000)
        let line = #"{"trace":"a","n":-\#(digits).\#(digits)e+\#(digits),"id":\#(digits)}"#
        let record = try parse(line)
        #expect(record.id == digits)
        #expect(record.encoded(replacing: []) == Array(line.utf8))
    }

    @Test func manyKeysAreCheckedInLinearTime() throws {
        let members = (0..<20_000).map { "\"key\($0)\":\($0)" }.joined(separator: ",")
        #expect(failure(Array("{\"trace\":\"a\",\(members)}".utf8)) == nil)
        #expect(failure(Array("{\"trace\":\"a\",\(members),\"key777\":1}".utf8))?.code == .duplicateKey)
    }

    @Test func escapesDecode() throws {
        let record = try parse(#"{"trace":"\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00 é😀"}"#)
        #expect(record.turns[0].fields[0].text == "\"\\/\u{08}\u{0C}\n\r\tAé😀 é😀")
    }
}
