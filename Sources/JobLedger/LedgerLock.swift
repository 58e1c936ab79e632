import Files
import Foundation
import Synchronization

/// An exclusive lock on a file beside the ledger, held by the open file description: the system drops it when the process
/// ends, however it ends. A file of its own, because closing any descriptor of the database would drop SQLite's locks.
final class LedgerLock: Sendable {
    private let file: Mutex<Descriptor?>

    init(ledger path: String) throws(JobLedgerError) {
        let file: Descriptor
        do throws(FileError) {
            file = try Descriptor(opening: path + ".lock", O_RDWR | O_CREAT, mode: 0o600)
        } catch {
            throw FileProblem.error(error.errno, path: path)
        }
        do throws(FileError) {
            try file.lock()
        } catch {
            throw error.code == .inUse
                ? .inUse(path: path, owner: Self.owner(file)) : FileProblem.error(error.errno, path: path)
        }
        // Only information for the other process; failing to write it harms nothing.
        if (try? file.truncate(to: 0)) != nil { try? file.write(Array("\(getpid())\n".utf8)) }
        self.file = Mutex(file)
    }

    private static func owner(_ file: Descriptor) -> Int? {
        guard let size = try? file.status().st_size, size > 0,
            let bytes = try? file.bytes(at: 0, count: min(Int(size), 32))
        else { return nil }
        return Int(String(decoding: bytes, as: UTF8.self).filter(\.isNumber))
    }

    /// Drops the lock before the process ends; later calls do nothing.
    func release() {
        file.withLock { $0 = nil }
    }
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
        do throws(FileError) {
            _ = try Descriptor(opening: path, O_RDWR | O_CREAT | O_EXCL, mode: 0o600)
        } catch let failure {
            throw error(failure.errno, path: path)
        }
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
