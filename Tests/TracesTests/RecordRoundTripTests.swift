import TestSupport
import Testing

@testable import Traces

/// Random JSON, written with random blanks, escapes and member order.
private struct RandomJSON {
    var generator: SplitMix64

    mutating func pick(_ count: Int) -> Int { Int.random(in: 0..<count, using: &generator) }

    mutating func blank() -> String { ["", "", "", " ", "\t", "  "][pick(6)] }

    mutating func string(ascii: Bool = false) -> String {
        let pieces = [
            "So", " ", "x", "\\n", "\\u0041", "\\\"", "\\\\", "\\/", "<think>", "48/2=24", "\\u00e9", "\\ud83d\\ude00",
            "#### 7",
            "é", "日本", "😀", "therefore",
        ]
        let count = ascii ? pieces.count - 4 : pieces.count
        return "\"" + (0..<pick(12)).map { _ in pieces[pick(count)] }.joined() + "\""
    }

    mutating func value(_ depth: Int) -> String {
        switch pick(depth > 3 ? 5 : 7) {
        case 0: return string()
        case 1: return ["0", "-1.50e+3", "1E400", "123456789012345678901234567890"][pick(4)]
        case 2: return "true"
        case 3: return "null"
        case 4: return "false"
        case 5:
            return "[" + blank()
                + (0..<pick(4)).map { _ in value(depth + 1) }.joined(separator: blank() + "," + blank()) + "]"
        default:
            return object((0..<pick(4)).map { ("k\($0)", value(depth + 1)) })
        }
    }

    mutating func object(_ members: [(String, String)]) -> String {
        let shuffled = members.shuffled(using: &generator)
        return "{" + blank()
            + shuffled.map { "\"\($0.0)\"" + blank() + ":" + blank() + $0.1 }.joined(separator: blank() + "," + blank())
            + blank() + "}"
    }

    mutating func record() -> String {
        let extra = (0..<pick(4)).map { ("extra\($0)", value(1)) }
        let text = string()
        switch pick(5) {
        case 0: return object([("problem", string()), ("trace", text), ("id", "17")] + extra)
        case 1: return object([("question", string()), ("answer", text)] + extra)
        case 2:
            let user = object([("role", "\"user\""), ("content", string())])
            let assistant = object([("role", "\"assistant\""), ("content", text), ("reasoning_content", string())])
            return object([("messages", "[" + user + "," + blank() + assistant + "]")] + extra)
        case 3:
            let message = object([("role", "\"assistant\""), ("content", text)])
            return object([("choices", "[" + object([("message", message), ("index", "0")]) + "]")] + extra)
        default:
            let human = object([("from", "\"human\""), ("value", string())])
            let gpt = object([("from", "\"gpt\""), ("value", text)])
            return object([("conversations", "[" + human + "," + gpt + "]")] + extra)
        }
    }
}

@Suite struct RecordRoundTripTests {
    private let here = SourceLocation(file: "in.jsonl", line: 1)

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func bytesOutsideReplacedFieldsStay(seed: UInt64) throws {
        var json = RandomJSON(generator: SplitMix64(seed: seed))
        for round in 0..<80 {
            let line = Array(json.record().utf8)
            let record = try TraceParser.parse(line: line, format: nil, location: here)
            let note: Comment = "seed \(seed), round \(round): \(String(decoding: line, as: UTF8.self))"
            #expect(record.encoded(replacing: []) == line, note)
            for (turn, content) in record.turns.enumerated() {
                for (field, value) in content.fields.enumerated() {
                    let same = FieldReplacement(turn: turn, field: field, text: value.text)
                    #expect(record.encoded(replacing: [same]) == line, note)
                    let text = value.text + " \"né\\\n\u{01}😀"
                    let edited = record.encoded(replacing: [FieldReplacement(turn: turn, field: field, text: text)])
                    let slot = record.slots[turn][field]
                    #expect(edited.starts(with: line[..<slot.lowerBound]), note)
                    #expect(edited.suffix(line.count - slot.upperBound) == line[slot.upperBound...], note)
                    let again = try TraceParser.parse(line: edited, format: record.format, location: here)
                    #expect(again.turns[turn].fields[field].text == text, note)
                }
            }
        }
    }

    @Test func asciiHabitIsKept() throws {
        let ascii = #"{"trace":"caf\u00e9","x":"é"}"#
        let record = try TraceParser.parse(line: Array(ascii.utf8), format: nil, location: here)
        let edited = record.encoded(replacing: [FieldReplacement(turn: 0, field: 0, text: "cafés 😀")])
        #expect(String(decoding: edited, as: UTF8.self) == #"{"trace":"caf\u00e9s \ud83d\ude00","x":"é"}"#)
        let plain = #"{"trace":"a\u0007é"}"#
        let other = try TraceParser.parse(line: Array(plain.utf8), format: nil, location: here)
        let result = other.encoded(replacing: [FieldReplacement(turn: 0, field: 0, text: "é/\u{07}\t")])
        #expect(String(decoding: result, as: UTF8.self) == #"{"trace":"é/\u0007\t"}"#)
    }

    @Test func unknownReplacementsChangeNothing() throws {
        let line = Array(#"{"trace":"a"}"#.utf8)
        let record = try TraceParser.parse(line: line, format: nil, location: here)
        #expect(record.encoded(replacing: [FieldReplacement(turn: 3, field: 0, text: "b")]) == line)
    }
}
