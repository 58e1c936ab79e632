import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where a job writes, judged before anything is read.
package enum OutputTarget: Sendable, Equatable {
    /// Standard output.
    case standardOutput
    /// A pipe or device: written to as it is, never renamed over.
    case stream(path: String)
    /// A regular file, written beside its final name and moved there when complete.
    case file(path: String)

    /// Judges `argument` (`-` is standard output). Refuses an existing file without `force`, and a file that is also
    /// one of `others`.
    package init(argument: String, force: Bool, others: [String]) throws(SanitizeError) {
        guard argument != "-" else {
            self = .standardOutput
            return
        }
        var status = stat()
        if stat(argument, &status) == 0 {
            switch status.st_mode & S_IFMT {
            case S_IFREG: break
            case S_IFDIR: throw SanitizeError.output(path: argument, reason: "it is a directory")
            default:
                self = .stream(path: argument)
                return
            }
            for other in others where Self.isSameFile(status, other) { throw SanitizeError.sameFile(argument) }
            guard force else { throw SanitizeError.outputExists(path: argument) }
        } else if errno != ENOENT {
            throw OutputFile.failure(argument)
        }
        for other in others where (other as NSString).standardizingPath == (argument as NSString).standardizingPath {
            throw SanitizeError.sameFile(argument)
        }
        self = .file(path: argument)
    }

    private static func isSameFile(_ status: stat, _ path: String) -> Bool {
        var other = stat()
        return stat(path, &other) == 0 && other.st_dev == status.st_dev && other.st_ino == status.st_ino
    }
}
