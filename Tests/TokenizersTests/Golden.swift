import Foundation

@testable import Tokenizers

/// Golden files of fixtures/golden/tokenizers, found from this source file so that the current folder does not matter.
enum Golden {
    struct Texts: Decodable {
        let texts: [String]
    }

    struct Family: Decodable {
        let vocabularySize: Int
        let ids: [[Int32]]
        let literal: [String: [Int32]]
        let decoded: [String]
    }

    struct MissingRoot: Error {}

    static let families = ["gpt2", "gpt2-prefix", "qwen2", "llama3", "digits", "words", "spaced-words"]

    static func path(_ name: String) throws -> String {
        var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().resolvingSymlinksInPath()
        while !FileManager.default.fileExists(atPath: folder.appendingPathComponent("fixtures/golden").path) {
            guard folder.path != "/" else { throw MissingRoot() }
            folder.deleteLastPathComponent()
        }
        return folder.appendingPathComponent("fixtures/golden/tokenizers/\(name)").path
    }

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    static func tokenizer(_ family: String) throws -> Tokenizer {
        try Tokenizer.load(path("\(family).tokenizer.json"))
    }

    static func texts() throws -> [String] {
        try JSONDecoder().decode(Texts.self, from: Data(bytes("texts.json"))).texts
    }

    static func family(_ name: String) throws -> Family {
        try JSONDecoder().decode(Family.self, from: Data(bytes("\(name).json")))
    }
}

extension String {
    /// Equality of bytes: `==` on strings is canonical equivalence, which would hide a missing normalization.
    func isIdentical(to other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}
