import Compression
import Foundation
import TestSupport
import Testing
import Traces

/// A container that only this test knows: records with a bell before each, which a program of its own might write.
private struct BellContainer: InputContainer {
    var name: String { "bell" }
    var words: String { "a file of bells" }
    var endings: [String] { ["bell"] }
    var role: ContainerRole { .records }

    func recognises(_ head: [UInt8]) -> Bool { head.first == 0x07 }

    func open(_ input: ByteInput, maxRecordBytes: Int) throws(TraceError) -> ContainerContent {
        var bytes = [UInt8](repeating: 0, count: maxRecordBytes)
        var count = 0
        while true {
            let room = count
            let read = try bytes.withUnsafeMutableBufferPointer { buffer throws(TraceError) in
                try input.read(
                    into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[room...]))
            }
            if read == 0 { break }
            count += read
        }
        return .records(Bells(rest: bytes[..<count].split(separator: 0x07)[...]))
    }

    func encoder() -> (any StreamEncoder)? { nil }

    private struct Bells: RecordBatches {
        var rest: ArraySlice<ArraySlice<UInt8>>
        var number = 0
        var framing: RecordFraming { RecordFraming(opening: [0x07], separator: [0x07]) }

        mutating func nextBatch(maxBytes: Int, maxLines: Int) throws(TraceError) -> LineBatch? {
            guard let record = rest.popFirst() else { return nil }
            number += 1
            var batch = LineBatch()
            batch.bytes = Array(record)
            batch.lines = [0..<record.count]
            batch.items = [0..<record.count]
            batch.lineNumbers = [number]
            batch.columns = [1]
            batch.endings = [.none]
            return batch
        }
    }
}

/// Bytes with one bit turned, in the place of a compression.
private struct TurnedContainer: InputContainer {
    var name: String { "turned" }
    var words: String { "a turned file" }
    var endings: [String] { ["turned"] }
    var role: ContainerRole { .bytes }

    func recognises(_ head: [UInt8]) -> Bool { head.first == UInt8(ascii: "{") ^ 0x80 }

    func open(_ input: ByteInput, maxRecordBytes: Int) throws(TraceError) -> ContainerContent { .bytes(Turner(input)) }

    func encoder() -> (any StreamEncoder)? { nil }

    private final class Turner: ByteReader {
        let input: ByteInput
        var isReadable: Bool { input.isReadable }

        init(_ input: ByteInput) { self.input = input }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws(TraceError) -> Int {
            let count = try input.read(into: buffer)
            for index in 0..<count { buffer[index] ^= 0x80 }
            return count
        }
    }
}

@Suite struct ToyContainerTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func ids(_ bytes: [UInt8], _ registry: ContainerRegistry) throws -> [String?] {
        let path = folder.file("in")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        var reader = try TraceReader(path: path, containers: registry)
        var ids: [String?] = []
        while let record = try reader.nextRecord() { ids.append(record.id) }
        return ids
    }

    private static let records = (0..<3).map { #"{"id":"r\#($0)","trace":"Then we add \#($0)."}"# }

    @Test func aContainerFromOutsideIsReadWhereItIsRegistered() throws {
        let bytes: [UInt8] = Self.records.flatMap { (record: String) -> [UInt8] in [0x07] + Array(record.utf8) }
        let registry = ContainerRegistry.standard.adding(BellContainer())
        #expect(try ids(bytes, registry) == ["r0", "r1", "r2"])
        #expect(throws: TraceError.self) { try ids(bytes, .standard) }
        #expect(registry.container(forName: "a.jsonl.bell")?.name == "bell")
        #expect(registry.nameInside("a.jsonl.turned") == "a.jsonl.turned")
    }

    @Test func bytesFromOutsideMayHoldAnyOtherContainer() throws {
        let registry = ContainerRegistry.standard.adding(TurnedContainer())
        let lines = Self.records.joined(separator: "\n")
        #expect(try ids(lines.utf8.map { $0 ^ 0x80 }, registry) == ["r0", "r1", "r2"])
        #expect(registry.nameInside("page.html.turned") == "page.html")
    }
}
