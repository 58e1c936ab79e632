import Files
import Foundation
import TestSupport
import Testing

/// What a writer that was killed leaves beside its file.
@Suite struct PlacementLeftoversTests {
    @Test func onlyTheFilesOwnLeftoversGo() throws {
        let folder = try TemporaryDirectory()
        let left = Placement.stagedName(for: folder.file("state.json"))
        let others = [
            Placement.stagedName(for: folder.file("other.json")), folder.file("state.json"),
            folder.file(".state.json.mine.tmp"), folder.file(".state.json.tmp"),
        ]
        for path in [left] + others { try Data("x".utf8).write(to: URL(fileURLWithPath: path)) }
        Placement.removeStaged(for: folder.file("state.json"))
        #expect(!FileManager.default.fileExists(atPath: left))
        for path in others { #expect(FileManager.default.fileExists(atPath: path), "\(path)") }
    }
}
