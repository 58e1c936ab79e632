#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file under construction beside its final place, which appears there complete or not at all.
///
/// Its temporary name is ".<name>.<random>.tmp"; a process that is killed leaves it behind. Let go before ``publish()``, it
/// leaves nothing.
package final class StagedFile {
    /// The final place.
    package let path: String
    private let temporary: String
    private let descriptor: Descriptor
    private let replacing: Bool
    private var isPublished = false

    /// Begins a file.
    ///
    /// - Parameters:
    ///   - path: The final place; its folder must exist.
    ///   - replacing: Whether a file that is there already gives way.
    ///   - mode: The file's permissions; nil for those of any new file (0644 before the umask).
    /// - Throws: ``FileError``.
    package init(path: String, replacing: Bool, mode: mode_t? = nil) throws(FileError) {
        guard !path.utf8.contains(0) else { throw FileError(.invalidPath, path: path, operation: "create") }
        var status = stat()
        // lstat, so that a link that leads nowhere counts as something that is there.
        if lstat(path, &status) == 0 {
            guard replacing else { throw FileError(.exists, path: path, operation: "create", errno: EEXIST) }
            guard status.st_mode & S_IFMT != S_IFDIR else {
                throw FileError(.isDirectory, path: path, operation: "write", errno: EISDIR)
            }
        }
        self.path = path
        self.replacing = replacing
        temporary = Placement.stagedName(for: path)
        do throws(FileError) {
            descriptor = try Descriptor(
                opening: temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode ?? 0o644, operation: "create")
        } catch {
            throw FileError(error.code, path: path, operation: error.operation, errno: error.errno)
        }
        // The umask may have taken from it, and a secret's must be exact.
        if let mode, fchmod(descriptor.number, mode) != 0 { throw .system(path, "set mode") }
    }

    deinit {
        if !isPublished { unlink(temporary) }
    }

    private func named<R>(_ body: () throws(FileError) -> R) throws(FileError) -> R {
        do throws(FileError) {
            return try body()
        } catch {
            throw FileError(error.code, path: path, operation: error.operation, errno: error.errno)
        }
    }

    /// Claims space on the disk, so that a disk that is too full is known before the work.
    ///
    /// - Throws: ``FileError``.
    package func reserve(_ size: Int) throws(FileError) {
        try named { () throws(FileError) in try descriptor.reserve(size) }
    }

    /// Appends bytes.
    ///
    /// - Throws: ``FileError``.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        try named { () throws(FileError) in try descriptor.write(bytes) }
    }

    /// Appends bytes.
    ///
    /// - Throws: ``FileError``.
    package func write(_ bytes: [UInt8]) throws(FileError) {
        try named { () throws(FileError) in try descriptor.write(bytes) }
    }

    /// Writes bytes at an offset.
    ///
    /// - Throws: ``FileError``.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        try named { () throws(FileError) in try descriptor.write(bytes, at: offset) }
    }

    /// Waits until the bytes are on the disk.
    ///
    /// - Throws: ``FileError``.
    package func synchronize() throws(FileError) {
        try named { () throws(FileError) in try descriptor.synchronize() }
    }

    /// Synchronizes the file and moves it to its place. Without `replacing`, what came into being there meanwhile is left
    /// alone.
    ///
    /// - Throws: ``FileError``; then nothing has appeared.
    package func publish() throws(FileError) {
        try synchronize()
        try Placement.move(temporary, to: path, replacing: replacing)
        isPublished = true
    }
}
