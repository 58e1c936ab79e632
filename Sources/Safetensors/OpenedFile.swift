import Files
import Foundation

/// A regular file opened for reading, which knows when it was changed since.
final class OpenedFile: Sendable {
    let path: String
    /// In bytes, when it was opened.
    let size: Int
    private let file: Descriptor
    private let modified: timespec

    init(path: String) throws(SafetensorsError) {
        do throws(FileError) {
            // Without O_NONBLOCK a named pipe would keep `open` waiting.
            file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
            try file.requireRegular()
            let status = try file.status()
            size = Int(status.st_size)
            modified = Self.modification(status)
        } catch {
            throw SafetensorsError(error)
        }
        self.path = path
    }

    /// Fails where size or time of modification are no longer those of the opening.
    func checkUnchanged() throws(SafetensorsError) {
        let status: stat
        do throws(FileError) {
            status = try file.status()
        } catch {
            throw SafetensorsError(error)
        }
        let now = Self.modification(status)
        guard Int(status.st_size) == size, now.tv_sec == modified.tv_sec, now.tv_nsec == modified.tv_nsec else {
            throw SafetensorsError(path, .changedAfterOpening)
        }
    }

    /// Fills `buffer` from `offset` on. A file that ends before has been cut since it was opened.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SafetensorsError) {
        do throws(FileError) {
            try file.read(into: buffer, at: offset)
        } catch {
            throw SafetensorsError(error)
        }
    }

    /// Maps the whole file; it must not be empty.
    func map() throws(SafetensorsError) -> FileMapping {
        guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.number, 0), base != MAP_FAILED else {
            throw .system(path, "map")
        }
        return FileMapping(bytes: UnsafeRawBufferPointer(start: base, count: size))
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
