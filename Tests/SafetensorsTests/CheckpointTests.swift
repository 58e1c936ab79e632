import Foundation
import Safetensors
import TestSupport
import Testing

@Suite struct CheckpointTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// Two shards: "a" (8 bytes) in the first, "b" (4 bytes) in the second.
    private func writeShards() throws {
        try SafetensorsWriter.write(
            to: folder.file("x-1.safetensors"), tensors: [.init(name: "a", dtype: .float32, shape: [2])]
        ) { _, append in try [Float(1), 2].withUnsafeBytes(append) }
        try SafetensorsWriter.write(
            to: folder.file("x-2.safetensors"), tensors: [.init(name: "b", dtype: .float32, shape: [])]
        ) { _, append in try [Float(3)].withUnsafeBytes(append) }
    }

    private func writeIndex(_ json: String) throws {
        try write(Array(json.utf8), to: folder.file("model.safetensors.index.json"))
    }

    private func problem(verifying: Bool = false) -> SafetensorsError? {
        do throws(SafetensorsError) {
            let checkpoint = try Checkpoint(folder: folder.path)
            if verifying { try checkpoint.verify() }
            return nil
        } catch {
            return error
        }
    }

    @Test func findsTensorsInShards() throws {
        try writeShards()
        try writeIndex(#"{"weight_map":{"b":"x-2.safetensors","a":"x-1.safetensors"},"extra":[{"x":null},-1.5e3]}"#)
        let checkpoint = try Checkpoint(folder: folder.path)
        #expect(checkpoint.tensorNames == ["a", "b"])
        #expect(checkpoint.statedSize == nil)
        #expect(try checkpoint.floats("a") == [1, 2])
        #expect(try checkpoint.info("b").shape == [])
        #expect(try checkpoint.shard(holding: "b") === checkpoint.shard(holding: "b"))
        try checkpoint.verify()
        let error = #expect(throws: SafetensorsError.self) { try checkpoint.floats("c") }
        #expect(error?.problem == .noSuchTensor)
        #expect(error?.tensor == "c")
        #expect(!checkpoint.contains("c"))
    }

    @Test func shardsAreOpenedWhenNeeded() throws {
        try writeShards()
        try write([1, 2, 3], to: folder.file("x-2.safetensors"))
        try writeIndex(#"{"weight_map":{"b":"x-2.safetensors","a":"x-1.safetensors"}}"#)
        let checkpoint = try Checkpoint(folder: folder.path)
        #expect(try checkpoint.floats("a") == [1, 2])
        #expect(throws: SafetensorsError.self) { try checkpoint.floats("b") }
    }

    @Test(
        arguments: [
            "../x-1.safetensors", "/etc/x.safetensors", "sub/x.safetensors", "..", ".", "", ".safetensors",
            "x-1.bin", "..\\x.safetensors", "x\u{0}.safetensors", "x\n.safetensors", "../../../../etc/passwd",
        ]) func shardNamesThatLeaveTheFolderAreRefused(_ name: String) throws
    {
        try writeShards()
        let escaped = name.replacing("\\", with: "\\\\").replacing("\u{0}", with: "\\u0000").replacing(
            "\n", with: "\\n")
        try writeIndex(#"{"weight_map":{"a":"\#(escaped)"}}"#)
        #expect(problem()?.problem == .unsafeShardName(name))
        #expect(problem()?.tensor == "a")
    }

    @Test(
        arguments: [
            "", "{}", "[]", #"{"weight_map":{}}"#, #"{"weight_map":[]}"#, #"{"weight_map":{"a":1}}"#,
            #"{"weight_map":{"a":"x-1.safetensors","a":"x-1.safetensors"}}"#,
            #"{"weight_map":{"a":"x-1.safetensors"},"weight_map":{}}"#, #"{"weight_map":{"a":"x-1.safetensors"}"#,
            #"{"weight_map":{"a":"x-1.safetensors"}} x"#,
            #"{"weight_map":{"a":"x-1.safetensors"},"metadata":{"total_size":-1}}"#,
            #"{"weight_map":{"a":"x-1.safetensors"},"metadata":{"total_size":1.5}}"#,
            #"{"weight_map":{"a":"x-1.safetensors"},"metadata":{"total_size":"8"}}"#,
            #"{"weight_map":{"a":"x-1.safetensors"},"metadata":{"total_size":1e300}}"#,
        ]) func malformedIndexesAreRefused(_ json: String) throws
    {
        try writeShards()
        try writeIndex(json)
        #expect(problem()?.file.hasSuffix("model.safetensors.index.json") == true, "\(String(describing: problem()))")
    }

    @Test func deepNestingIsRefused() throws {
        try writeShards()
        try writeIndex(#"{"weight_map":{"a":"x-1.safetensors"},"deep":"# + String(repeating: "[", count: 100_000))
        guard case .malformedJSON(_, "nested too deeply") = problem()?.problem else {
            Issue.record("\(String(describing: problem()))")
            return
        }
    }

    @Test func aMissingShardIsKnownAtOnce() throws {
        try writeShards()
        try writeIndex(#"{"weight_map":{"a":"x-1.safetensors","b":"x-3.safetensors"}}"#)
        #expect(problem()?.file == folder.file("x-3.safetensors"))
        #expect(problem()?.problem == .system(operation: "open", code: ENOENT))
    }

    @Test func aTensorThatIsNotInItsShardIsAnError() throws {
        try writeShards()
        try writeIndex(#"{"weight_map":{"a":"x-1.safetensors","b":"x-1.safetensors"}}"#)
        let error = problem(verifying: true)
        #expect(error?.problem == .missingFromShard)
        #expect(error?.tensor == "b")
        #expect(error?.file == folder.file("x-1.safetensors"))
    }

    @Test(arguments: [("12", true), ("12.0", true), ("1.2e1", true), ("13", false), ("0", false)])
    func theTotalSizeIsChecked(_ size: String, _ isRight: Bool) throws {
        try writeShards()
        try writeIndex(
            #"{"metadata":{"total_size":\#(size)},"weight_map":{"a":"x-1.safetensors","b":"x-2.safetensors"}}"#)
        let error = problem(verifying: true)
        #expect((error == nil) == isRight)
        if !isRight { #expect(error?.problem == .totalSizeMismatch(index: Int(size) ?? -1, actual: 12)) }
    }

    @Test func anEmptyFolderSaysWhatItLacks() {
        #expect(
            problem()?.problem == .noCheckpoint(looked: ["model.safetensors", "model.safetensors.index.json"]))
    }

    @Test func writesOneFileWhereItFits() throws {
        let writer = try CheckpointWriter(
            folder: folder.path, baseName: "adapter_model", tensors: [.init(name: "a", dtype: .int8, shape: [2])])
        try writer.append([Int8(1), 2], to: "a")
        try writer.finish()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["adapter_model.safetensors"])
        let checkpoint = try Checkpoint(folder: folder.path, baseName: "adapter_model")
        #expect(try checkpoint.shard(holding: "a").metadata == ["format": "pt"])
        try checkpoint.verify()
    }

    private func writeModel(_ sizes: [Int], maxShardSize: Int, replacing: Bool = false) throws -> [String] {
        let tensors = sizes.enumerated().map { i, size in
            TensorDeclaration(name: "t\(i)", dtype: .uint8, shape: [size])
        }
        let writer = try CheckpointWriter(
            folder: folder.path, tensors: tensors, maxShardSize: maxShardSize, replacing: replacing)
        for (tensor, size) in zip(tensors, sizes) {
            try writer.append([UInt8](repeating: UInt8(size), count: size), to: tensor.name)
        }
        try writer.finish()
        return writer.shardNames
    }

    @Test func dealsTensorsToShards() throws {
        #expect(try writeModel([6, 4, 1, 30, 0, 9], maxShardSize: 10).count == 4)
        let checkpoint = try Checkpoint(folder: folder.path)
        #expect(checkpoint.shardNames.first == "model-00001-of-00004.safetensors")
        #expect(checkpoint.statedSize == 50)
        #expect(try checkpoint.shard(holding: "t0") === checkpoint.shard(holding: "t1"))
        #expect(try checkpoint.shard(holding: "t1") !== checkpoint.shard(holding: "t2"))
        #expect(try checkpoint.withTensorBytes("t3", Array.init) == [UInt8](repeating: 30, count: 30))
        try checkpoint.verify()
    }

    @Test func replacesACheckpointByOneOfAnotherForm() throws {
        _ = try writeModel([8, 8], maxShardSize: 8)
        #expect(throws: SafetensorsError.self) { try writeModel([5], maxShardSize: 8) }
        #expect(try writeModel([5], maxShardSize: 8, replacing: true) == ["model.safetensors"])
        #expect(try Checkpoint(folder: folder.path).info("t0").shape == [5])
        #expect(throws: SafetensorsError.self) { try writeModel([8, 8], maxShardSize: 8) }
        _ = try writeModel([7, 7, 7], maxShardSize: 7, replacing: true)
        let checkpoint = try Checkpoint(folder: folder.path)
        #expect(checkpoint.tensorNames == ["t0", "t1", "t2"])
        try checkpoint.verify()
    }

    @Test func anUnfinishedCheckpointLeavesNothing() throws {
        do {
            let writer = try CheckpointWriter(
                folder: folder.path,
                tensors: [
                    .init(name: "a", dtype: .uint8, shape: [4]), .init(name: "b", dtype: .uint8, shape: [4]),
                ], maxShardSize: 4)
            try writer.append([UInt8](repeating: 1, count: 4), to: "a")
            #expect(throws: SafetensorsError.self) { try writer.finish() }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test(arguments: [[-1], [.max, .max]]) func anImpossibleShapeIsRefused(_ shape: [Int]) {
        let error = #expect(throws: SafetensorsError.self) {
            try CheckpointWriter(folder: folder.path, tensors: [.init(name: "a", dtype: .uint8, shape: shape)])
        }
        #expect(error?.tensor == "a")
    }

    @Test func aNameInTwoShardsIsRefused() {
        let twice = [TensorDeclaration](repeating: .init(name: "a", dtype: .uint8, shape: [4]), count: 2)
        #expect(throws: SafetensorsError.self) {
            try CheckpointWriter(folder: folder.path, tensors: twice, maxShardSize: 4)
        }
    }
}
