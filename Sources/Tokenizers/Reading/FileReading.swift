import Foundation

/// Reads whole files with a cap, so that a wrong path to a large file is an error and not a full memory.
enum FileReading {
    /// The bytes of a file, or nil if there is no file at `path`.
    static func bytesIfPresent(_ path: String) throws(TokenizerError) -> [UInt8]? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
            return nil
        }
        // Model folders hold links to files; a device or a pipe would be read without end.
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let attributes = (try? FileManager.default.attributesOfItem(atPath: target)) ?? [:]
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw TokenizerError(.unreadable, file: path, "is not a regular file")
        }
        let size = attributes[.size] as? Int ?? 0
        guard size <= JSONTape.largestFile else {
            throw TokenizerError(.tooLarge, file: path, "\(size) bytes; at most \(JSONTape.largestFile) are read")
        }
        do {
            return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw TokenizerError(.unreadable, file: path, "cannot be read: \(error.localizedDescription)")
        }
    }

    static func bytes(_ path: String) throws(TokenizerError) -> [UInt8] {
        guard let bytes = try bytesIfPresent(path) else {
            throw TokenizerError(.unreadable, file: path, "there is no such file")
        }
        return bytes
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
