import Files
import Foundation
import KeyedPRF

/// What stands for an input in a job's identity.
public enum InputDigest {
    /// SHA-256, in hexadecimal, of a file; of a folder, that of its files' names and digests, in the order of their names. Of
    /// a model's folder only the files count that decide what the model computes and how it is asked.
    ///
    /// - Throws: ``InputDigestError`` naming what cannot be read.
    public static func of(_ path: String) throws(InputDigestError) -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw InputDigestError(path: path)
        }
        guard isFolder.boolValue else { return try digest(ofFile: path) }
        guard let names = FileManager.default.subpaths(atPath: path) else { throw InputDigestError(path: path) }
        let isModel = names.contains { $0.hasSuffix(".safetensors") }
        var text = ""
        for name in names.sorted() where !isModel || isOfModel(name) {
            let file = path + "/" + name
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), !isFolder.boolValue else {
                continue
            }
            text += "\(try digest(ofFile: file))  \(name)\n"
        }
        return SHA256Digest.of(text).hex
    }

    /// What training leaves beside a model says nothing about what it computes.
    private static func isOfModel(_ name: String) -> Bool {
        [".safetensors", ".json", ".jinja", ".txt"].contains { name.hasSuffix($0) } && name != "training.json"
    }

    private static func digest(ofFile path: String) throws(InputDigestError) -> String {
        do throws(FileError) {
            return try SHA256Digest.of(file: path).hex
        } catch {
            throw InputDigestError(path: path)
        }
    }
}

/// An input that cannot be read.
public struct InputDigestError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The input.
    public var path: String

    /// One line for people.
    public var description: String { "\(path): cannot be read" }
}
