import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file that grows at its end, through write(2) with every error checked.
package final class AppendedFile {
    package let path: String
    private let descriptor: Int32
    private let closesOnDeinit: Bool
    /// Bytes in the file, as far as this process knows; of a stream, those written.
    package private(set) var size: Int64 = 0

    /// Opens a file with the given open(2) flags (mode 0644 before the umask).
    package init(path: String, flags: Int32) throws(TraceGenerationError) {
        descriptor = open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure(path) }
        self.path = path
        closesOnDeinit = true
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG { size = Int64(status.st_size) }
    }

    /// Writes to an open descriptor, such as standard output.
    package init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        path = name
        closesOnDeinit = false
    }

    deinit {
        if closesOnDeinit { close(descriptor) }
    }

    /// Keeps other processes that ask from writing the file at the same time.
    package func lock() throws(TraceGenerationError) {
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            throw errno == EWOULDBLOCK
                ? TraceGenerationError(.unwritable, "\(path): cannot write: another run is writing it")
                : Self.failure(path)
        }
    }

    /// Cuts the file, and goes on from there.
    package func truncate(to length: Int64) throws(TraceGenerationError) {
        guard ftruncate(descriptor, off_t(length)) == 0, lseek(descriptor, off_t(length), SEEK_SET) == off_t(length)
        else { throw Self.failure(path) }
        size = length
    }

    /// Appends bytes, all of them.
    package func write(_ bytes: [UInt8]) throws(TraceGenerationError) {
        var failure: TraceGenerationError?
        bytes.withUnsafeBytes { buffer in
            var offset = 0
            while offset < buffer.count {
                let written = Foundation.write(
                    descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
                if written < 0 {
                    if errno == EINTR { continue }
                    failure = Self.failure(path)
                    return
                }
                offset += written
            }
        }
        if let failure { throw failure }
        size += Int64(bytes.count)
    }

    /// Waits until the bytes are on the disk.
    package func synchronize() throws(TraceGenerationError) {
        // Pipes and devices cannot be synchronised; everything else must be.
        if fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { throw Self.failure(path) }
    }

    /// The folder's entry must survive a power failure too; a folder that cannot be opened is no reason to fail now.
    package static func synchronizeFolder(of path: String) {
        let folder = open(folder(of: path), O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    /// The folder that a file is in. (`NSString.deletingLastPathComponent` traps on names of one character.)
    package static func folder(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
    }

    /// The system's reason for the failure just seen.
    static func failure(_ path: String) -> TraceGenerationError {
        TraceGenerationError(.unwritable, "\(path): cannot write: \(String(cString: strerror(errno)))")
    }
}
