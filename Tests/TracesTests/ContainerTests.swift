import Compression
import Foundation
import TestSupport
import Testing

@testable import Traces

/// Files as they come compressed: what is in them is read as if it were not.
@Suite struct ContainerTests {
    enum Compression: String, CaseIterable, CustomTestStringConvertible {
        case gzip, zstd

        var testDescription: String { rawValue }
        var ending: String { self == .gzip ? "gz" : "zst" }

        func encode(_ bytes: [UInt8]) throws -> [UInt8] {
            let encoder: any StreamEncoder = self == .gzip ? try GzipEncoder() : try ZstandardEncoder()
            return try bytes.withUnsafeBytes { try encoder.encode($0) } + (try encoder.finish())
        }
    }

    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func write(_ bytes: [UInt8], as name: String) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: folder.file(name)))
        return folder.file(name)
    }

    private static func record(_ index: Int) -> String {
        #"{"id":"r\#(index)","trace":"Then we add \#(index) to \#(index * 7919 % 1009)."}"#
    }

    private static func lines(_ count: Int) -> [UInt8] {
        Array((0..<count).map(record).joined(separator: "\n").utf8) + [0x0A]
    }

    /// The records that are read, and what ended the reading.
    private func read(_ path: String, maxRecordBytes: Int = 1 << 20) -> (ids: [String?], error: TraceError?) {
        var ids: [String?] = []
        do {
            var reader = try TraceReader(path: path, maxRecordBytes: maxRecordBytes)
            while let record = try reader.nextRecord() { ids.append(record.id) }
            return (ids, nil)
        } catch {
            return (ids, error)
        }
    }

    @Test(arguments: Compression.allCases) func linesAreReadWhateverTheNameSays(compression: Compression) throws {
        let bytes = try compression.encode(Self.lines(1500))
        for name in ["t.jsonl." + compression.ending, "t.jsonl", "t"] {
            let path = try write(bytes, as: name)
            let (ids, error) = read(path)
            #expect(error == nil)
            #expect(ids == (0..<1500).map { "r\($0)" })
            var byLine = try TraceReader(linesOf: path)
            #expect(try byLine.nextLine()?.bytes == Array(Self.record(0).utf8))
            #expect(byLine.byteCount == nil, "the file's size says nothing of how much there is to read")
        }
    }

    @Test(arguments: Compression.allCases) func membersAfterEachOtherAreOneFile(compression: Compression) throws {
        let parts = try (0..<3).map { try compression.encode(Array((Self.record($0) + "\n").utf8)) }
        #expect(read(try write(parts.flatMap(\.self), as: "t.jsonl")).ids == ["r0", "r1", "r2"])
        let inner = try compression.encode(Self.lines(5))
        #expect(read(try write(try Compression.gzip.encode(inner), as: "t.jsonl")).ids.count == 5)
    }

    @Test(arguments: Compression.allCases) func whatIsCutOffIsSaidAndWhatCameBeforeIsKept(
        compression: Compression
    ) throws {
        let whole = try compression.encode(Self.lines(4000))
        for share in [0.3, 0.7, 0.999] {
            let path = try write(Array(whole.prefix(Int(Double(whole.count) * share))), as: "cut.jsonl")
            let (ids, error) = read(path)
            #expect(error?.code == .truncated)
            #expect(error?.message.contains(compression.rawValue) == true)
            #expect(error?.location == SourceLocation(file: path, line: ids.count + 1))
            #expect(ids == (0..<ids.count).map { "r\($0)" })
            // Zstandard decodes by blocks, of which there may be one.
            #expect(share < 0.5 || compression == .zstd || ids.count > 1000)
        }
    }

    @Test(arguments: Compression.allCases) func damageIsSaid(compression: Compression) throws {
        var bytes = try compression.encode(Self.lines(4000))
        for place in bytes.count / 2..<bytes.count / 2 + 64 { bytes[place] ^= 0x5A }
        let (ids, error) = read(try write(bytes, as: "damaged.jsonl"))
        // A damaged piece may also decode into something that is no record.
        #expect(error != nil)
        // What came before it is there. A checksum stands at the end alone, so that text behind the damage may differ first.
        let intact = zip(ids, 0...).prefix { $0 == "r\($1)" }.count
        #expect(compression == .zstd || intact > 1000)
        let behind = read(try write(try compression.encode(Self.lines(3)) + Array("rest".utf8), as: "behind.jsonl"))
        #expect(behind.error?.code == .damaged || behind.error?.code == .truncated)
        #expect(behind.ids.count == 3)
    }

    @Test(arguments: Compression.allCases) func whatUnpacksWithoutEndMeetsTheBoundOfRecords(
        compression: Compression
    ) throws {
        let bomb = try compression.encode([UInt8](repeating: 0x61, count: 8 << 20))
        #expect(bomb.count < 1 << 17)
        let path = try write(bomb, as: "bomb.jsonl")
        #expect(read(path, maxRecordBytes: 1 << 20).error?.code == .recordTooLarge)
        let document = try write(bomb, as: "bomb.txt." + compression.ending)
        #expect(read(document, maxRecordBytes: 1 << 20).error?.code == .recordTooLarge)
        var deep = Self.lines(1)
        for _ in 0..<6 { deep = try compression.encode(deep) }
        #expect(read(try write(deep, as: "deep.jsonl")).error?.code == .unsupportedEncoding)
    }

    @Test(arguments: Compression.allCases) func documentsMayBeCompressedToo(compression: Compression) throws {
        let page = #"<html><body><div data-role="assistant">It is 2.</div></body></html>"#
        let bytes = try compression.encode(Array(page.utf8))
        for name in ["page.html", "page.html." + compression.ending] {
            var reader = try TraceReader(path: try write(bytes, as: name))
            #expect(reader.format == .html)
            #expect(try reader.nextRecord()?.turns.first?.fields.first?.text == "It is 2.")
        }
    }

    @Test(
        arguments: [
            (Array("PAR1".utf8) + (0..<60), "a Parquet file", "to_json"),
            (Array("ARROW1\u{0}\u{0}".utf8) + (0..<60), "an Arrow file", "to_json"),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, 0], "a xz file", "xz -dk"),
            (Array("BZh91AY&SY".utf8), "a bzip2 file", "bzip2 -dk"),
            (Array("PK\u{3}\u{4}".utf8) + [20, 0, 0, 0], "a zip file", "unzip"),
        ] as [([UInt8], String, String)])
    func whatIsNotReadIsNamedWithAWayOut(head: [UInt8], words: String, advice: String) throws {
        let error = read(try write(head, as: "t.jsonl")).error
        #expect(error?.code == .unsupportedEncoding)
        #expect(error?.message.contains(words) == true && error?.message.contains(advice) == true)
    }

    @Test func namesSayHowToWrite() {
        let registry = ContainerRegistry.standard
        for (name, container, inside) in [
            ("a.jsonl.gz", "gzip", "a.jsonl"), ("A.JSONL.GZ", "gzip", "A.JSONL"), ("d/a.zst", "zstd", "d/a"),
            ("a.jsonl", nil, "a.jsonl"), ("d.gz/a", nil, "d.gz/a"), (".gz", nil, ".gz"), ("gz", nil, "gz"),
        ] as [(String, String?, String)] {
            #expect(registry.container(forName: name)?.name == container, "\(name)")
            #expect(registry.nameInside(name) == inside)
        }
    }
}
