import Foundation
import KeyedPRF

/// Digests of files and models' folders, each computed once.
struct InputDigests {
    private var known: [String: InputFile] = [:]

    /// What is at `path`: a file's digest, or one of all files of a model's folder that decide what it computes.
    ///
    /// - Throws: `ExperimentError.unreadable`.
    mutating func input(_ path: String) throws(ExperimentError) -> InputFile {
        if let file = known[path] { return file }
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .unreadable(path: path, reason: "there is no such file")
        }
        let digest = isFolder.boolValue ? try Self.folder(path) : try Self.file(path)
        let file = InputFile(path: path, digest: digest)
        known[path] = file
        return file
    }

    private static func folder(_ path: String) throws(ExperimentError) -> String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        // What training leaves beside a model says nothing about what it computes.
        let relevant = names.filter {
            ($0.hasSuffix(".safetensors") || $0.hasSuffix(".json") || $0.hasSuffix(".jinja") || $0.hasSuffix(".txt"))
                && $0 != "training.json"
        }
        guard !relevant.isEmpty else { throw .unreadable(path: path, reason: "the folder holds no model") }
        var text = ""
        for name in relevant.sorted() { text += "\(name)\n\(try file(path + "/" + name))\n" }
        return SHA256Digest.of(text).hex
    }

    private static func file(_ path: String) throws(ExperimentError) -> String {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw .unreadable(path: path, reason: "it cannot be opened")
        }
        defer { try? handle.close() }
        do {
            let hasher = try SHA256Hasher()
            while let data = try handle.read(upToCount: 1 << 20), !data.isEmpty { hasher.update([UInt8](data)) }
            return hasher.finalize().hex
        } catch {
            throw .unreadable(path: path, reason: "it cannot be read")
        }
    }
}
