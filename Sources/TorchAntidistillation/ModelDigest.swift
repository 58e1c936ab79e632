#if Torch
    import KeyedPRF
    import Safetensors

    /// What tells one proxy's weights from another's: the SHA-256, in hexadecimal, of a checkpoint's tensors in order of
    /// name, each as its name, element type and shape on a line and then its bytes. How a checkpoint is cut into files,
    /// and what their metadata say, does not matter.
    public enum ModelDigest {
        /// The digest of the checkpoint in a folder.
        ///
        /// - Throws: `SafetensorsError`.
        public static func of(folder: String) throws -> String {
            let checkpoint = try Checkpoint(folder: folder)
            let hasher = try SHA256Hasher()
            for name in checkpoint.tensorNames.sorted(by: { Array($0.utf8).lexicographicallyPrecedes($1.utf8) }) {
                let info = try checkpoint.info(name)
                hasher.update("\(name) \(info.dtype.rawValue) \(info.shape)\n")
                try checkpoint.withTensorBytes(name) { hasher.update($0) }
            }
            return hasher.finalize().hex
        }
    }
#endif
