import Foundation
import TestSupport

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

    static let families = [
        "gpt2", "gpt2-prefix", "qwen2", "llama3", "digits", "words", "spaced-words", "llama2", "mistral", "gemma",
        "unknown-characters", "unigram", "unigram-bytes", "any-split", "behaviors",
    ]

    static func path(_ name: String) throws -> String {
        return Repository.path("fixtures/golden/tokenizers/\(name)")
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
