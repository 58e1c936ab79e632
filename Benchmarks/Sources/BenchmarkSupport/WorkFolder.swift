import Foundation

/// A folder of this process for its large files.
public struct WorkFolder: Sendable {
    private let root: String

    /// Makes a folder of its own name in `parent`, or in the system's place for temporary files.
    public init(in parent: String?) throws {
        root =
            URL(fileURLWithPath: parent ?? NSTemporaryDirectory())
            .appendingPathComponent("denature-benchmark-\(ProcessInfo.processInfo.processIdentifier)").path
        try FileManager.default.createDirectory(
            atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// The path of a file in it.
    public func path(_ name: String) -> String { root + "/" + name }

    /// Whether there is such a file.
    public func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

    /// The bytes of a file.
    public func size(_ name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path(name))
        return (attributes[.size] as? NSNumber)?.intValue ?? 0
    }

    /// Removes a file, if it is there.
    public func remove(_ name: String) { try? FileManager.default.removeItem(atPath: path(name)) }

    /// Removes the folder and all that is in it.
    public func remove() { try? FileManager.default.removeItem(atPath: root) }
}
