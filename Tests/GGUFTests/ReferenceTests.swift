import Foundation
import Safetensors
import TestSupport
import Testing

@testable import GGUF

/// The file that `python3 scripts/golden/golden_gguf.py` writes, against what the gguf package makes of it.
@Suite struct ReferenceTests {
    private let path = Repository.path("fixtures/golden/gguf/types.gguf")
    private let expected = Repository.path("fixtures/golden/gguf/types.safetensors")

    @Test(arguments: GGUFTensorType.allCases)
    func elementsAreTheSameBits(type: GGUFTensorType) throws {
        let file = try GGUFFile(path: path)
        let tensor = try #require(file.tensor(type.name))
        #expect(tensor.type == type && tensor.shape == [2, 256] && tensor.elementCount == 512)
        let reference = try SafetensorsFile(path: expected).floats(type.name)
        #expect(try file.floats(type.name).map(\.bitPattern) == reference.map(\.bitPattern))
        #expect(Set(reference).count > 50)
    }

    @Test func rowsAreReadAlone() throws {
        let file = try GGUFFile(path: path)
        for type in GGUFTensorType.allCases {
            let all = try file.floats(type.name)
            #expect(try file.floats(type.name, rows: 1..<2) == Array(all[256...]))
            #expect(try file.floats(type.name, rows: 1..<1).isEmpty)
        }
        #expect(throws: GGUFError(path, at: "F32", .noSuchRows(1..<3, of: 2))) {
            try file.floats("F32", rows: 1..<3)
        }
        #expect(throws: GGUFError(path, at: "none", .noSuchTensor)) { try file.floats("none") }
    }

    @Test func otherShapes() throws {
        let file = try GGUFFile(path: path)
        let reference = try SafetensorsFile(path: expected)
        for name in ["vector", "cube"] {
            #expect(try file.floats(name) == reference.floats(name))
            #expect(try file.tensor(name)?.shape == reference.info(name).shape)
        }
    }

    @Test func metadata() throws {
        let file = try GGUFFile(path: path)
        let integers = [
            "uint8": 200, "int8": -100, "uint16": 60_000, "int16": -30_000, "uint32": 4_000_000_000,
            "int32": -2_000_000_000, "int64": -(1 << 62),
        ]
        for (name, value) in integers { #expect(file["a." + name] == .integer(value), "\(name)") }
        #expect(file["a.uint64"] == .large(.max))
        #expect(file["a.float32"] == .float(1e-5) && file["a.float32"]?.number == 1e-5)
        #expect(file["a.float64"] == .double(0.1))
        #expect(file["a.bool"]?.bool == true)
        #expect(file["a.string"]?.text == "Grüße\n")
        #expect(file["list.strings"]?.strings?.map { String(decoding: $0, as: UTF8.self) } == ["a", "", "ü"])
        #expect(file["list.integers"]?.integers == [1, -2, 3])
        #expect(file["list.floats"]?.floats == [0.5, -1.25])
        #expect(file["list.bools"] == .list([.bool(true), .bool(false)]))
        #expect(file["nothing"] == nil)
        #expect(file.keys.first == "general.architecture" && file.version == 3)
    }
}

/// The versions of the format.
@Suite struct VersionTests {
    @Test(arguments: [1, 2, 3] as [UInt32])
    func isRead(version: UInt32) throws {
        let folder = try TemporaryDirectory()
        var written = WrittenFile(version: version)
        written.add("a.text", type: 8, written.string(Array("ab".utf8)))
        written.add(
            "a.list", type: 9,
            WrittenFile.little(UInt32(8)) + written.count(2) + written.string([65]) + written.string([]))
        written.tensors = [
            .init(name: "x", sizes: [2, 2]), .init(name: "y", sizes: [], type: 30, offset: 32),
            .init(name: "z", sizes: [0, 3], offset: 64),
        ]
        written.data = [Float(1), 2, 3, -0.5].flatMap { WrittenFile.little($0.bitPattern) }
        written.data += [UInt8](repeating: 0, count: 16) + [0x80, 0x3F] + [UInt8](repeating: 0, count: 30)
        try written.write(to: folder.file("x.gguf"))
        let file = try GGUFFile(path: folder.file("x.gguf"))
        #expect(file.version == Int(version) && file["a.text"]?.text == "ab")
        #expect(file["a.list"] == .strings([[65], []]))
        #expect(try file.floats("x") == [1, 2, 3, -0.5] && file.floats("x", rows: 1..<2) == [3, -0.5])
        #expect(try file.floats("y") == [1] && file.floats("z") == [])
    }
}
