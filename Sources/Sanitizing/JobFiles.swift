import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The files of a job, judged before any of them is opened: nothing that is read may be written to, and no two things may
/// be written to one file.
enum JobFiles {
    static func check(_ options: SanitizeOptions) throws(SanitizeError) {
        var read = options.protectedFiles
        if options.input != "-" { read.append(options.input) }
        var written: [String] = []
        if options.output != "-" { written.append(options.output) }
        if let ledger = options.ledger {
            written.append(LedgerSink.spoolPath(options.output))
            written += ["", "-wal", "-shm", ".lock"].map { ledger + $0 }
        }
        for (index, path) in written.enumerated() {
            let file = Identity(path)
            for other in read where file.isSame(Identity(other)) { throw SanitizeError.sameFile(path) }
            // By name only: a finished spool and its output are one file for a moment.
            for other in written[..<index] where file.name == Identity(other).name {
                throw SanitizeError.sameFile(path)
            }
        }
    }

    private struct Identity {
        let name: String
        /// Device and inode of a regular file.
        let file: [UInt64]?

        init(_ path: String) {
            name = URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
            var status = stat()
            let isFile = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            file = isFile ? [UInt64(status.st_dev), UInt64(status.st_ino)] : nil
        }

        func isSame(_ other: Identity) -> Bool {
            if let file, let otherFile = other.file { return file == otherFile }
            return file == nil && other.file == nil && name == other.name && !name.hasPrefix("/dev/")
        }
    }
}
