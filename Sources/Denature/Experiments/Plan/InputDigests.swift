import Files
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

    /// How many lines of a file are not blank: its records, where each has a line.
    ///
    /// - Throws: `ExperimentError.unreadable`.
    func lines(_ path: String) throws(ExperimentError) -> Int {
        var lines = 0
        var isBlank = true
        try Self.read(path) { bytes in
            for byte in bytes {
                if byte == 0x0A {
                    lines += isBlank ? 0 : 1
                    isBlank = true
                } else if byte != 0x20, byte != 0x0D {
                    isBlank = false
                }
            }
        }
        return lines + (isBlank ? 0 : 1)
    }

    private static func folder(_ path: String) throws(ExperimentError) -> String {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        // What training leaves beside a model says nothing about what it computes.
        let relevant = names.filter {
            ($0.hasSuffix(".safetensors") || $0.hasSuffix(".json") || $0.hasSuffix(".jinja") || $0.hasSuffix(".txt"))
                && $0 != "training.json"
        }
        // A folder without a model may be one of templates.
        let counted = relevant.isEmpty ? names.filter { $0.hasSuffix(".md") } : relevant
        guard !counted.isEmpty else {
            throw .unreadable(path: path, reason: "the folder holds no model and no template")
        }
        var text = ""
        for name in counted.sorted() { text += "\(name)\n\(try file(path + "/" + name))\n" }
        return SHA256Digest.of(text).hex
    }

    static func file(_ path: String) throws(ExperimentError) -> String {
        do throws(FileError) {
            return try SHA256Digest.of(file: path).hex
        } catch {
            throw .unreadable(path: path, reason: "it cannot be read: \(error.reason)")
        }
    }

    private static func read(_ path: String, _ body: (UnsafeRawBufferPointer) -> Void) throws(ExperimentError) {
        do throws(FileError) {
            let file = try Descriptor(opening: path, O_RDONLY)
            try file.forEachChunk { chunk throws(FileError) in body(chunk) }
        } catch {
            throw .unreadable(path: path, reason: "it cannot be read: \(error.reason)")
        }
    }
}
