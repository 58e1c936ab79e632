import Foundation
import TestSupport
import Testing
import Traces

@Suite struct TraceReaderTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func write(_ bytes: [UInt8], as name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file(name)))
        return folder.file(name)
    }

    private static let page = """
        <html><body><div data-message-author-role="user">1+1?</div>
        <div data-message-author-role="assistant">It is 2.</div></body></html>
        """

    /// One rule for every command: whatever reads traces reads the same name the same way.
    @Test(arguments: ["a.html", "a.htm", "a.xhtml", "a.XHTML"]) func pagesAreReadAsPagesByEveryReader(
        name: String
    ) throws {
        let path = try write(Array(Self.page.utf8), as: name)
        var reader = try TraceReader(path: path)
        #expect(reader.format == .html && reader.document != nil)
        let record = try #require(try reader.nextRecord())
        #expect(record.turns.first?.fields.first?.text == "It is 2.")
        #expect(TraceFormat.document(path: name) == .html)
        #expect(try reader.nextRecord() == nil)
    }

    @Test func recordsLinesAndUnitsAreTheSameTraces() throws {
        let lines = (0..<50).map { #"{"trace":"step \#($0)","id":"\#($0)"}"# }
        let path = try write(Array(lines.joined(separator: "\n\n").utf8), as: "t.jsonl")
        var records: [String?] = []
        var reader = try TraceReader(path: path, unitLines: 7)
        while let record = try reader.nextRecord() { records.append(record.id) }
        #expect(records == (0..<50).map { "\($0)" })
        #expect(reader.recordCount == 50)
        var units = try TraceReader(path: path, unitLines: 7)
        let parser = units.parser
        var fromUnits: [String?] = []
        var starts: [Int] = []
        while let unit = try units.next() {
            starts.append(unit.firstRecord)
            try parser.forEachRecord(in: unit) { fromUnits.append($0.id) }
        }
        #expect(fromUnits == records)
        #expect(starts == Array(stride(from: 0, to: 50, by: 7)))
        var byLine = try TraceReader(linesOf: path)
        var numbers: [Int] = []
        while let line = try byLine.nextLine() { numbers.append(line.location.line) }
        #expect(numbers == Array(stride(from: 1, to: 101, by: 2).prefix(50)))
    }

    @Test(
        arguments: [
            (Array("PAR1".utf8), "a Parquet file"), (Array("BZh9".utf8), "a bzip2 file"),
            ([2, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D], "a safetensors file"),
        ] as [([UInt8], String)])
    func filesThatAreNoTextAreNamed(head: [UInt8], words: String) throws {
        for name in ["t.jsonl", "t.txt"] {
            let path = try write(head + [UInt8](repeating: 0, count: 40), as: name)
            let error = #expect(throws: TraceError.self) {
                var reader = try TraceReader(path: path)
                _ = try reader.nextRecord()
            }
            #expect(error?.code == .unsupportedEncoding)
            #expect(error?.description.contains(words) == true)
        }
    }
}
