import KeyedPRF

extension Checkpoint {
    /// What tells its weights from others: the SHA-256, in hexadecimal, of its tensors in order of name, each as its name,
    /// element type and shape on a line and then its bytes. How it is cut into files, and what their metadata say, does not
    /// matter.
    ///
    /// - Throws: `SafetensorsError`, or `KeyedPRFError` where the digest cannot be computed.
    public func contentDigest() throws -> String {
        let hasher = try SHA256Hasher()
        for name in tensorNames.sorted(by: { Array($0.utf8).lexicographicallyPrecedes($1.utf8) }) {
            let info = try info(name)
            hasher.update("\(name) \(info.dtype.rawValue) \(info.shape)\n")
            try withTensorBytes(name) { hasher.update($0) }
        }
        return hasher.finalize().hex
    }
}
