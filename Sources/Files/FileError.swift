#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Why a file could not be read or written.
public struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// Something is there already and was not to be replaced.
        case exists
        /// There is no such file.
        case missing
        /// A directory stands where a file should.
        case isDirectory
        /// A pipe, a device or a directory stands where a regular file should.
        case notRegular
        /// The file is named for something else too.
        case sameFile
        /// Another process holds the file's lock.
        case inUse
        /// The file has more bytes than are read.
        case tooLarge
        /// The file ends before what was asked for.
        case truncated
        /// The path holds a NUL character.
        case invalidPath
        /// The system refused; `errno` says why.
        case system
    }

    /// What is wrong.
    public var code: Code
    /// The file as it was named.
    public var path: String
    /// What was tried, as a verb: `open`, `write`.
    public var operation: String
    /// The system's number for the reason; 0 where it gave none.
    public var errno: Int32

    /// - Parameters:
    ///   - code: What is wrong.
    ///   - path: The file as it was named.
    ///   - operation: What was tried, as a verb.
    ///   - errno: The system's number for the reason; 0 where it gave none.
    public init(_ code: Code, path: String, operation: String, errno: Int32 = 0) {
        self.code = code
        self.path = path
        self.operation = operation
        self.errno = errno
    }

    /// The reason that the system has just given.
    package static func system(_ path: String, _ operation: String, errno number: Int32? = nil) -> FileError {
        #if canImport(Glibc)
            let number = number ?? Glibc.errno
        #elseif canImport(Musl)
            let number = number ?? Musl.errno
        #else
            let number = number ?? Darwin.errno
        #endif
        return FileError(
            number == ENOENT ? .missing : .system, path: path, operation: operation, errno: number)
    }

    /// The reason in words, without path and operation.
    public var reason: String {
        switch code {
        case .exists: "already exists"
        case .isDirectory: "it is a directory"
        case .notRegular: "it is not a regular file"
        case .sameFile: "it is named twice"
        case .inUse: "another run is writing it"
        case .tooLarge: "it is larger than is read"
        case .truncated: "it ends too early"
        case .invalidPath: "its path holds a NUL character"
        case .missing, .system: errno == 0 ? "there is no such file" : String(cString: strerror(errno))
        }
    }

    /// `path: cannot write: No space left on device`.
    public var description: String { "\(path): cannot \(operation): \(reason)" }
}
