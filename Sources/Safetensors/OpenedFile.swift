import Foundation

/// A regular file opened for reading, which knows when it was changed since.
final class OpenedFile: Sendable {
    let path: String
    /// In bytes, when it was opened.
    let size: Int
    private let descriptor: Int32
    private let modified: timespec

    init(path: String) throws(SafetensorsError) {
        guard !path.utf8.contains(0) else { throw SafetensorsError(path, .invalidPath) }
        // Without O_NONBLOCK a named pipe would keep `open` waiting.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system(path, "open") }
        do throws(SafetensorsError) {
            let status = try Self.status(descriptor, path)
            guard status.st_mode & S_IFMT == S_IFREG else { throw SafetensorsError(path, .notARegularFile) }
            size = Int(status.st_size)
            modified = Self.modification(status)
        } catch {
            close(descriptor)
            throw error
        }
        self.path = path
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Fails where size or time of modification are no longer those of the opening.
    func checkUnchanged() throws(SafetensorsError) {
        let status = try Self.status(descriptor, path)
        let now = Self.modification(status)
        guard Int(status.st_size) == size, now.tv_sec == modified.tv_sec, now.tv_nsec == modified.tv_nsec else {
            throw SafetensorsError(path, .changedAfterOpening)
        }
    }

    /// Fills `buffer` from `offset` on. A file that ends before has been cut since it was opened.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SafetensorsError) {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(path, "read")
            }
            guard count > 0 else { throw SafetensorsError(path, .changedAfterOpening) }
            filled += count
        }
    }

    /// Maps the whole file; it must not be empty.
    func map() throws(SafetensorsError) -> FileMapping {
        guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED else {
            throw .system(path, "map")
        }
        return FileMapping(bytes: UnsafeRawBufferPointer(start: base, count: size))
    }

    private static func status(_ descriptor: Int32, _ path: String) throws(SafetensorsError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(path, "examine") }
        return status
    }

    private static func modification(_ status: stat) -> timespec {
        #if canImport(Darwin)
            status.st_mtimespec
        #else
            status.st_mtim
        #endif
    }
}

/// A read-only mapping of a file.
final class FileMapping: Sendable {
    // Nothing writes through the mapping, and it is unmapped only when no reference is left.
    nonisolated(unsafe) let bytes: UnsafeRawBufferPointer

    init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    }
}
