import Files
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
    private let lockFile: Descriptor
    private let log: Descriptor

    /// The lock's number, for the stages' processes.
    var lock: Int32 { lockFile.number }

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
        lockFile = try Self.open(path + "/.lock")
        log = try Self.open(path + "/log.txt")
        try Self.hold(lockFile, path)
    }

    private static func hold(_ file: Descriptor, _ path: String) throws(ExperimentError) {
        var tries = 0
        while true {
            do throws(FileError) {
                return try file.lock()
            } catch {
                guard error.code == .inUse, tries < 20 else { throw .busy(folder: path) }
            }
            tries += 1
            usleep(100_000)
        }
    }

    /// Above the numbers that descriptors have in the stages' processes.
    private static func open(_ path: String) throws(ExperimentError) -> Descriptor {
        do throws(FileError) {
            return try Descriptor(opening: path, O_RDWR | O_CREAT | O_APPEND).raised(above: 16)
        } catch {
            throw .unwritable(path: path, reason: error.reason)
        }
    }

    /// Adds a line to the log: times and commands, which are no part of any result.
    func note(_ line: String) {
        // Of no result: a log that cannot be written is no reason to stop.
        try? log.write(Array((line + "\n").utf8))
    }

    /// Replaces a file, which is there whole or not at all.
    static func replace(_ target: String, _ text: String) throws(ExperimentError) {
        do throws(FileError) {
            try WholeFile.write(text.utf8, to: target, replacing: true)
        } catch {
            throw .unwritable(path: target, reason: error.reason)
        }
    }
}
