import Files
import Foundation
import TestSupport
import Testing

@testable import Safetensors

@Suite struct WriterTests {
    private let folder: TemporaryDirectory
    private var path: String { folder.file("out.safetensors") }

    init() throws {
        folder = try TemporaryDirectory()
    }

    private static let pair = [
        TensorDeclaration(name: "small", dtype: .int8, shape: [3]),
        TensorDeclaration(name: "wide", dtype: .float32, shape: [2]),
    ]

    /// Everything in the folder, hidden files too.
    private func entries() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func takesPiecesInAnyOrder() throws {
        let writer = try SafetensorsWriter(path: path, tensors: Self.pair, metadata: ["b": "2", "a": "1"])
        #expect(writer.tensors.map(\.name) == ["wide", "small"])
        try writer.append([Int8(-1), 0], to: "small")
        try writer.append([Float(0.5)], to: "wide")
        try writer.append([Int8(1)], to: "small")
        try writer.append([Float(-2)], to: "wide")
        #expect(try entries().filter { !$0.hasPrefix(".") }.isEmpty)
        try writer.finish()
        #expect(try entries() == ["out.safetensors"])
        let file = try SafetensorsFile(path: path)
        #expect(file.metadata == ["a": "1", "b": "2"])
        #expect(file.tensors == writer.tensors)
        #expect(try file.floats("wide") == [0.5, -2])
        #expect(try file.bytes("small") == [0xFF, 0, 1])
        let header = try #require(String(validating: contents(path)[8..<48], as: UTF8.self))
        #expect(header.hasPrefix(#"{"__metadata__":{"a":"1","b":"2"},"wide""#))
    }

    @Test func tensorsAreAligned() throws {
        let declarations = SafetensorsDType.allCases.enumerated().map { i, dtype in
            TensorDeclaration(name: "t\(i)", dtype: dtype, shape: [3])
        }
        let writer = try SafetensorsWriter(path: path, tensors: declarations)
        #expect(writer.tensors.filter { !$0.isAligned }.isEmpty)
    }

    @Test func aMissingByteLeavesNothing() throws {
        do {
            let writer = try SafetensorsWriter(path: path, tensors: Self.pair)
            try writer.append([Int8(1), 2, 3], to: "small")
            try writer.append([UInt8](repeating: 0, count: 7), to: "wide")
            let error = #expect(throws: SafetensorsError.self) { try writer.finish() }
            #expect(error?.problem == .incomplete(declared: 8, written: 7))
            #expect(error?.tensor == "wide")
        }
        #expect(try entries().isEmpty)
    }

    @Test func anErrorOfTheContentsLeavesNothing() throws {
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try SafetensorsWriter.write(to: path, tensors: Self.pair) { _, _ in throw Stop() }
        }
        #expect(try entries().isEmpty)
    }

    @Test func refusesWrongPieces() throws {
        let writer = try SafetensorsWriter(path: path, tensors: Self.pair)
        try writer.append([Int8(1)], to: "small")
        #expect(throws: SafetensorsError.self) { try writer.append([Int8(1), 2, 3], to: "small") }
        #expect(throws: SafetensorsError.self) { try writer.append([Int8(1)], to: "other") }
        try writer.append([Int8(1), 2], to: "small")
        try writer.append([Float(1), 2], to: "wide")
        try writer.finish()
        #expect(throws: SafetensorsError.self) { try writer.append([Int8](), to: "small") }
        #expect(throws: SafetensorsError.self) { try writer.finish() }
    }

    @Test func refusesWrongDeclarations() {
        func problem(_ declarations: TensorDeclaration...) -> SafetensorsError.Problem? {
            do {
                _ = try SafetensorsWriter(path: path, tensors: declarations)
                return nil
            } catch {
                return error.problem
            }
        }
        let a = TensorDeclaration(name: "a", dtype: .int8, shape: [1])
        #expect(problem(a, a) == .declaredTwice)
        #expect(problem(TensorDeclaration(name: "__metadata__", dtype: .int8, shape: [])) == .reservedName)
        #expect(problem(TensorDeclaration(name: "a", dtype: .int8, shape: [-1])) == .negativeDimension(-1))
        #expect(
            problem(TensorDeclaration(name: "a", dtype: .int64, shape: [.max, 2])) == .shapeOverflow([.max, 2]))
        let huge = TensorDeclaration(name: "h", dtype: .int8, shape: [.max - 10])
        #expect(problem(huge, TensorDeclaration(name: "z", dtype: .uint8, shape: [100])) == .tooManyBytesAltogether)
        #expect(
            problem(TensorDeclaration(name: "a", dtype: .int8, shape: .init(repeating: 1, count: 65)))
                == .tooManyDimensions(64))
    }

    @Test func anExistingFileIsKeptUnlessReplacingIsAskedFor() throws {
        try write([1, 2, 3], to: path)
        let error = #expect(throws: SafetensorsError.self) { try SafetensorsWriter(path: path, tensors: []) }
        #expect(error?.problem == .alreadyExists)
        #expect(try contents(path) == [1, 2, 3])
        try SafetensorsWriter(path: path, tensors: [], replacing: true).finish()
        #expect(try SafetensorsFile(path: path).names.isEmpty)
        #expect(try entries() == ["out.safetensors"])
    }

    @Test func aFileThatAppearsMeanwhileIsKept() throws {
        do {
            let writer = try SafetensorsWriter(path: path, tensors: [])
            try write([1, 2, 3], to: path)
            let error = #expect(throws: SafetensorsError.self) { try writer.finish() }
            #expect(error?.problem == .alreadyExists)
        }
        #expect(try contents(path) == [1, 2, 3])
        #expect(try entries() == ["out.safetensors"])
    }

    @Test(arguments: [true, false]) func aFolderInTheWayIsAnError(_ replacing: Bool) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(throws: SafetensorsError.self) {
            try SafetensorsWriter(path: path, tensors: [], replacing: replacing)
        }
        #expect(throws: SafetensorsError.self) {
            try SafetensorsWriter(path: folder.file("nowhere/x.safetensors"), tensors: [])
        }
    }

    /// 2^60 bytes exceed every disk: known before the first tensor is written.
    @Test func aDiskTooSmallIsKnownAtOnce() throws {
        let vast = TensorDeclaration(name: "vast", dtype: .uint8, shape: [1 << 60])
        let error = #expect(throws: SafetensorsError.self) { try SafetensorsWriter(path: path, tensors: [vast]) }
        guard case .system(_, let code) = error?.problem else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(code == ENOSPC || code == EFBIG)
        #expect(try entries().isEmpty)
    }

    #if os(Linux)
        @Test func aFullDiskIsAnErrorWhileWriting() throws {
            let full = try Descriptor(opening: "/dev/full", O_WRONLY)
            let error = #expect(throws: FileError.self) {
                try [UInt8(1)].withUnsafeBytes { try full.write($0, at: 0) }
            }
            let problem = try SafetensorsError(#require(error))
            #expect(problem.problem == .system(operation: "write", code: ENOSPC))
            #expect(problem.description == "/dev/full: cannot write: No space left on device")
        }
    #endif
}
