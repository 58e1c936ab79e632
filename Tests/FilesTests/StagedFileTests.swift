import Foundation
import TestSupport
import Testing

@testable import Files

@Suite struct StagedFileTests {
    private func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    private func names(_ folder: TemporaryDirectory) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func code(_ body: () throws(FileError) -> Void) -> FileError.Code? {
        do throws(FileError) {
            try body()
            return nil
        } catch {
            return error.code
        }
    }

    @Test func aFileAppearsWhenItIsPublishedAndNotBefore() throws {
        let folder = try TemporaryDirectory()
        let file = try StagedFile(path: folder.file("x"), replacing: false)
        try file.write(Array("whole".utf8))
        #expect(text(folder.file("x")) == nil)
        try file.publish()
        #expect(text(folder.file("x")) == "whole")
        #expect(try names(folder) == ["x"])
    }

    @Test func aFileThatIsLetGoLeavesNothing() throws {
        let folder = try TemporaryDirectory()
        do {
            let file = try StagedFile(path: folder.file("x"), replacing: false)
            try file.write(Array("half".utf8))
            #expect(try names(folder).count == 1)
        }
        #expect(try names(folder).isEmpty)
    }

    @Test func whatIsThereIsReplacedOnlyWhenTold() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("x")
        try WholeFile.write("old".utf8, to: path, replacing: false)
        #expect(code { () throws(FileError) in try WholeFile.write("new".utf8, to: path, replacing: false) } == .exists)
        #expect(text(path) == "old")
        try WholeFile.write("new".utf8, to: path, replacing: true)
        #expect(text(path) == "new")
        #expect(try names(folder) == ["x"])
    }

    /// What came into being between the beginning and the end is left alone.
    @Test func nothingIsReplacedThatAppearedMeanwhile() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("x")
        let file = try StagedFile(path: path, replacing: false)
        try file.write(Array("late".utf8))
        try "first".write(toFile: path, atomically: false, encoding: .utf8)
        #expect(code { () throws(FileError) in try file.publish() } == .exists)
        #expect(text(path) == "first")
    }

    @Test func directoriesAndLinksThatLeadNowhereAreSeen() throws {
        let folder = try TemporaryDirectory()
        #expect(
            code { () throws(FileError) in try WholeFile.write([1], to: folder.path, replacing: true) } == .isDirectory)
        try FileManager.default.createSymbolicLink(atPath: folder.file("l"), withDestinationPath: folder.file("gone"))
        #expect(
            code { () throws(FileError) in try WholeFile.write([1], to: folder.file("l"), replacing: false) } == .exists
        )
        #expect(
            code { () throws(FileError) in try WholeFile.write([1], to: folder.file("no/x"), replacing: true) }
                == .missing)
        #expect(
            code { () throws(FileError) in try WholeFile.write([1], to: "a\u{0}b", replacing: true) } == .invalidPath)
    }

    @Test func aSecretIsForItsOwnerOnly() throws {
        let folder = try TemporaryDirectory()
        try WholeFile.write([1], to: folder.file("s"), replacing: false, mode: 0o600)
        var status = stat()
        #expect(stat(folder.file("s"), &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test func aFullDiskIsAnErrorAndLeavesNothing() throws {
        let folder = try TemporaryDirectory()
        let full = try Descriptor(opening: "/dev/full", O_WRONLY)
        let error = #expect(throws: FileError.self) { try full.write([1]) }
        #expect(error?.description == "/dev/full: cannot write: No space left on device")
        let file = try StagedFile(path: folder.file("x"), replacing: false)
        let vast = #expect(throws: FileError.self) { try file.reserve(1 << 60) }
        #expect(vast?.errno == ENOSPC || vast?.errno == EFBIG)
        #expect(text(folder.file("x")) == nil)
    }

    @Test func twoNamesForOneMomentAndThenTheCallerSaysSo() throws {
        let folder = try TemporaryDirectory()
        let (spool, output) = (folder.file("spool"), folder.file("out"))
        try WholeFile.write("bytes".utf8, to: spool, replacing: false)
        try Placement.publish(spool, as: output, replacing: false)
        #expect(text(spool) == "bytes" && text(output) == "bytes")
        // Killed here, the next run finds the output there, and asks.
        try Placement.publish(spool, as: output, replacing: false) { () throws(FileError) in true }
        #expect(
            code { () throws(FileError) in try Placement.publish(spool, as: output, replacing: false) } == .exists)
        try Placement.publish(spool, as: output, replacing: true)
        #expect(try names(folder) == ["out", "spool"])
    }

    @Test(arguments: [("x", "."), ("out", "."), ("/x", "/"), ("a/x", "a"), ("a/b/out.jsonl", "a/b"), ("", ".")])
    func folders(path: String, folder: String) {
        // Foundation's own splitting of paths traps on names of one character.
        #expect(FilePath.folder(of: path) == folder)
    }
}

