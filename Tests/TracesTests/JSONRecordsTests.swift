import Foundation
import TestSupport
import Testing

@testable import Traces

/// Arrays of records, and records that are printed over several lines.
@Suite struct JSONRecordsTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private struct Reading {
        var records: [[UInt8]] = []
        var places: [String] = []
        var ids: [String?] = []
        /// The opening, the records with what is around them, and the closing.
        var whole: [UInt8] = []
        var error: TraceError?
    }

    private func read(_ text: String, maxRecordBytes: Int = 1 << 20, maxLines: Int = .max) throws -> Reading {
        let path = folder.file("in.json")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        var reading = Reading()
        do {
            var reader = try TraceReader(path: path, unitLines: maxLines, maxRecordBytes: maxRecordBytes)
            let parser = reader.parser
            while let unit = try reader.next() {
                guard case .lines(let batch) = unit.content else { continue }
                for index in batch.lines.indices {
                    let place = batch.location(of: index, in: "")
                    reading.places.append("\(place.line):\(place.column ?? 0)")
                    reading.records.append(Array(batch.bytes[batch.lines[index]]))
                    if let framing = unit.framing {
                        reading.whole += reading.records.count == 1 ? framing.opening : framing.separator
                    }
                    reading.whole += batch.before(index) + batch.bytes[batch.lines[index]] + batch.behind(index)
                    reading.ids.append(try parser.record(at: index, of: batch).id)
                }
            }
            reading.whole += reader.framing?.closing ?? []
        } catch {
            reading.error = error
        }
        return reading
    }

    private static let records = [
        #"{"id": "a", "trace": "So [1], {2} and \"3\" \\"}"#, #"{"id": "b", "trace": "Then ]},{[ it ends."}"#,
        #"{"id": "c", "trace": "Last", "meta": [{"k": [[], {}]}, "}"]}"#,
    ]

    @Test(
        arguments: [
            ("[", ",", "]"), ("[\n  ", ",\n  ", "\n]\n"), (" [ \r\n", "\r\n,\t", " ]  \n\n"), ("\u{FEFF}[", " , ", "]"),
            ("", "\n", ""), ("\n", "\n\n", "\n"),
        ])
    func everyArrangementIsReadAndCanBePutTogetherAgain(frame: (String, String, String)) throws {
        let text = frame.0 + Self.records.joined(separator: frame.1) + frame.2
        let reading = try read(text)
        #expect(reading.error == nil)
        #expect(reading.ids == ["a", "b", "c"])
        #expect(reading.records.map { String(decoding: $0, as: UTF8.self) } == Self.records)
        if !frame.0.allSatisfy(\.isWhitespace) { #expect(reading.whole == Array(text.utf8)) }
        #expect(try read(text, maxLines: 1).ids == ["a", "b", "c"])
    }

    @Test func printedRecordsKeepTheirLinesAndPlaces() throws {
        let printed =
            "[\n  {\n    \"id\": \"a\",\n    \"trace\": \"So\"\n  },\n  {\"id\": \"b\", \"trace\": \"Then\"}, {\"id\": 3}\n]\n"
        let reading = try read(printed)
        #expect(reading.places.prefix(2) == ["2:3", "6:3"])
        #expect(reading.ids == ["a", "b"])
        #expect(reading.error?.location.line == 6, "the third has no trace")
        #expect(reading.error?.location.column == 33)
    }

    @Test func aPrintedObjectIsARecordOfAFileOfSuch() throws {
        let object = "{\n  \"id\": \"a\",\n  \"trace\": \"So\"\n}"
        let reading = try read(object + "\n" + object + "\n\n{\"id\":\"b\",\"trace\":\"x\"}")
        #expect(reading.error == nil)
        #expect(reading.ids == ["a", "a", "b"])
        #expect(reading.places == ["1:1", "5:1", "10:1"])
        #expect(reading.whole == Array((object + "\n" + object + "\n\n{\"id\":\"b\",\"trace\":\"x\"}").utf8))
        #expect(LineBatch.asLine(Array(object.utf8)) == Array("{\"id\": \"a\",\"trace\": \"So\"}\n".utf8))
    }

    @Test(
        arguments: [
            ("[{\"trace\":\"a\"}", TraceError.Code.truncated, 1, 15, 1), ("[{\"trace\":\"a\"},", .truncated, 1, 16, 1),
            ("[{\"trace\":\"a\"},\n{\"trace\":", .truncated, 2, 10, 1),
            ("[{\"trace\":\"a\"},]", .malformedJSON, 1, 16, 1),
            ("[{\"trace\":\"a\"}\n{\"trace\":\"b\"}]", .malformedJSON, 2, 1, 1),
            ("[{\"trace\":\"a\"}]\n{\"trace\":\"b\"}", .malformedJSON, 2, 1, 1),
            ("[{\"trace\":\"a\"},,{\"trace\":\"b\"}]", .malformedJSON, 1, 16, 1),
            ("[{\"trace\":\"a\"},\n\n {\"trace\":NaN}]", .malformedJSON, 3, 11, 1),
            ("[{\"trace\":\"a\"},\n 17]", .wrongType, 2, 2, 1),
        ] as [(String, TraceError.Code, Int, Int, Int)])
    func whatIsWrongHasALineAndAColumn(
        text: String, code: TraceError.Code, line: Int, column: Int, before: Int
    ) throws {
        let reading = try read(text)
        #expect(reading.error?.code == code, "\(reading.error?.description ?? "no error")")
        #expect(reading.error?.location.line == line && reading.error?.location.column == column)
        #expect(reading.ids.count == before, "what came before is not lost")
    }

    @Test(arguments: ["NaN", "Infinity", "-Infinity"]) func numbersThatAreNoneAreNamed(word: String) throws {
        let error = try read(#"{"trace":"a","score":"# + word + "}").error
        // The sign before it could begin a number.
        let name = word.hasPrefix("-") ? String(word.dropFirst()) : word
        #expect(error?.message.contains("\(name) is no JSON") == true)
    }

    @Test func boundsHoldForRecordsAndForWhatIsBetweenThem() throws {
        let long = "[{\"trace\":\"" + String(repeating: "x", count: 3_000_000) + "\"}]"
        #expect(try read(long, maxRecordBytes: 1000).error?.code == .recordTooLarge)
        let blank = "[{\"trace\":\"a\"}," + String(repeating: " ", count: 5_000_000) + "{\"trace\":\"b\"}]"
        #expect(try read(blank, maxRecordBytes: 1000).error?.code == .recordTooLarge)
        #expect(try read(long, maxRecordBytes: 4_000_000).records.count == 1)
    }

    @Test func longArraysCrossBuffers() throws {
        let records = (0..<3500).map { #"{"id":"\#($0)","trace":"\#(String(repeating: "y\\n", count: $0 % 400))"}"# }
        let text = "[\n" + records.joined(separator: ",\n") + "\n]"
        let reading = try read(text)
        #expect(reading.error == nil)
        #expect(reading.ids == (0..<3500).map { "\($0)" })
        #expect(reading.places.last == "3501:1")
        #expect(reading.whole == Array(text.utf8))
    }

    /// Lines of other things than records, such as token ids, stay lines.
    @Test(arguments: ["[1,2]\n[3]\n", "[\"a\"]\n[]\n", "{\"id\":\"a\"}\n{\"id\":\"b\"}\n", "{\"a\":1,\n{\"b\":1}\n"])
    func linesStayLines(text: String) throws {
        let path = folder.file("lines")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        var reader = try TraceReader(linesOf: path)
        var lines: [String] = []
        while let line = try reader.nextLine() { lines.append(String(decoding: line.bytes, as: UTF8.self)) }
        #expect(lines == text.split(separator: "\n").map(String.init))
    }
}
