import Foundation

/// The repository that the tests were compiled in.
package enum Repository {
    /// Its root folder.
    package static let root: String = {
        var folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        while folder.path != "/", !FileManager.default.fileExists(atPath: folder.path + "/Package.swift") {
            folder.deleteLastPathComponent()
        }
        return folder.path
    }()

    /// The path of something in it, as `fixtures/lab`.
    package static func path(_ relative: String) -> String { root + "/" + relative }
}
