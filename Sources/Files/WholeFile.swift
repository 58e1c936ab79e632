#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Small files that are read and written in one piece.
package enum WholeFile {
    /// What is read where nobody says otherwise, in bytes.
    package static let defaultLimit = 64 << 20

    /// The bytes of a regular file. A pipe or a device would keep the reader waiting, or never end.
    ///
    /// - Parameters:
    ///   - path: The file; links are followed.
    ///   - limit: The most bytes it may have, so that a wrong path to a large file is an error and not a full memory.
    /// - Throws: ``FileError`` with code `missing`, `isDirectory`, `notRegular`, `tooLarge` or `system`.
    package static func read(_ path: String, limit: Int = defaultLimit) throws(FileError) -> [UInt8] {
        // Without O_NONBLOCK a named pipe would keep open(2) waiting.
        let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
        try file.requireRegular()
        let size = Int(try file.status().st_size)
        guard size <= limit else { throw FileError(.tooLarge, path: path, operation: "read", errno: EFBIG) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        // Some file systems give files without a size; what grows meanwhile is held to the limit too.
        try file.forEachChunk { chunk throws(FileError) in
            guard bytes.count + chunk.count <= limit else {
                throw FileError(.tooLarge, path: path, operation: "read", errno: EFBIG)
            }
            bytes.append(contentsOf: chunk)
        }
        return bytes
    }

    /// The bytes of a regular file; nil where there is none.
    ///
    /// - Throws: ``FileError``.
    package static func readIfPresent(_ path: String, limit: Int = defaultLimit) throws(FileError) -> [UInt8]? {
        do throws(FileError) {
            return try read(path, limit: limit)
        } catch  where error.code == .missing {
            return nil
        }
    }

    /// Writes a file that appears complete or not at all, on the disk when this returns.
    ///
    /// - Parameters:
    ///   - bytes: All of it.
    ///   - path: The file; its folder must exist.
    ///   - replacing: Whether a file that is there gives way.
    ///   - mode: The file's permissions; nil for those of any new file.
    /// - Throws: ``FileError``.
    package static func write(
        _ bytes: some Collection<UInt8>, to path: String, replacing: Bool, mode: mode_t? = nil
    ) throws(FileError) {
        let file = try StagedFile(path: path, replacing: replacing, mode: mode)
        try file.write(Array(bytes))
        try file.publish()
    }
}
