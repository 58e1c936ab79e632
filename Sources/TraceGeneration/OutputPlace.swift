import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Where a run writes, judged before anything is read.
enum OutputPlace: Hashable {
    /// Standard output.
    case standardOutput
    /// A pipe or device: written to as it is, never renamed over.
    case stream(path: String)
    /// A regular file, written beside its final name and moved there when complete.
    case file(path: String)

    /// Judges `argument` (`-` is standard output). Refuses an existing file without `force`, and a file that is also
    /// one of `inputs`.
    init(_ argument: String, force: Bool, inputs: [String]) throws(TraceGenerationError) {
        guard argument != "-" else {
            self = .standardOutput
            return
        }
        var status = stat()
        if stat(argument, &status) == 0 {
            switch status.st_mode & S_IFMT {
            case S_IFREG: break
            case S_IFDIR:
                throw TraceGenerationError(.unwritable, "\(argument): cannot write: it is a directory")
            default:
                self = .stream(path: argument)
                return
            }
            for input in inputs where Self.isSameFile(status, input) { throw Self.named(argument) }
            guard force else {
                throw TraceGenerationError(.outputExists, "\(argument): already exists (--force replaces it)")
            }
        } else if errno != ENOENT {
            throw AppendedFile.failure(argument)
        }
        for input in inputs where Self.name(input) == Self.name(argument) { throw Self.named(argument) }
        self = .file(path: argument)
    }

    private static func name(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }

    private static func named(_ path: String) -> TraceGenerationError {
        TraceGenerationError(.unwritable, "\(path): is named twice; input and output must be different files")
    }

    private static func isSameFile(_ status: stat, _ path: String) -> Bool {
        var other = stat()
        return stat(path, &other) == 0 && other.st_dev == status.st_dev && other.st_ino == status.st_ino
    }
}
