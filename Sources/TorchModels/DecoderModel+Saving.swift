#if Torch
    import Files
    import Foundation
    import Safetensors
    import Torch

    extension DecoderModel {
        /// Writes `config.json` and `model.safetensors` (shards with an index above 5 GB) into a folder, which is made
        /// where it is not there. Adapters are not written.
        ///
        /// Each file appears complete or not at all, the weights last.
        /// - Parameters:
        ///   - folder: the folder's path.
        ///   - dtype: the type in the file, by default the model's.
        ///   - metadata: put into the header of the weights, beside `format`.
        ///   - replacing: whether a model that is there already gives way; otherwise it is an error.
        /// - Throws: `SafetensorsError`, `TorchError` or ``ModelError``.
        public func save(
            to folder: String, dtype: DType? = nil, metadata: [String: String] = [:],
            replacing: Bool = false
        ) throws {
            let target = dtype ?? self.dtype
            guard let stored = target.stored else {
                throw ModelError(
                    folder, .unsupported(key: "dtype", value: target.rawValue, supported: "floating point"))
            }
            do throws(FileError) {
                try FilePath.makeFolder(folder)
            } catch {
                throw ModelError(folder, .unreadable(error.reason))
            }
            let writer = try CheckpointWriter(
                folder: folder,
                tensors: configuration.storedShapes.map {
                    TensorDeclaration(name: $0.name, dtype: stored, shape: $0.shape)
                },
                metadata: metadata.merging(["format": "pt"]) { _, required in required },
                replacing: replacing)
            for name in parameterNames {
                try parameter(name).detach().to(target).withBytes {
                    try writer.append($0, to: configuration.storedName(name))
                }
            }
            let text = try configuration.json(dtype: target.rawValue)
            do throws(FileError) {
                try WholeFile.write(text, to: folder + "/config.json", replacing: true)
            } catch {
                throw ModelError(error.path, .unreadable(error.reason))
            }
            try writer.finish()
        }
    }
#endif
