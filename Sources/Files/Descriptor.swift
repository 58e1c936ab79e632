#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An open file, closed with its last reference; every call to the system is checked.
package final class Descriptor: Sendable {
    /// The file as it was named, for errors.
    package let path: String
    /// The system's number of the open file.
    package let number: Int32
    private let owned: Bool

    /// Opens a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - flags: Those of open(2), besides that the file is closed where another program is started.
    ///   - mode: The permissions of a file that is made, before the umask.
    ///   - operation: What the opening is for, for errors.
    /// - Throws: ``FileError``.
    package init(
        opening path: String, _ flags: Int32, mode: mode_t = 0o644, operation: String = "open"
    ) throws(FileError) {
        guard !path.utf8.contains(0) else { throw FileError(.invalidPath, path: path, operation: operation) }
        var number: Int32 = -1
        repeat { number = open(path, flags | O_CLOEXEC, mode) } while number < 0 && errno == EINTR
        guard number >= 0 else {
            throw errno == EEXIST
                ? FileError(.exists, path: path, operation: operation, errno: EEXIST) : .system(path, operation)
        }
        self.path = path
        self.number = number
        owned = true
    }

    /// Stands for a descriptor that somebody else opened and closes, such as standard output.
    package init(borrowing number: Int32, name: String) {
        self.number = number
        path = name
        owned = false
    }

    private init(owning number: Int32, path: String) {
        self.number = number
        self.path = path
        owned = true
    }

    deinit {
        if owned { close(number) }
    }

    /// A file without a name in a folder, which goes with the process however it ends.
    ///
    /// - Throws: ``FileError`` naming the folder.
    package static func unnamed(in folder: String, prefix: String) throws(FileError) -> Descriptor {
        var template = Array((folder + "/" + prefix + "XXXXXX").utf8CString)
        let number = mkstemp(&template)
        guard number >= 0 else { throw .system(folder, "create") }
        unlink(template)
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        return Descriptor(owning: number, path: folder)
    }

    /// The same opening under a number of at least `minimum`: above those that another process is given.
    ///
    /// - Throws: ``FileError``.
    package func raised(above minimum: Int32) throws(FileError) -> Descriptor {
        let high = fcntl(number, F_DUPFD_CLOEXEC, minimum)
        guard high >= 0 else { throw .system(path, "open") }
        return Descriptor(owning: high, path: path)
    }

    // MARK: State

    /// What the system knows of the file.
    ///
    /// - Throws: ``FileError``.
    package func status() throws(FileError) -> stat {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw .system(path, "examine") }
        return status
    }

    /// Whether it is a regular file.
    package var isRegular: Bool {
        var status = stat()
        return fstat(number, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Refuses everything but regular files.
    ///
    /// - Throws: ``FileError`` with code `isDirectory` or `notRegular`.
    package func requireRegular() throws(FileError) {
        switch try status().st_mode & S_IFMT {
        case S_IFREG: return
        case S_IFDIR: throw FileError(.isDirectory, path: path, operation: "open")
        default: throw FileError(.notRegular, path: path, operation: "open")
        }
    }

    /// Takes the lock that keeps other processes that ask from the file; it goes with the last descriptor of this opening.
    ///
    /// - Parameter waiting: Whether to wait for another process that holds it.
    /// - Throws: ``FileError`` with code `inUse` where another holds it.
    package func lock(waiting: Bool = false) throws(FileError) {
        while flock(number, waiting ? LOCK_EX : LOCK_EX | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            throw errno == EWOULDBLOCK
                ? FileError(.inUse, path: path, operation: "write", errno: EWOULDBLOCK) : .system(path, "lock")
        }
    }

    // MARK: Writing

    /// Writes bytes at the place where the last call ended, all of them.
    ///
    /// - Throws: ``FileError``.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
        var offset = 0
        while offset < bytes.count {
            let count = systemWrite(number, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(path, "write")
            }
            offset += count
        }
    }

    /// Writes an array's bytes; see the other overload.
    ///
    /// - Throws: ``FileError``.
    package func write(_ bytes: [UInt8]) throws(FileError) {
        try bytes.withUnsafeBufferPointer { buffer throws(FileError) in try write(UnsafeRawBufferPointer(buffer)) }
    }

    /// Writes bytes at an offset, all of them.
    ///
    /// - Throws: ``FileError``.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = pwrite(number, rest.baseAddress, rest.count, off_t(offset + written))
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(path, "write")
            }
            written += count
        }
    }

    /// Cuts the file, and goes on writing from there.
    ///
    /// - Throws: ``FileError``.
    package func truncate(to length: Int64) throws(FileError) {
        guard ftruncate(number, off_t(length)) == 0, lseek(number, off_t(length), SEEK_SET) == off_t(length) else {
            throw .system(path, "write")
        }
    }

    /// Claims space on the disk, so that a disk that is too full is known before the work.
    ///
    /// - Throws: ``FileError``.
    package func reserve(_ size: Int) throws(FileError) {
        let operation = "reserve \(size) bytes"
        // First by the account of the file system: where it cannot reserve, the C library would fill the disk to see.
        var volume = statvfs()
        if fstatvfs(number, &volume) == 0, volume.f_blocks > 0,
            UInt64(size) / max(1, UInt64(volume.f_frsize)) > UInt64(volume.f_bavail)
        {
            throw .system(path, operation, errno: ENOSPC)
        }
        #if os(Linux)
            let code = size > 0 ? posix_fallocate(number, 0, off_t(size)) : 0
            // Whoever cannot reserve finds out while writing.
            guard code == 0 || code == EOPNOTSUPP || code == EINVAL || code == ENOSYS else {
                throw .system(path, operation, errno: code)
            }
        #endif
    }

    /// Waits until the bytes are on the disk. Pipes and devices cannot be synchronised; everything else must be.
    ///
    /// - Throws: ``FileError``.
    package func synchronize() throws(FileError) {
        if fsync(number) != 0, errno != EINVAL, errno != EROFS { throw .system(path, "synchronize") }
    }

    // MARK: Reading

    /// Fills a buffer as far as the next bytes go: 0 at the end of the file.
    ///
    /// - Throws: ``FileError``.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
        while true {
            let count = systemRead(number, buffer.baseAddress, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(path, "read")
            }
            return count
        }
    }

    /// Fills a whole buffer from an offset on.
    ///
    /// - Throws: ``FileError`` with code `truncated` where the file ends before.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = pread(number, rest.baseAddress, rest.count, off_t(offset + filled))
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(path, "read")
            }
            guard count > 0 else { throw FileError(.truncated, path: path, operation: "read") }
            filled += count
        }
    }

    /// Exactly `count` bytes from an offset on.
    ///
    /// - Throws: ``FileError`` with code `truncated` where the file ends before.
    package func bytes(at offset: Int64, count: Int) throws(FileError) -> [UInt8] {
        var failure: FileError?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            do throws(FileError) {
                try read(
                    into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count]),
                    at: Int(offset))
                initialized = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return bytes
    }

    /// Everything from here to the end, in pieces of at most a mebibyte.
    ///
    /// - Throws: ``FileError``, or what `body` throws.
    package func forEachChunk(_ body: (UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) {
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = try read(into: chunk)
            if count == 0 { return }
            try body(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        }
    }
}

private func systemWrite(_ number: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(number, bytes, count)
}

private func systemRead(_ number: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(number, bytes, count)
}
