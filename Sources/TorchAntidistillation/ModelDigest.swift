#if Torch
    import Safetensors

    /// What tells one proxy's weights from another's, see `Checkpoint.contentDigest()`.
    public enum ModelDigest {
        /// The digest of the checkpoint in a folder.
        ///
        /// - Throws: `SafetensorsError`.
        public static func of(folder: String) throws -> String {
            try Checkpoint(folder: folder).contentDigest()
        }
    }
#endif
