import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file opened for writing, through write(2) with every error checked.
final class OutputFile {
    let path: String
    private let descriptor: Int32
    private let closesOnDeinit: Bool
    private var buffer: [UInt8] = []
    private static let bufferLimit = 1 << 20

    /// Bytes handed over so far, the opening length included.
    private(set) var length: Int64

    /// Opens `path` with the given open(2) flags (mode 0644 before the umask) and cuts it to `length` where one is given.
    /// - Parameter isExclusive: whether a file that another process holds this way is an error.
    init(
        path: String, flags: Int32, truncatingTo length: Int64? = nil, isExclusive: Bool = false
    ) throws(SanitizeError) {
        descriptor = open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Self.failure(path) }
        self.path = path
        closesOnDeinit = true
        self.length = length ?? 0
        if isExclusive, flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            throw errno == EWOULDBLOCK
                ? SanitizeError.output(path: path, reason: "another run is writing it") : Self.failure(path)
        }
        if let length {
            guard ftruncate(descriptor, off_t(length)) == 0,
                lseek(descriptor, off_t(length), SEEK_SET) == off_t(length)
            else {
                throw Self.failure(path)
            }
        }
    }

    /// Writes to an open descriptor, such as standard output.
    init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        path = name
        closesOnDeinit = false
        length = 0
    }

    deinit {
        if closesOnDeinit { close(descriptor) }
    }

    /// The current size of a file, or nil when it does not exist.
    static func size(of path: String) -> Int64? {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : nil
    }

    /// Appends bytes; they reach the file by `flush` at the latest.
    func write(_ bytes: some Collection<UInt8>) throws(SanitizeError) {
        buffer.append(contentsOf: bytes)
        length += Int64(bytes.count)
        if buffer.count >= Self.bufferLimit { try flush() }
    }

    /// Hands everything to the system.
    func flush() throws(SanitizeError) {
        var failure: SanitizeError?
        buffer.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let written = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
                if written < 0 {
                    if errno == EINTR { continue }
                    failure = Self.failure(path)
                    return
                }
                offset += written
            }
        }
        buffer.removeAll(keepingCapacity: true)
        if let failure { throw failure }
    }

    /// Flushes, and waits until the bytes are on the disk.
    func synchronize() throws(SanitizeError) {
        try flush()
        // Pipes and devices cannot be synchronised; everything else must be.
        if fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { throw Self.failure(path) }
    }

    /// The system's reason for the failure just seen.
    static func failure(_ path: String) -> SanitizeError {
        .output(path: path, reason: String(cString: strerror(errno)))
    }
}
