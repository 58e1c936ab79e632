import Files
import Foundation

/// Writes a model's tensors into a folder, as one file or as shards with an index (Hugging Face's layout).
///
/// Tensors are dealt to the shards in the order of their declaration, a new shard beginning where the next tensor
/// would exceed the limit; a tensor above the limit gets a shard of its own. Nothing appears before everything is on
/// the disk, and the index appears last.
public final class CheckpointWriter {
    /// The files that will be written, without the index.
    public let shardNames: [String]

    private let folder: String
    private let baseName: String
    private let replacing: Bool
    private let writers: [SafetensorsWriter]
    private let shardOfTensor: [String: Int]
    private let totalSize: Int

    /// Begins a checkpoint.
    /// - Parameters:
    ///   - folder: where it goes; must exist.
    ///   - baseName: `model`, or `adapter_model` for adapters in PEFT's layout.
    ///   - tensors: what it holds.
    ///   - metadata: each file's string map; transformers insists on the default.
    ///   - maxShardSize: bytes of tensors per file; 5 GB like transformers.
    ///   - replacing: whether a checkpoint that is there already gives way; otherwise it is an error. Shards of the old
    ///     one whose names the new one does not use stay.
    /// - Throws: ``SafetensorsError`` for names that occur twice, a folder that is in the way, or a full disk.
    public init(
        folder: String, baseName: String = "model", tensors: [TensorDeclaration],
        metadata: [String: String] = ["format": "pt"], maxShardSize: Int = 5_000_000_000, replacing: Bool = false
    ) throws(SafetensorsError) {
        let groups = try Self.deal(tensors, maxShardSize: maxShardSize, folder: folder)
        var names = [baseName + ".safetensors"]
        if groups.count > 1 {
            names = groups.indices.map { i in
                baseName + "-" + Self.fiveDigits(i + 1) + "-of-" + Self.fiveDigits(groups.count) + ".safetensors"
            }
        }
        if !replacing {
            for name in Self.entryNames(baseName) where FileManager.default.fileExists(atPath: folder + "/" + name) {
                throw SafetensorsError(folder + "/" + name, .alreadyExists)
            }
        }
        var writers: [SafetensorsWriter] = []
        var shardOfTensor: [String: Int] = [:]
        var totalSize = 0
        for (shard, (name, group)) in zip(names, groups).enumerated() {
            let path = folder + "/" + name
            let writer = try SafetensorsWriter(path: path, tensors: group, metadata: metadata, replacing: replacing)
            for tensor in writer.tensors {
                guard shardOfTensor.updateValue(shard, forKey: tensor.name) == nil else {
                    throw SafetensorsError(path, tensor: tensor.name, .declaredTwice)
                }
                totalSize += tensor.byteRange.count
            }
            writers.append(writer)
        }
        self.folder = folder
        self.baseName = baseName
        self.replacing = replacing
        self.writers = writers
        self.shardOfTensor = shardOfTensor
        self.totalSize = totalSize
        shardNames = names
    }

    /// What a reader looks for first.
    private static func entryNames(_ baseName: String) -> [String] {
        [baseName + ".safetensors", baseName + ".safetensors.index.json"]
    }

    private static func fiveDigits(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    private static func deal(
        _ tensors: [TensorDeclaration], maxShardSize: Int, folder: String
    ) throws(SafetensorsError) -> [[TensorDeclaration]] {
        var groups: [[TensorDeclaration]] = [[]]
        var filled = 0
        var total = 0
        for tensor in tensors {
            let end = try tensor.end(from: total, file: folder)
            let size = end - total
            total = end
            if filled > 0, size > maxShardSize - filled {
                groups.append([])
                filled = 0
            }
            groups[groups.count - 1].append(tensor)
            filled += size
        }
        return groups
    }

    /// Adds a tensor's next bytes, as ``SafetensorsWriter`` takes them.
    ///
    /// - Throws: ``SafetensorsError``: an unknown tensor, more bytes than it has, a full disk.
    public func append(_ bytes: UnsafeRawBufferPointer, to name: String) throws(SafetensorsError) {
        guard let shard = shardOfTensor[name] else { throw SafetensorsError(folder, tensor: name, .noSuchTensor) }
        try writers[shard].append(bytes, to: name)
    }

    /// Adds the elements of an array to a tensor.
    ///
    /// - Throws: As for bytes.
    public func append(_ elements: [some BitwiseCopyable], to name: String) throws(SafetensorsError) {
        try elements.withUnsafeBufferPointer { buffer throws(SafetensorsError) in
            try append(UnsafeRawBufferPointer(buffer), to: name)
        }
    }

    /// Puts everything on the disk and in its place.
    /// - Throws: ``SafetensorsError``; where a tensor lacks bytes or the disk fails, nothing has appeared.
    public func finish() throws(SafetensorsError) {
        let (single, index) = (folder + "/" + Self.entryNames(baseName)[0], folder + "/" + Self.entryNames(baseName)[1])
        var files: [StagedFile] = []
        for writer in writers { files.append(try writer.complete()) }
        guard files.count > 1 else {
            for file in files { try file.place() }
            // A reader prefers the single file, so that an old index beside it is only litter.
            if replacing { unlink(index) }
            return
        }
        let weightMap = shardOfTensor.mapValues { shardNames[$0] }
        do throws(FileError) {
            let indexFile = try StagedFile(path: index, replacing: replacing)
            try indexFile.write(CheckpointIndex.text(weightMap: weightMap, totalSize: totalSize))
            try indexFile.synchronize()
            if replacing {
                // A crash between the following steps must leave no checkpoint rather than a mixture of two.
                unlink(single)
                unlink(index)
                try Placement.synchronizeFolder(of: index)
            }
            for file in files { try file.publish() }
            try indexFile.publish()
        } catch {
            throw SafetensorsError(error)
        }
    }
}
