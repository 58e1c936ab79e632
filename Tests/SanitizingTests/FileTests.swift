import Files
import Foundation
import TestSupport
import Testing

@testable import Sanitizing

@Suite struct FileTests {
    private func options(_ folder: TemporaryDirectory, _ input: String, _ output: String, ledger: String? = nil)
        -> SanitizeOptions
    {
        var options = SanitizeOptions(
            input: folder.file(input), output: folder.file(output), ledger: ledger.map(folder.file), force: true)
        options.protectedFiles = [folder.file("keys.json")]
        return options
    }

    @Test(
        arguments: [
            ("in.jsonl", "in.jsonl", nil), ("in.jsonl", "./in.jsonl", nil), ("in.jsonl", "link.jsonl", nil),
            ("in.jsonl", "hard.jsonl", nil), ("in.jsonl", "keys.json", nil), ("in.jsonl", "out.jsonl", "in.jsonl"),
            ("in.jsonl", "out.jsonl", "out.jsonl"), ("out.jsonl.partial", "out.jsonl", "job.sqlite"),
            ("in.jsonl", "out.jsonl", "keys.json"), ("in.jsonl", "out.jsonl", "out.jsonl.partial"),
            ("job.sqlite-wal", "out.jsonl", "job.sqlite"), ("new.jsonl", "sub/../new.jsonl", nil),
        ] as [(String, String, String?)])
    func filesOfAJobMustDiffer(input: String, output: String, ledger: String?) throws {
        let folder = try TemporaryDirectory()
        for name in ["in.jsonl", "keys.json", "out.jsonl.partial", "job.sqlite-wal"] {
            try name.write(toFile: folder.file(name), atomically: true, encoding: .utf8)
        }
        let manager = FileManager.default
        try manager.createSymbolicLink(atPath: folder.file("link.jsonl"), withDestinationPath: folder.file("in.jsonl"))
        try manager.linkItem(atPath: folder.file("in.jsonl"), toPath: folder.file("hard.jsonl"))
        #expect(throws: SanitizeError.self) { try JobFiles.check(options(folder, input, output, ledger: ledger)) }
    }

    @Test func distinctFilesAndDevicesAreFine() throws {
        let folder = try TemporaryDirectory()
        try JobFiles.check(options(folder, "in.jsonl", "out.jsonl", ledger: "job.sqlite"))
        try JobFiles.check(SanitizeOptions(input: "-", output: "-"))
        try JobFiles.check(SanitizeOptions(input: "/dev/null", output: "/dev/null"))
    }

    @Test func aSpoolInUseIsRefused() throws {
        let folder = try TemporaryDirectory()
        let first = try AppendedFile(path: folder.file("spool"), isExclusive: true)
        try first.write(Array("kept".utf8))
        #expect {
            try SanitizeError.writing { () throws(FileError) in
                _ = try AppendedFile(path: folder.file("spool"), isExclusive: true)
            }
        } throws: {
            "\($0)".contains("another run")
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("spool"))) == Data("kept".utf8))
    }

    @Test func byteOrderMarkAndLineEndingsSurvive() async throws {
        let lines = TestTraces.lines(12)
        let fixture = try JobFixture(lines: lines)
        let text = "\u{FEFF}" + lines.joined(separator: "\r\n")
        try Data(text.utf8).write(to: URL(fileURLWithPath: fixture.input))
        _ = try await RewritingServer().serve { try await fixture.run($0, .init(ledger: nil)) }
        let plain = try fixture.bytes("out.jsonl")
        #expect(plain.starts(with: [0xEF, 0xBB, 0xBF]))
        #expect(plain.count { $0 == 0x0D } == 11)
        #expect(plain.last == UInt8(ascii: "}"), "no terminator is added to the last line")
        // The same when records finish in another order and the output is put together at the end.
        _ = try await RewritingServer { record, number in
            number == 0 && record == 0 ? .chat("").delayed(.milliseconds(50)) : nil
        }.serve { try await fixture.run($0, .init(output: "ledger.jsonl")) }
        #expect(try fixture.bytes("ledger.jsonl") == plain)
    }
}
