import Foundation
import TestSupport
import Testing

@testable import Traces

@Suite struct LineReaderTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    private func file(_ bytes: [UInt8]) throws -> String {
        let path = folder.file("in.jsonl")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func read(
        _ bytes: [UInt8], maxRecordBytes: Int = 1 << 20, maxBytes: Int = 1 << 20, maxLines: Int = .max
    ) throws -> [(number: Int, text: String, ending: LineBatch.Ending)] {
        var reader = try LineReader(path: try file(bytes), maxRecordBytes: maxRecordBytes)
        var result: [(number: Int, text: String, ending: LineBatch.Ending)] = []
        while let batch = try reader.nextBatch(maxBytes: maxBytes, maxLines: maxLines) {
            #expect(batch.lines.count <= maxLines)
            for (index, range) in batch.lines.enumerated() {
                result.append(
                    (
                        batch.lineNumbers[index], String(decoding: batch.bytes[range], as: UTF8.self),
                        batch.endings[index]
                    ))
            }
        }
        return result
    }

    private func code(_ body: () throws -> Void) -> TraceError? {
        do {
            try body()
            return nil
        } catch {
            return error as? TraceError
        }
    }

    @Test func marksEndingsAndBlankLines() throws {
        let lines = try read([0xEF, 0xBB, 0xBF] + Array("a\r\n\n \t\r\nb\nc".utf8))
        #expect(lines.map(\.text) == ["a", "b", "c"])
        #expect(lines.map(\.number) == [1, 4, 5])
        #expect(lines.map(\.ending) == [.carriageReturnLineFeed, .lineFeed, .none])
    }

    /// Every byte of an input is in some batch: a line, its end, or blank lines around it.
    @Test(arguments: ["a\n\nb\n", "\n \na\n\n\r\nb\n\n\t\n", "a\n\n\n", "\na", "a\n \nb\n  "], [1, 2, 1000])
    func nothingIsLost(text: String, lines: Int) throws {
        var reader = try LineReader(path: try file(Array(text.utf8)))
        var bytes: [UInt8] = []
        while let batch = try reader.nextBatch(maxLines: lines) {
            for (offset, range) in batch.lines.enumerated() {
                bytes += batch.before(offset) + batch.bytes[range] + batch.behind(offset)
            }
        }
        #expect(String(decoding: bytes, as: UTF8.self) == text)
    }

    @Test func byteOrderMarkIsRemembered() throws {
        var reader = try LineReader(path: try file([0xEF, 0xBB, 0xBF, 0x61]))
        #expect(try reader.nextBatch()?.bytes == [0x61])
        #expect(reader.hasByteOrderMark)
        #expect(try reader.nextBatch() == nil)
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func batchesOfAnySizeHoldTheSameLines(maxLines: Int) throws {
        let text = (0..<500).map { String(repeating: "x", count: $0 % 37) + "\($0)" }.joined(separator: "\n")
        let lines = try read(Array(text.utf8), maxBytes: maxLines * 20, maxLines: maxLines)
        #expect(lines.map(\.text) == text.split(separator: "\n").map(String.init))
    }

    @Test func linesAcrossChunks() throws {
        let long = String(repeating: "y", count: 1_500_000)
        let lines = try read(Array((long + "\nz\n" + long).utf8), maxRecordBytes: 2_000_000)
        #expect(lines.map { $0.text.utf8.count } == [1_500_000, 1, 1_500_000])
    }

    @Test func tooLargeNamesTheLine() throws {
        let bytes = Array("a\n".utf8) + [UInt8](repeating: 0x62, count: 5_000_000)
        let error = code { _ = try read(bytes, maxRecordBytes: 1000) }
        #expect(error?.code == .recordTooLarge)
        #expect(error?.location.line == 2)
        let ended = code { _ = try read(Array("a\nb\n12345\n".utf8), maxRecordBytes: 4) }
        #expect(ended?.location.line == 3)
    }

    @Test(arguments: [[], [0x0A], [0x20, 0x0D, 0x0A, 0x0A]] as [[UInt8]])
    func emptyInputs(bytes: [UInt8]) {
        #expect(code { _ = try read(bytes) }?.code == .emptyInput)
    }

    @Test func oneByte() throws {
        #expect(try read([0x78]).map(\.text) == ["x"])
    }

    @Test(arguments: [[0xFF, 0xFE, 0x7B, 0x00], [0xFE, 0xFF, 0x00, 0x7B], [0x00, 0x00, 0xFE, 0xFF]] as [[UInt8]])
    func otherEncodings(bytes: [UInt8]) {
        #expect(code { _ = try read(bytes) }?.code == .unsupportedEncoding)
    }

    @Test func unreadableInputs() {
        let missing = code { _ = try LineReader(path: folder.file("missing")) }
        #expect(missing?.code == .unreadable)
        #expect(missing?.description.contains("missing:1") == true)
        #expect(code { _ = try LineReader(path: folder.path) }?.code == .unreadable)
    }
}
