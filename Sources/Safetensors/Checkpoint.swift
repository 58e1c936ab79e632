import Foundation
import Synchronization

/// The tensors of a model's folder, in one file or in shards with an index.
///
/// Shards are opened when a tensor in them is first asked for. Values of this class may be used from several threads.
/// Symbolic links are followed, because download caches keep their files behind them; names in an index must be plain
/// file names.
public final class Checkpoint: Sendable {
    /// The folder's path.
    public let folder: String
    /// The names of the files that hold the tensors, sorted.
    public let shardNames: [String]
    /// The names of all tensors, sorted by their UTF-8 bytes.
    public let tensorNames: [String]
    /// The tensors' bytes altogether by the index's account, nil without one.
    public let statedSize: Int?

    private let shardOfTensor: [String: String]
    private let indexPath: String?
    private let access: SafetensorsFile.Access
    private let opened = Mutex<[String: SafetensorsFile]>([:])

    /// Finds a folder's checkpoint: `<baseName>.safetensors` or else `<baseName>.safetensors.index.json`.
    ///
    /// Every file that the index names must be there; their headers are checked when they are opened, see ``verify()``.
    /// - Parameters:
    ///   - folder: the folder's path.
    ///   - baseName: `model`, or `adapter_model` for adapters in PEFT's layout.
    ///   - access: how the tensors' bytes are reached.
    /// - Throws: ``SafetensorsError`` for a folder without tensors, an index that does not fit its files, or a file that is broken.
    public init(
        folder: String, baseName: String = "model", access: SafetensorsFile.Access = .mapped
    ) throws(SafetensorsError) {
        self.folder = folder
        self.access = access
        let single = baseName + ".safetensors"
        let indexName = single + ".index.json"
        // Like transformers, which prefers the single file.
        if FileManager.default.fileExists(atPath: folder + "/" + single) {
            let file = try SafetensorsFile(path: folder + "/" + single, access: access)
            shardNames = [single]
            shardOfTensor = Dictionary(file.names.map { ($0, single) }, uniquingKeysWith: { first, _ in first })
            statedSize = nil
            indexPath = nil
            opened.withLock { $0[single] = file }
        } else {
            let path = folder + "/" + indexName
            guard FileManager.default.fileExists(atPath: path) else {
                throw SafetensorsError(folder, .noCheckpoint(looked: [single, indexName]))
            }
            let index = try CheckpointIndex(path: path)
            shardOfTensor = index.weightMap
            shardNames = Set(index.weightMap.values).sorted { $0.precedesByBytes($1) }
            statedSize = index.totalSize
            indexPath = path
            // Opened and closed again: a missing or unreadable shard is an error now, not after minutes of loading.
            for name in shardNames { _ = try OpenedFile(path: folder + "/" + name) }
        }
        tensorNames = shardOfTensor.keys.sorted { $0.precedesByBytes($1) }
    }

    /// The file that holds a tensor.
    ///
    /// Opening it checks its header, and that it has every tensor that the index places there. Tensors in it that the
    /// index does not mention are not part of the checkpoint.
    ///
    /// - Throws: ``SafetensorsError`` for a name that is not there, or a file that cannot be read.
    public func shard(holding name: String) throws(SafetensorsError) -> SafetensorsFile {
        guard let shard = shardOfTensor[name] else {
            throw SafetensorsError(indexPath ?? folder, tensor: name, .noSuchTensor)
        }
        return try open(shard)
    }

    private func open(_ shard: String) throws(SafetensorsError) -> SafetensorsFile {
        try opened.withLock { files throws(SafetensorsError) in
            if let file = files[shard] { return file }
            let file = try SafetensorsFile(path: folder + "/" + shard, access: access)
            for name in tensorNames where shardOfTensor[name] == shard && file[name] == nil {
                throw SafetensorsError(file.path, tensor: name, .missingFromShard)
            }
            files[shard] = file
            return file
        }
    }

    /// Whether the checkpoint has a tensor of that name.
    public func contains(_ name: String) -> Bool {
        shardOfTensor[name] != nil
    }

    /// Type, shape and place of a tensor.
    ///
    /// - Throws: ``SafetensorsError`` for a name that is not there.
    public func info(_ name: String) throws(SafetensorsError) -> TensorInfo {
        try shard(holding: name).info(name)
    }

    /// Calls `body` with a tensor's bytes, see ``SafetensorsFile/withTensorBytes(_:_:)``.
    ///
    /// - Throws: ``SafetensorsError`` for a name that is not there or a file that changed; what `body` throws.
    public func withTensorBytes<R>(_ name: String, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
        try shard(holding: name).withTensorBytes(name, body)
    }

    /// A tensor's elements as floats, see ``SafetensorsFile/floats(_:)``.
    ///
    /// - Throws: ``SafetensorsError`` for a name that is not there, or elements that are no floats.
    public func floats(_ name: String) throws -> [Float] {
        try shard(holding: name).floats(name)
    }

    /// Opens every shard and compares the index's `total_size`, where it has one, with the tensors.
    ///
    /// - Throws: ``SafetensorsError`` naming the first file that does not fit.
    public func verify() throws(SafetensorsError) {
        var size = 0
        for name in tensorNames {
            let (sum, overflow) = size.addingReportingOverflow(try info(name).byteRange.count)
            size = overflow ? .max : sum
        }
        if let statedSize, statedSize != size {
            throw SafetensorsError(indexPath ?? folder, .totalSizeMismatch(index: statedSize, actual: size))
        }
    }
}
