#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Where a job writes, judged before anything is read.
package enum OutputTarget: Sendable, Hashable {
    /// Standard output.
    case standardOutput
    /// A pipe or device: written to as it is, never renamed over.
    case stream(path: String)
    /// A regular file, written beside its final name and moved there when complete.
    case file(path: String)

    /// Judges an argument.
    ///
    /// - Parameters:
    ///   - argument: A path, or `-` for standard output.
    ///   - force: Whether a file that is there may be replaced.
    ///   - others: Files that are named for something else, and must be different ones.
    /// - Throws: ``FileError`` with code `isDirectory`, `exists`, `sameFile` or `system`.
    package init(_ argument: String, force: Bool, others: [String] = []) throws(FileError) {
        guard argument != "-" else {
            self = .standardOutput
            return
        }
        var status = stat()
        if stat(argument, &status) == 0 {
            switch status.st_mode & S_IFMT {
            case S_IFREG: break
            case S_IFDIR: throw FileError(.isDirectory, path: argument, operation: "write", errno: EISDIR)
            default:
                self = .stream(path: argument)
                return
            }
            for other in others where FilePath.isSameFile(argument, other) {
                throw FileError(.sameFile, path: argument, operation: "write")
            }
            guard force else { throw FileError(.exists, path: argument, operation: "write", errno: EEXIST) }
        } else if errno != ENOENT {
            throw .system(argument, "write")
        }
        for other in others where FilePath.resolved(other) == FilePath.resolved(argument) {
            throw FileError(.sameFile, path: argument, operation: "write")
        }
        self = .file(path: argument)
    }

    /// The path of a regular file; nil for a stream.
    package var filePath: String? {
        if case .file(let path) = self { path } else { nil }
    }

    /// Refuses a file whose folder is not there or cannot be written, before anything is done for it.
    ///
    /// - Throws: ``FileError``.
    package func checkFolder() throws(FileError) {
        guard case .file(let path) = self else { return }
        guard access(FilePath.folder(of: path), W_OK) == 0 else { throw .system(path, "write") }
    }
}

/// An output that is written from front to back: a file that appears when it is complete, or a stream.
package final class FileOutput {
    private static let bufferLimit = 1 << 20

    private let stream: Descriptor?
    private var staged: StagedFile?
    private var buffer: [UInt8] = []

    /// The target as errors name it.
    package let name: String

    /// Opens a target.
    ///
    /// - Parameters:
    ///   - target: Where to write.
    ///   - replacing: Whether a file that is there gives way.
    /// - Throws: ``FileError``.
    package init(_ target: OutputTarget, replacing: Bool) throws(FileError) {
        switch target {
        case .standardOutput:
            name = "<stdout>"
            stream = Descriptor(borrowing: 1, name: name)
        case .stream(let path):
            name = path
            stream = try Descriptor(opening: path, O_WRONLY, operation: "write")
        case .file(let path):
            name = path
            stream = nil
            staged = try StagedFile(path: path, replacing: replacing)
        }
    }

    /// Whether somebody may be waiting at the other end.
    package var isStream: Bool { stream != nil }

    /// Appends bytes; they reach the system by ``flush()`` at the latest.
    ///
    /// - Throws: ``FileError``.
    package func write(_ bytes: some Collection<UInt8>) throws(FileError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferLimit { try flush() }
    }

    /// Hands everything to the system.
    ///
    /// - Throws: ``FileError``.
    package func flush() throws(FileError) {
        guard !buffer.isEmpty else { return }
        defer { buffer.removeAll(keepingCapacity: true) }
        try stream?.write(buffer)
        try staged?.write(buffer)
    }

    /// Puts a file in its place; everything of a stream is with the system.
    ///
    /// - Throws: ``FileError``; then no file has appeared.
    package func finish() throws(FileError) {
        try flush()
        try staged?.publish()
        staged = nil
    }

    /// Removes what was written of a file.
    package func abandon() {
        buffer.removeAll()
        staged = nil
    }
}
