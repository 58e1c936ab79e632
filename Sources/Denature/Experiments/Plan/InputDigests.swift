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
        guard FileManager.default.fileExists(atPath: path) else {
            throw .unreadable(path: path, reason: "there is no such file")
        }
        if FilePath.isFolder(path), !Self.isModelOrTemplates(path) {
            throw .unreadable(path: path, reason: "the folder holds no model and no template")
        }
        let digest: String
        do throws(InputDigestError) {
            digest = try InputDigest.of(path)
        } catch {
            throw .unreadable(path: error.path, reason: "it cannot be read")
        }
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

    private static func isModelOrTemplates(_ folder: String) -> Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.contains { $0.hasSuffix(".safetensors") || $0.hasSuffix(".md") }
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
