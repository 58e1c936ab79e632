import Foundation
import Synchronization

/// An exclusive lock on a file beside the ledger, held by the open file description: the system drops it when the process
/// ends, however it ends. A file of its own, because closing any descriptor of the database would drop SQLite's locks.
final class LedgerLock: Sendable {
    private let descriptor: Mutex<Int32?>

    init(ledger path: String) throws(JobLedgerError) {
        let descriptor = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileProblem.error(errno, path: path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            let owner = Self.owner(descriptor)
            close(descriptor)
            throw code == EWOULDBLOCK ? .inUse(path: path, owner: owner) : FileProblem.error(code, path: path)
        }
        // Only information for the other process; failing to write it harms nothing.
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
        self.descriptor = Mutex(descriptor)
    }

    private static func owner(_ descriptor: Int32) -> Int? {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int(String(decoding: bytes[..<count], as: UTF8.self).filter(\.isNumber))
    }

    /// Drops the lock before the process ends; later calls do nothing.
    func release() {
        descriptor.withLock {
            if let open = $0 { close(open) }
            $0 = nil
        }
    }

    deinit { release() }
}

enum FileProblem {
    static func error(_ code: Int32, path: String) -> JobLedgerError {
        switch code {
        case EACCES, EPERM, EROFS: .readOnly(path: path)
        case ENOSPC, EDQUOT: .diskFull(path: path)
        default: .cannotOpen(path: path, reason: String(cString: strerror(code)))
        }
    }

    /// Makes the file when it is absent, readable by its owner only, and refuses what cannot be a ledger.
    /// An existing file is not opened here: closing a descriptor of it would drop the locks SQLite holds in this process.
    static func prepare(_ path: String) throws(JobLedgerError) {
        if try size(of: path) != nil {
            guard access(path, R_OK | W_OK) == 0 else { throw error(errno, path: path) }
            return
        }
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw error(errno, path: path) }
        close(descriptor)
    }

    /// Refuses what cannot be read as a ledger.
    static func checkReadable(_ path: String) throws(JobLedgerError) {
        guard try size(of: path) != nil else { throw error(ENOENT, path: path) }
        guard access(path, R_OK) == 0 else {
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
    }

    /// The size in bytes, nil when there is no such file. SQLite takes a file shorter than one page for an empty database
    /// and would overwrite it.
    private static func size(of path: String) throws(JobLedgerError) -> Int64? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw error(errno, path: path)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .cannotOpen(path: path, reason: "not a regular file")
        }
        let size = Int64(status.st_size)
        if (1..<512).contains(size) { throw .notADatabase(path: path) }
        return size
    }
}
