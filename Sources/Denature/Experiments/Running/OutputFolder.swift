import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The output folder of an experiment, held by one run at a time.
///
/// The lock is on a descriptor that the stages' processes share, so a run that was killed holds it until its last process
/// has gone.
final class OutputFolder: Sendable {
    let path: String
    let lock: Int32
    private let log: Int32

    /// Makes the folder if it is not there, and waits a little for the processes of a run that was killed.
    ///
    /// - Throws: `ExperimentError`.
    init(_ path: String) throws(ExperimentError) {
        // The stages' processes have the paths as arguments.
        self.path = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw .unwritable(path: path, reason: error.localizedDescription)
        }
        lock = try Self.open(path + "/.lock")
        var tries = 0
        while flock(lock, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR, tries < 20 else {
                close(lock)
                throw .busy(folder: path)
            }
            tries += 1
            usleep(100_000)
        }
        do throws(ExperimentError) {
            log = try Self.open(path + "/log.txt")
        } catch {
            close(lock)
            throw error
        }
    }

    deinit {
        close(log)
        close(lock)
    }

    /// Above the numbers that descriptors have in the stages' processes.
    private static func open(_ path: String) throws(ExperimentError) -> Int32 {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
        let high = fcntl(descriptor, F_DUPFD_CLOEXEC, 16)
        close(descriptor)
        guard high >= 0 else { throw .unwritable(path: path, reason: String(cString: strerror(errno))) }
        return high
    }

    /// Adds a line to the log: times and commands, which are no part of any result.
    func note(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = bytes.withUnsafeBytes { write(log, $0.baseAddress, $0.count) }
    }

    /// Replaces a file, which is there whole or not at all.
    static func replace(_ target: String, _ text: String) throws(ExperimentError) {
        guard FileManager.default.createFile(atPath: target + ".part", contents: Data(text.utf8)),
            rename(target + ".part", target) == 0
        else { throw .unwritable(path: target, reason: String(cString: strerror(errno))) }
    }
}
