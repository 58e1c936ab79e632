import Foundation
import TestSupport
import Testing

@testable import GGUF

/// Files that lie. Each is refused with a reason; none is believed first.
@Suite struct HostileFileTests {
    private let folder: TemporaryDirectory
    private var path: String { folder.file("x.gguf") }

    init() throws { folder = try TemporaryDirectory() }

    private func problem(_ written: WrittenFile) throws -> GGUFError.Problem? {
        try written.write(to: path)
        do throws(GGUFError) {
            _ = try GGUFFile(path: path)
            return nil
        } catch {
            return error.problem
        }
    }

    private func problem(_ change: (inout WrittenFile) -> Void) throws -> GGUFError.Problem? {
        var written = WrittenFile()
        change(&written)
        return try problem(written)
    }

    @Test func whatIsRightPasses() throws {
        #expect(try problem(WrittenFile()) == nil)
    }

    @Test func beginnings() throws {
        #expect(try problem { $0.magic = Array("GGML".utf8) } == .notGGUF)
        #expect(try problem { $0.version = 4 } == .unsupportedVersion(4))
        #expect(try problem { $0.version = 0 } == .unsupportedVersion(0))
        #expect(try problem { $0.version = UInt32(3).byteSwapped } == .bigEndian)
        #expect(try problem { $0.tensorCount = 1 << 60 } == .countBeyondEnd(1 << 60))
        #expect(try problem { $0.pairCount = .max } == .countBeyondEnd(.max))
    }

    @Test func values() throws {
        let huge = WrittenFile.little(UInt64.max)
        #expect(try problem { $0.add("k", type: 8, huge) } == .countBeyondEnd(.max))
        #expect(try problem { $0.add("k", type: 9, WrittenFile.little(UInt32(0)) + huge) } == .countBeyondEnd(.max))
        #expect(try problem { $0.add("k", type: 13, []) } == .unknownValueType(13))
        #expect(try problem { $0.add("k", type: 7, [2]) } == .notABool(2))
        #expect(try problem { $0.add("", type: 7, [1]) } == .invalidName)
        #expect(try problem { $0.pairs.append(([0xFF], WrittenFile.little(UInt32(7)) + [1])) } == .invalidName)
        let twice = try problem {
            $0.add("k", type: 7, [1])
            $0.add("k", type: 7, [0])
        }
        #expect(twice == .duplicate)
        var nested = WrittenFile.little(UInt32(7)) + WrittenFile.little(UInt64(0))
        for _ in 0..<100_000 { nested = WrittenFile.little(UInt32(9)) + WrittenFile.little(UInt64(1)) + nested }
        #expect(try problem { $0.add("k", type: 9, nested) } == .nestedTooDeeply)
        for alignment: UInt32 in [0, 3, 48, 1 << 21] {
            let found = try problem { $0.add("general.alignment", type: 4, WrittenFile.little(alignment)) }
            #expect(found == .invalidAlignment(Int(alignment)))
        }
    }

    @Test func tensors() throws {
        #expect(try problem { $0.tensors[0].type = 16 } == .unsupportedType("IQ2_XXS"))
        #expect(try problem { $0.tensors[0].type = 999 } == .unsupportedType("999"))
        #expect(try problem { $0.tensors[0].sizes = [1, 1, 1, 1, 1] } == .tooManyDimensions(5))
        #expect(try problem { $0.tensors[0].sizes = [1 << 40, 1 << 40] } == .shapeOverflow)
        #expect(try problem { $0.tensors[0].sizes = [.max] } == .shapeOverflow)
        #expect(try problem { $0.tensors[0].sizes = [1 << 61] } == .shapeOverflow)
        #expect(try problem { $0.tensors[0] = .init(sizes: [33], type: 2) } == .unevenRow(elements: 33, block: 32))
        #expect(try problem { $0.tensors[0].offset = 8 } == .unaligned(offset: 8))
        let beyond = try problem { $0.tensors[0].offset = 32 }
        guard case .dataBeyondEnd = beyond else {
            Issue.record("\(String(describing: beyond))")
            return
        }
        guard case .dataBeyondEnd = try problem({ $0.tensors[0].offset = .max - 31 }) else {
            Issue.record("an offset near the end of all numbers")
            return
        }
        #expect(try problem { $0.tensors = [.init(name: "a"), .init(name: "b")] } == .overlap(with: "a"))
        let twice = try problem {
            $0.tensors = [.init(name: "a"), .init(name: "a", offset: 32)]
            $0.data = [UInt8](repeating: 0, count: 64)
        }
        #expect(twice == .duplicate)
    }

    /// Cut anywhere, a file is refused or, where only padding is lost, read.
    @Test func cutsAreFound() throws {
        var written = WrittenFile()
        written.add("general.name", type: 8, written.string(Array("name".utf8)))
        let bytes = written.bytes
        for count in 0..<bytes.count {
            try Data(bytes[..<count]).write(to: URL(fileURLWithPath: path))
            #expect(throws: GGUFError.self, "\(count) of \(bytes.count) bytes") { try GGUFFile(path: path) }
        }
    }

    /// Whatever bytes are changed, nothing but an error comes of it.
    @Test func changedBytesNeverTrap() throws {
        let original = [UInt8](
            try Data(contentsOf: URL(fileURLWithPath: Repository.path("fixtures/golden/gguf/types.gguf"))))
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix64(seed: seed)
        for round in 0..<300 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                bytes[Int.random(in: 0..<1800, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            do throws(GGUFError) {
                let file = try GGUFFile(path: path)
                for tensor in file.tensors { _ = try file.floats(tensor.name) }
            } catch {
                #expect(!error.description.isEmpty, "seed \(seed), round \(round)")
            }
        }
    }

    @Test func aFileThatChangesIsFound() throws {
        try WrittenFile().write(to: path)
        let file = try GGUFFile(path: path)
        let handle = try #require(FileHandle(forWritingAtPath: path))
        try handle.truncate(atOffset: 8)
        #expect(throws: GGUFError(path, .changedAfterOpening)) { try file.floats("t") }
    }

    @Test func whatIsNoFileIsRefused() throws {
        #expect(throws: GGUFError.self) { try GGUFFile(path: folder.path) }
        #expect(throws: GGUFError.self) { try GGUFFile(path: folder.file("missing")) }
        mkfifo(folder.file("pipe"), 0o600)
        #expect(throws: GGUFError.self) { try GGUFFile(path: folder.file("pipe")) }
    }
}
