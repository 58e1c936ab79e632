import Foundation
import TestSupport
import Testing
import Traces

@testable import TraceGeneration

@Suite struct ResumptionTests {
    private func setting() throws -> Setting {
        var setting = try Setting(Stories.problems(90))
        setting.options.slots = 2
        _ = try setting.addProxy(lambda: 2)
        return setting
    }

    private func output(
        _ folder: TemporaryDirectory, _ settings: [String: String] = ["seed": "7"], force: Bool = false
    ) throws -> TraceOutput<SampleTally> {
        try TraceOutput(
            path: folder.file("t.jsonl"), force: force, inputs: [], settings: settings, empty: SampleTally())
    }

    /// Runs until so many steps are done, and expects to be interrupted.
    private func interrupt(_ setting: Setting, _ folder: TemporaryDirectory, after steps: Int) throws {
        let output = try output(folder)
        let start = setting.model.steps
        #expect {
            try setting.job.run(into: output, shouldStop: { setting.model.steps - start >= steps })
        } throws: {
            ($0 as? TraceGenerationError)?.code == .interrupted && "\($0)".contains("same command")
        }
    }

    @Test(arguments: [1, 60, 150, 500])
    func anInterruptedRunEndsWithTheSameBytes(steps: Int) throws {
        let reference = try setting().lines()
        let folder = try TemporaryDirectory()
        try interrupt(setting(), folder, after: steps)
        #expect(try folder.names() == ["t.jsonl.partial", "t.jsonl.partial.json"])
        // Interrupted once more, by a process of its own.
        try interrupt(setting(), folder, after: 70)
        let output = try output(folder)
        let tally = try setting().job.run(into: output)
        #expect(folder.bytes("t.jsonl") == reference.bytes)
        #expect(tally == reference.tally)
        #expect(try folder.names() == ["t.jsonl"])
        if steps == 500 { #expect(output.resumedUnits > 16) }
    }

    @Test func whatTheStateDoesNotVouchForIsCutOff() throws {
        let reference = try setting().lines().bytes
        let folder = try TemporaryDirectory()
        try interrupt(setting(), folder, after: 300)
        // What a process leaves that is killed between writing lines and noting them.
        let handle = try #require(FileHandle(forWritingAtPath: folder.file("t.jsonl.partial")))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(#"{"problem":"half a li"#.utf8))
        try handle.close()
        _ = try setting().job.run(into: output(folder))
        #expect(folder.bytes("t.jsonl") == reference)
    }

    @Test func anotherRunsOutputIsNotGoneOnWith() throws {
        let folder = try TemporaryDirectory()
        try interrupt(setting(), folder, after: 300)
        #expect { try output(folder, ["seed": "8"]) } throws: {
            ($0 as? TraceGenerationError)?.code == .otherRun && "\($0)".contains("seed") && "\($0)".contains("--force")
        }
        #expect { try output(folder, ["seed": "7", "top-k": "5"]) } throws: {
            ($0 as? TraceGenerationError)?.code == .otherRun && "\($0)".contains("top-k")
        }
        let before = folder.bytes("t.jsonl.partial")
        #expect(before?.isEmpty == false)
        let anew = try output(folder, ["seed": "8"], force: true)
        #expect(anew.resumedUnits == 0 && folder.bytes("t.jsonl.partial") == [])
    }

    @Test func damagedStatesAreRefused() throws {
        let folder = try TemporaryDirectory()
        try interrupt(setting(), folder, after: 300)
        let state = try #require(folder.bytes("t.jsonl.partial.json"))
        let lines = try #require(folder.bytes("t.jsonl.partial"))
        func refuses(_ code: TraceGenerationError.Code) {
            #expect { try output(folder) } throws: { ($0 as? TraceGenerationError)?.code == code }
        }
        _ = try folder.write("{}", as: "t.jsonl.partial.json")
        refuses(.damagedState)
        try FileManager.default.removeItem(atPath: folder.file("t.jsonl.partial.json"))
        refuses(.otherRun)
        try Data(state).write(to: URL(fileURLWithPath: folder.file("t.jsonl.partial.json")))
        try Data(lines.dropLast(10)).write(to: URL(fileURLWithPath: folder.file("t.jsonl.partial")))
        refuses(.damagedState)
        _ = try output(folder, force: true)
        try Data(lines).write(to: URL(fileURLWithPath: folder.file("t.jsonl.partial")))
        try Data(state).write(to: URL(fileURLWithPath: folder.file("t.jsonl.partial.json")))
        #expect(try output(folder).resumedUnits > 0)
    }

    @Test func twoRunsDoNotWriteOneFile() throws {
        let folder = try TemporaryDirectory()
        let first = try output(folder)
        #expect { try output(folder) } throws: { "\($0)".contains("another run") }
        withExtendedLifetime(first) {}
    }

    // MARK: Outputs

    @Test func nothingIsOverwrittenWithoutForce() throws {
        let folder = try TemporaryDirectory()
        let path = try folder.write("precious\n", as: "t.jsonl")
        #expect { try output(folder) } throws: {
            ($0 as? TraceGenerationError)?.code == .outputExists && "\($0)".contains("--force")
        }
        #expect(try folder.names() == ["t.jsonl"])
        let forced = try output(folder, force: true)
        try forced.commit(Array("new\n".utf8), units: 1, tally: SampleTally())
        #expect(folder.bytes("t.jsonl") == Array("precious\n".utf8))
        try forced.finish()
        #expect(folder.bytes("t.jsonl") == Array("new\n".utf8))
        for force in [false, true] {
            #expect {
                try TraceOutput<Int>(path: path, force: force, inputs: [path], settings: [:], empty: 0)
            } throws: { "\($0)".contains("different files") }
        }
    }

    /// The growing file is plain, so that it can be cut; the finished one is what its name says.
    @Test(arguments: ["t.jsonl.gz", "t.jsonl.zst"]) func aNameOfACompressedFileIsKept(name: String) throws {
        let folder = try TemporaryDirectory()
        let lines = (0..<200).map { #"{"trace":"\#($0)"}"# }
        let output = try TraceOutput<Int>(path: folder.file(name), force: false, inputs: [], settings: [:], empty: 0)
        try output.commit(Array((lines.joined(separator: "\n") + "\n").utf8), units: 1, tally: 1)
        try output.finish()
        #expect(try folder.names() == [name])
        #expect((folder.bytes(name)?.count ?? 1000) < 1000)
        var reader = try TraceReader(linesOf: folder.file(name))
        var found: [String] = []
        while let line = try reader.nextLine() { found.append(String(decoding: line.bytes, as: UTF8.self)) }
        #expect(found == lines)
    }

    @Test func whatComesIntoBeingMeanwhileIsNotOverwritten() throws {
        let folder = try TemporaryDirectory()
        let first = try output(folder)
        try first.commit(Array("new\n".utf8), units: 1, tally: SampleTally())
        _ = try folder.write("precious\n", as: "t.jsonl")
        #expect { try first.finish() } throws: { ($0 as? TraceGenerationError)?.code == .outputExists }
        #expect(folder.bytes("t.jsonl") == Array("precious\n".utf8))
        #expect(folder.bytes("t.jsonl.partial") == Array("new\n".utf8))
    }

    @Test func placesThatCannotBeWrittenAreNamed() throws {
        let folder = try TemporaryDirectory()
        _ = try folder.write("x", as: "file")
        for (path, word) in [
            (folder.file("none/t.jsonl"), "No such file"), (folder.file("file/t.jsonl"), "Not a directory"),
            (folder.path, "directory"),
        ] {
            #expect {
                try TraceOutput<Int>(path: path, force: false, inputs: [], settings: [:], empty: 0)
            } throws: { "\($0)".contains(path) && "\($0)".contains(word) }
            #expect { try TraceOutput<Int>.check(path: path, force: false, inputs: []) } throws: {
                "\($0)".contains(path)
            }
        }
        let full = try TraceOutput<Int>(path: "/dev/full", force: false, inputs: [], settings: [:], empty: 0)
        #expect(!full.isResumable)
        #expect { try full.commit([0x0A], units: 1, tally: 1) } throws: { "\($0)".contains("No space left") }
    }

    @Test func anOutputWithoutAFinishedUnitLeavesNothingIfDiscarded() throws {
        let folder = try TemporaryDirectory()
        let first = try output(folder)
        first.discardIfEmpty()
        #expect(try folder.names() == [])
        let second = try output(folder)
        try second.commit(Array("new\n".utf8), units: 1, tally: SampleTally())
        second.discardIfEmpty()
        #expect(try folder.names() == ["t.jsonl.partial", "t.jsonl.partial.json"])
    }
}
