#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that grows at its end. Of what an interrupted run left, that which nobody vouches for is cut off.
package final class AppendedFile {
    /// The open file.
    package let descriptor: Descriptor
    /// Bytes in the file and handed over for it; of a stream, those written.
    package private(set) var size: Int64 = 0
    private var buffer: [UInt8] = []
    private let bufferLimit: Int

    /// The file as it was named.
    package var path: String { descriptor.path }

    /// Opens a file, or makes it.
    ///
    /// - Parameters:
    ///   - path: A file, a pipe or a device.
    ///   - mode: The permissions of a file that is made, before the umask.
    ///   - isExclusive: Whether a file that another process holds this way is an error.
    ///   - bufferLimit: Bytes that may wait for ``flush()``.
    /// - Throws: ``FileError``.
    package init(
        path: String, mode: mode_t = 0o644, isExclusive: Bool = false, bufferLimit: Int = 0
    ) throws(FileError) {
        descriptor = try Descriptor(opening: path, O_RDWR | O_CREAT, mode: mode, operation: "write")
        self.bufferLimit = bufferLimit
        if isExclusive { try descriptor.lock() }
        let status = try descriptor.status()
        guard status.st_mode & S_IFMT == S_IFREG else { return }
        size = Int64(status.st_size)
        guard lseek(descriptor.number, 0, SEEK_END) >= 0 else { throw .system(path, "write") }
    }

    /// Writes to what is open already, such as standard output or a pipe.
    package init(_ descriptor: Descriptor, bufferLimit: Int = 0) {
        self.descriptor = descriptor
        self.bufferLimit = bufferLimit
    }

    /// Cuts the file, and goes on from there.
    ///
    /// - Throws: ``FileError``; with code `truncated` where the file is shorter.
    package func truncate(to length: Int64) throws(FileError) {
        guard length <= size else { throw FileError(.truncated, path: path, operation: "go on") }
        buffer.removeAll(keepingCapacity: true)
        try descriptor.truncate(to: length)
        size = length
    }

    /// Appends bytes, all of them; what the buffer holds reaches the file by ``flush()`` at the latest.
    ///
    /// - Throws: ``FileError``.
    package func write(_ bytes: [UInt8]) throws(FileError) {
        size += Int64(bytes.count)
        guard bufferLimit > 0 else { return try descriptor.write(bytes) }
        buffer.append(contentsOf: bytes)
        if buffer.count >= bufferLimit { try flush() }
    }

    /// Hands everything to the system.
    ///
    /// - Throws: ``FileError``; what was not written then is lost.
    package func flush() throws(FileError) {
        guard !buffer.isEmpty else { return }
        defer { buffer.removeAll(keepingCapacity: true) }
        try descriptor.write(buffer)
    }

    /// Flushes, and waits until the bytes are on the disk.
    ///
    /// - Throws: ``FileError``.
    package func synchronize() throws(FileError) {
        try flush()
        try descriptor.synchronize()
    }
}
