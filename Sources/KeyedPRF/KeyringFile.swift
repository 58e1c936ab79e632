import Foundation

/// An open keyring file.
///
/// Checks look at the opened descriptor, never at the path, so that the file checked is the file read. A symbolic
/// link in the last place of the path is refused: replacing the file on a change would replace the link instead.
final class KeyringFile {
    private let descriptor: Int32
    private let path: String

    /// Opens a keyring; `forUpdate` also takes the lock that changes hold, waiting for it.
    init(opening path: String, forUpdate: Bool) throws(KeyedPRFError) {
        self.path = path
        while true {
            // Without O_NONBLOCK a named pipe would keep `open` waiting.
            let flags = (forUpdate ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
            let descriptor = open(path, flags)
            guard descriptor >= 0 else { throw Self.openFailure(path, errno) }
            do throws(KeyedPRFError) {
                try Self.check(descriptor, path)
                if !forUpdate {
                    self.descriptor = descriptor
                    return
                }
                while flock(descriptor, LOCK_EX) != 0 {
                    guard errno == EINTR else { throw Self.failure(path, "lock") }
                }
            } catch {
                close(descriptor)
                throw error
            }
            // A change replaces the file: whoever waited for the lock may now hold that of the old file.
            if Self.isCurrent(descriptor, path) {
                self.descriptor = descriptor
                return
            }
            close(descriptor)
        }
    }

    deinit {
        close(descriptor)  // releases the lock
    }

    /// The whole file, in an erased buffer.
    func contents() throws(KeyedPRFError) -> SecretText {
        let text = SecretText()
        while true {
            let received = text.read(from: descriptor)
            guard received >= 0 else { throw Self.failure(path, "read") }
            if received == 0 { return text }
        }
    }

    /// Replaces the file at once or not at all: a new file in the same folder, mode 0600, synchronised, then renamed
    /// over the old one. The lock must be held.
    func replace(with text: SecretText) throws(KeyedPRFError) {
        var random = SystemRandomNumberGenerator()
        let temporary = path + ".tmp-" + String(random.next(), radix: 16)
        try Self.write(text, toNew: temporary)
        guard rename(temporary, path) == 0 else {
            let error = Self.failure(path, "rename")
            unlink(temporary)
            throw error
        }
        try Self.synchroniseFolder(of: path)
    }

    /// Writes a new keyring; a file that exists already is left alone.
    static func create(at path: String, _ text: SecretText) throws(KeyedPRFError) {
        try write(text, toNew: path)
        try synchroniseFolder(of: path)
    }

    private static func write(_ text: SecretText, toNew path: String) throws(KeyedPRFError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw errno == EEXIST ? .fileExists(path: path) : failure(path, "create")
        }
        do throws(KeyedPRFError) {
            try text.withBytes { bytes throws(KeyedPRFError) in
                var written = 0
                while written < bytes.count {
                    let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
                    let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { throw failure(path, "write") }
                    written += count
                }
            }
            guard fchmod(descriptor, 0o600) == 0 else { throw failure(path, "set mode") }
            guard fsync(descriptor) == 0 else { throw failure(path, "synchronise") }
        } catch {
            close(descriptor)
            unlink(path)
            throw error
        }
        guard close(descriptor) == 0 else {
            let error = failure(path, "close")
            unlink(path)
            throw error
        }
    }

    private static func synchroniseFolder(of path: String) throws(KeyedPRFError) {
        let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(folder, "open") }
        defer { close(descriptor) }
        // Some file systems cannot synchronise a folder and say so with EINVAL.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(folder, "synchronise") }
    }

    private static func check(_ descriptor: Int32, _ path: String) throws(KeyedPRFError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path, "read its mode") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            let kind = status.st_mode & S_IFMT == S_IFDIR ? "is a folder" : "is not a regular file"
            throw .inputOutput(source: path, operation: "open", reason: kind)
        }
        guard status.st_mode & 0o077 == 0 else {
            throw .insecurePermissions(path: path, mode: UInt16(status.st_mode & 0o777))
        }
    }

    private static func isCurrent(_ descriptor: Int32, _ path: String) -> Bool {
        var opened = stat()
        var named = stat()
        return fstat(descriptor, &opened) == 0 && lstat(path, &named) == 0
            && opened.st_dev == named.st_dev && opened.st_ino == named.st_ino
    }

    private static func openFailure(_ path: String, _ code: Int32) -> KeyedPRFError {
        switch code {
        case ELOOP: .inputOutput(source: path, operation: "open", reason: "is a symbolic link; name the file itself")
        case EISDIR: .inputOutput(source: path, operation: "open", reason: "is a folder")
        default: .inputOutput(source: path, operation: "open", reason: String(cString: strerror(code)))
        }
    }

    private static func failure(_ path: String, _ operation: String) -> KeyedPRFError {
        .inputOutput(source: path, operation: operation, reason: String(cString: strerror(errno)))
    }
}
