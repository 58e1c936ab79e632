import Foundation
import Safetensors
import TestSupport
import Testing

@Suite struct ChangedFileTests {
    private static let accesses = [SafetensorsFile.Access.mapped, .copied]

    private func opened(_ access: SafetensorsFile.Access, in folder: TemporaryDirectory) throws -> SafetensorsFile {
        try write(contents(Golden.path("every-dtype.safetensors")), to: folder.file("t.safetensors"))
        return try SafetensorsFile(path: folder.file("t.safetensors"), access: access)
    }

    @Test(arguments: accesses, [0, 8, 600, 1200, 4000]) func aFileCutOrExtendedIsAnError(
        _ access: SafetensorsFile.Access, size: Int
    ) throws {
        let folder = try TemporaryDirectory()
        let file = try opened(access, in: folder)
        let name = try #require(file.names.last)
        _ = try file.bytes(name)
        #expect(truncate(file.path, off_t(size)) == 0)
        let error = #expect(throws: SafetensorsError.self) { try file.bytes(name) }
        #expect(error?.problem == .changedAfterOpening)
        #expect(throws: SafetensorsError.self) { try file.forEachChunk { _ in } }
    }

    @Test(arguments: accesses) func aFileWrittenToIsAnError(_ access: SafetensorsFile.Access) throws {
        let folder = try TemporaryDirectory()
        let file = try opened(access, in: folder)
        let handle = try #require(FileHandle(forUpdatingAtPath: file.path))
        // Time stamps may be as coarse as the kernel's tick.
        usleep(20_000)
        try handle.seekToEnd()
        try handle.seek(toOffset: UInt64(file.size - 1))
        try handle.write(contentsOf: Data([0xFF]))
        try handle.close()
        #expect(throws: SafetensorsError.self) { try file.bytes(file.names[0]) }
    }

    @Test(arguments: accesses) func aFileReplacedByRenamingStaysReadable(_ access: SafetensorsFile.Access) throws {
        let folder = try TemporaryDirectory()
        let file = try opened(access, in: folder)
        let name = try #require(file.names.first)
        let before = try file.bytes(name)
        try SafetensorsWriter.write(to: file.path, tensors: [], replacing: true) { _, _ in }
        #expect(try file.bytes(name) == before)
        #expect(try SafetensorsFile(path: file.path).names.isEmpty)
        try FileManager.default.removeItem(atPath: file.path)
        #expect(try file.bytes(name) == before)
    }

    @Test(arguments: accesses, [1, 7, 100, 1 << 20]) func chunksAreTheWholeFile(
        _ access: SafetensorsFile.Access, size: Int
    ) throws {
        let file = try SafetensorsFile(path: Golden.path("names.safetensors"), access: access)
        var all: [UInt8] = []
        try file.forEachChunk(ofSize: size) { chunk in
            #expect(chunk.count <= size)
            all.append(contentsOf: chunk)
        }
        #expect(try all == contents(file.path))
    }

    @Test func oneFileServesManyThreads() async throws {
        let file = try SafetensorsFile(path: Golden.path("every-dtype.safetensors"), access: .copied)
        let expected = try file.names.map { try file.bytes($0) }
        try await withThrowingTaskGroup(of: [[UInt8]].self) { group in
            for _ in 0..<8 { group.addTask { try file.names.map { try file.bytes($0) } } }
            for try await bytes in group { #expect(bytes == expected) }
        }
    }
}
