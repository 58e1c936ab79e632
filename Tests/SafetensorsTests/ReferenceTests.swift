import Foundation
import Safetensors
import TestSupport
import Testing

/// Against files by the reference implementation, `python3 scripts/golden/golden_safetensors.py`.
@Suite struct ReferenceTests {
    static let names = ["every-dtype", "names", "shapes", "floats", "empty", "only-metadata"]

    @Test(arguments: names, [SafetensorsFile.Access.mapped, .copied])
    func reads(_ name: String, access: SafetensorsFile.Access) throws {
        let expected = try #require(try Golden.files()[name])
        let file = try SafetensorsFile(path: Golden.path(name + ".safetensors"), access: access)
        #expect(file.metadata == expected.metadata)
        #expect(Set(file.names) == Set(expected.tensors.map(\.name)))
        #expect(file.names.count == expected.tensors.count)
        for tensor in expected.tensors {
            let info = try file.info(tensor.name)
            #expect(info.dtype.rawValue == tensor.dtype)
            #expect(info.shape == tensor.shape)
            #expect(info.elementCount == tensor.shape.reduce(1, *))
            #expect(info.isAligned)
            #expect(try file.bytes(tensor.name) == tensor.bytes)
            if let bits = tensor.floatBits {
                #expect(try file.floats(tensor.name).map(\.bitPattern) == bits, "\(tensor.name)")
            } else {
                #expect(throws: SafetensorsError.self) { try file.floats(tensor.name) }
            }
        }
    }

    /// Bytes equal to the reference's are bytes that the reference reads.
    @Test(arguments: names) func writesTheSameBytes(_ name: String) throws {
        let described = try #require(try Golden.files()[name])
        let folder = try TemporaryDirectory()
        let path = folder.file("copy.safetensors")
        var bytes: [String: [UInt8]] = [:]
        for tensor in described.tensors { bytes[tensor.name] = tensor.bytes }
        try SafetensorsWriter.write(
            to: path, tensors: described.tensors.reversed().compactMap(\.declaration), metadata: described.metadata
        ) { tensor, append in try bytes[tensor.name]?.withUnsafeBytes(append) }
        #expect(try contents(path) == contents(Golden.path(name + ".safetensors")))
    }

    @Test func everyDTypeIsCovered() throws {
        let file = try SafetensorsFile(path: Golden.path("every-dtype.safetensors"))
        #expect(Set(file.tensors.map(\.dtype)) == Set(SafetensorsDType.allCases))
    }

    /// What the reference refuses is refused, what it accepts is read alike; the cases where this reader is stricter on
    /// purpose say so.
    @Test(arguments: try Golden.verdicts()) func agreesOnDamagedFiles(_ verdict: Golden.Verdict) throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("t.safetensors")
        try write(verdict.bytes, to: path)
        do throws(SafetensorsError) {
            let file = try SafetensorsFile(path: path)
            #expect(Set(file.names) == verdict.names.map(Set.init))
            #expect(!verdict.label.hasPrefix("strict"))
        } catch {
            #expect(verdict.names == nil || verdict.label.hasPrefix("strict"), "\(error)")
            #expect(error.file == path)
            #expect(error.description.hasPrefix(path + ": "))
        }
    }

    @Test func verdictsOfBothKindsExist() throws {
        let verdicts = try Golden.verdicts()
        #expect(verdicts.count { $0.names == nil } > 80)
        #expect(verdicts.count { $0.names != nil } > 8)
    }

    @Test func readsAShardedCheckpoint() throws {
        let checkpoint = try Checkpoint(folder: Golden.path("sharded"))
        #expect(checkpoint.tensorNames == ["embed.weight", "layers.0.weight", "layers.1.weight", "norm.weight"])
        #expect(checkpoint.shardNames.count == 3)
        #expect(checkpoint.statedSize == 4 * (32 + 16 + 16 + 4))
        #expect(try checkpoint.info("layers.1.weight").shape == [4, 4])
        #expect(try checkpoint.floats("norm.weight").count == 4)
        try checkpoint.verify()
    }

    @Test func writesTheSameIndex() throws {
        let source = try Checkpoint(folder: Golden.path("sharded"))
        let folder = try TemporaryDirectory()
        let declarations = try source.tensorNames.map { name in
            let info = try source.info(name)
            return TensorDeclaration(name: name, dtype: info.dtype, shape: info.shape)
        }
        let writer = try CheckpointWriter(folder: folder.path, tensors: declarations, maxShardSize: 128)
        for name in source.tensorNames {
            try source.withTensorBytes(name) { try writer.append($0, to: name) }
        }
        try writer.finish()
        #expect(writer.shardNames == source.shardNames)
        for name in writer.shardNames + ["model.safetensors.index.json"] {
            #expect(try contents(folder.file(name)) == contents(Golden.path("sharded/" + name)), "\(name)")
        }
    }
}
