import Files
import Foundation

/// An open keyring file.
///
/// Checks look at the opened descriptor, never at the path, so that the file checked is the file read. A symbolic
/// link in the last place of the path is refused: replacing the file on a change would replace the link instead.
final class KeyringFile {
    private let file: Descriptor
    private let path: String

    /// Opens a keyring; `forUpdate` also takes the lock that changes hold, waiting for it.
    init(opening path: String, forUpdate: Bool) throws(KeyedPRFError) {
        self.path = path
        while true {
            // Without O_NONBLOCK a named pipe would keep `open` waiting.
            let flags = (forUpdate ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_NONBLOCK
            let file: Descriptor
            do throws(FileError) {
                file = try Descriptor(opening: path, flags)
            } catch {
                throw Self.openFailure(error)
            }
            try Self.check(file.number, path)
            if !forUpdate {
                self.file = file
                return
            }
            do throws(FileError) {
                try file.lock(waiting: true)
            } catch {
                throw Self.failure(error)
            }
            // A change replaces the file: whoever waited for the lock may now hold that of the old file.
            if Self.isCurrent(file.number, path) {
                self.file = file
                return
            }
        }
    }

    /// The whole file, in an erased buffer.
    func contents() throws(KeyedPRFError) -> SecretText {
        let text = SecretText()
        while true {
            let received = text.read(from: file.number)
            guard received >= 0 else { throw Self.failure(path, "read") }
            if received == 0 { return text }
        }
    }

    /// Replaces the file at once or not at all: a new file in the same folder, mode 0600, synchronised, then renamed
    /// over the old one. The lock must be held.
    func replace(with text: SecretText) throws(KeyedPRFError) {
        try Self.write(text, to: path, replacing: true)
    }

    /// Writes a new keyring; a file that exists already is left alone.
    static func create(at path: String, _ text: SecretText) throws(KeyedPRFError) {
        try write(text, to: path, replacing: false)
    }

    /// The bytes go from the erased buffer to the system without a copy.
    private static func write(_ text: SecretText, to path: String, replacing: Bool) throws(KeyedPRFError) {
        do throws(FileError) {
            let file = try StagedFile(path: path, replacing: replacing, mode: 0o600)
            try text.withBytes { bytes throws(FileError) in try file.write(bytes) }
            try file.publish()
        } catch {
            throw failure(error)
        }
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

    private static func openFailure(_ error: FileError) -> KeyedPRFError {
        switch error.errno {
        case ELOOP:
            .inputOutput(source: error.path, operation: "open", reason: "is a symbolic link; name the file itself")
        case EISDIR: .inputOutput(source: error.path, operation: "open", reason: "is a folder")
        default: failure(error)
        }
    }

    private static func failure(_ error: FileError) -> KeyedPRFError {
        error.code == .exists
            ? .fileExists(path: error.path)
            : .inputOutput(source: error.path, operation: error.operation, reason: error.reason)
    }

    private static func failure(_ path: String, _ operation: String) -> KeyedPRFError {
        .inputOutput(source: path, operation: operation, reason: String(cString: strerror(errno)))
    }
}