@Suite struct AppendedFileTests {
    @Test func oneWriterAtATime() throws {
        let folder = try TemporaryDirectory()
        let first = try AppendedFile(path: folder.file("a"), isExclusive: true)
        try first.write([1, 2, 3])
        let error = #expect(throws: FileError.self) { try AppendedFile(path: folder.file("a"), isExclusive: true) }
        #expect(error?.code == .inUse)
        #expect(error?.description.hasSuffix("another run is writing it") == true)
    }

    @Test(arguments: [0, 1 << 20]) func whatNobodyVouchesForIsCutOff(bufferLimit: Int) throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("a")
        do {
            let file = try AppendedFile(path: path, bufferLimit: bufferLimit)
            try file.write(Array("kept,torn".utf8))
            try file.synchronize()
        }
        let again = try AppendedFile(path: path, bufferLimit: bufferLimit)
        #expect(again.size == 9)
        try again.truncate(to: 5)
        try again.write(Array("new".utf8))
        try again.flush()
        #expect(try WholeFile.read(path) == Array("kept,new".utf8))
        let error = #expect(throws: FileError.self) { try again.truncate(to: 100) }
        #expect(error?.code == .truncated)
    }
}

@Suite struct OutputTargetTests {
    @Test func everyArgumentIsJudged() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("x")
        #expect(try OutputTarget("-", force: false) == .standardOutput)
        #expect(try OutputTarget("/dev/null", force: false) == .stream(path: "/dev/null"))
        #expect(try OutputTarget(path, force: false) == .file(path: path))
        try WholeFile.write([1], to: path, replacing: false)
        #expect(throws: FileError.self) { try OutputTarget(path, force: false) }
        #expect(try OutputTarget(path, force: true) == .file(path: path))
        #expect(throws: FileError.self) { try OutputTarget(folder.path, force: true) }
    }

    @Test(arguments: ["x", "./x", "link", "hard", "sub/../x"]) func aFileThatIsReadIsNotWritten(name: String) throws {
        let folder = try TemporaryDirectory()
        let manager = FileManager.default
        try WholeFile.write([1], to: folder.file("x"), replacing: false)
        try manager.createDirectory(atPath: folder.file("sub"), withIntermediateDirectories: false)
        try manager.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: folder.file("x"))
        try manager.linkItem(atPath: folder.file("x"), toPath: folder.file("hard"))
        let error = #expect(throws: FileError.self) {
            try OutputTarget(folder.file(name), force: true, others: [folder.file("x")])
        }
        #expect(error?.code == .sameFile)
    }

    @Test func outputsThatAreGivenUpLeaveNothing() throws {
        let folder = try TemporaryDirectory()
        let output = try FileOutput(OutputTarget(folder.file("x"), force: false), replacing: false)
        try output.write(Array("some".utf8))
        output.abandon()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }
}

@Suite struct WholeFileTests {
    @Test func onlyRegularFilesAreRead() throws {
        let folder = try TemporaryDirectory()
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        func code(_ path: String, limit: Int = WholeFile.defaultLimit) -> FileError.Code? {
            do throws(FileError) {
                _ = try WholeFile.read(path, limit: limit)
                return nil
            } catch {
                return error.code
            }
        }
        // A pipe without a writer would keep an opening waiting for ever.
        #expect(code(pipe) == .notRegular)
        #expect(code("/dev/zero") == .notRegular)
        #expect(code(folder.path) == .isDirectory)
        #expect(code(folder.file("missing")) == .missing)
        try WholeFile.write([1, 2, 3], to: folder.file("x"), replacing: false)
        #expect(code(folder.file("x"), limit: 2) == .tooLarge)
        #expect(try WholeFile.read(folder.file("x"), limit: 3) == [1, 2, 3])
        #expect(try WholeFile.readIfPresent(folder.file("missing")) == nil)
    }
}

@Suite struct FileKindTests {
    @Test(arguments: [
        ("a.jsonl", FileKind.jsonLines), ("a.JSON", .json), ("b.xhtml", .html), ("b.htm", .html), ("c.md", .text),
        ("d.tar.gz", .gzip), ("e.zst", .zstd), ("model.safetensors", .safetensors), ("t.parquet", .parquet),
    ])
    func names(name: String, kind: FileKind) {
        #expect(FileKind(name: name) == kind)
        #expect(FileKind(name: "folder.xml/name") == nil)
    }

    @Test(
        arguments: [
            ([0x1F, 0x8B, 8], FileKind.gzip), ([0x28, 0xB5, 0x2F, 0xFD], .zstd), (Array("PAR1".utf8), .parquet),
            (Array("ARROW1".utf8), .arrow), (Array("SQLite format 3\u{0}".utf8), .sqlite),
            ([2, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D], .safetensors), (Array(" \n<!DOCTYPE HTML>".utf8), .html),
            ([0xEF, 0xBB, 0xBF] + Array("<html>".utf8), .html), (Array("<?xml version".utf8), .xml),
            (Array("{\"a\":1}".utf8), .json),
        ] as [([UInt8], FileKind)])
    func firstBytes(head: [UInt8], kind: FileKind) {
        #expect(FileKind(head: head) == kind)
        #expect(FileKind(head: Array("plain text".utf8)) == nil)
    }
}
