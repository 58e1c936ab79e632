import Foundation
import KeyedPRF

/// What stands for a file or folder in a job's identity.
public enum InputDigest {
    /// Why an input has no digest.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The file or folder.
        public var path: String
        /// What is wrong.
        public var reason: String

        /// Both on one line.
        public var description: String { "\(path): \(reason)" }
    }

    /// SHA-256, in hexadecimal, of a file; of a model's folder that of the names and digests of all files that decide what
    /// the model computes and how it is asked.
    ///
    /// - Throws: ``Failure`` for what is not there or cannot be read.
    public static func of(_ path: String) throws(Failure) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Failure(path: path, reason: "there is no such file")
        }
        guard isFolder.boolValue else { return try file(path) }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        var text = ""
        for name in names.filter(isRelevant).sorted() { text += "\(name)\n\(try file(path + "/" + name))\n" }
        guard !text.isEmpty else { throw Failure(path: path, reason: "the folder holds no model") }
        return SHA256Digest.of(text).hex
    }

    /// What training leaves beside a model says nothing about what it computes.
    private static func isRelevant(_ name: String) -> Bool {
        [".safetensors", ".json", ".jinja", ".txt"].contains { name.hasSuffix($0) } && name != "training.json"
    }

    private static func file(_ path: String) throws(Failure) -> String {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw Failure(path: path, reason: "it cannot be opened")
        }
        defer { try? handle.close() }
        do {
            let hasher = try SHA256Hasher()
            while let data = try handle.read(upToCount: 1 << 20), !data.isEmpty { hasher.update([UInt8](data)) }
            return hasher.finalize().hex
        } catch {
            throw Failure(path: path, reason: "it cannot be read")
        }
    }
}
