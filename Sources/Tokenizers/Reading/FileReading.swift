import Files

/// Reads whole files with a cap, so that a wrong path to a large file is an error and not a full memory.
enum FileReading {
    /// The bytes of a file, or nil if there is no file at `path`.
    static func bytesIfPresent(_ path: String) throws(TokenizerError) -> [UInt8]? {
        if FilePath.isFolder(path) { return nil }
        do throws(FileError) {
            return try WholeFile.readIfPresent(path, limit: DefinitionText.largestFile)
        } catch {
            switch error.code {
            case .tooLarge:
                throw TokenizerError(.tooLarge, file: path, "at most \(DefinitionText.largestFile) bytes are read")
            case .notRegular: throw TokenizerError(.unreadable, file: path, "is not a regular file")
            default: throw TokenizerError(.unreadable, file: path, "cannot be read: \(error.reason)")
            }
        }
    }

    static func bytes(_ path: String) throws(TokenizerError) -> [UInt8] {
        guard let bytes = try bytesIfPresent(path) else {
            throw TokenizerError(.unreadable, file: path, "there is no such file")
        }
        return bytes
    }
}
