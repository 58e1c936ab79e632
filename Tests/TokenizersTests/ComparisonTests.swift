import Foundation
import Testing

@testable import Tokenizers

/// Larger comparisons with the reference library, on files that scripts/compare/compare_tokenizers.py makes. Run by setting
/// TOKENIZER_COMPARISON to their folder.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["TOKENIZER_COMPARISON"] != nil)) struct ComparisonTests {
    private static let folder = ProcessInfo.processInfo.environment["TOKENIZER_COMPARISON"] ?? ""

    /// Those that were made.
    private static var families: [String] {
        Golden.families.filter { FileManager.default.fileExists(atPath: "\(folder)/\($0).ids.json") }
    }

    private static func read<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
    }

    @Test func `normalization agrees`() throws {
        let pairs = try Self.read("normalization.json", as: [[String]].self)
        var mismatches = 0
        for (source, expected) in zip(pairs[0], pairs[1]) {
            let utf8 = Array(source.utf8)
            let result = utf8.withUnsafeBufferPointer(CanonicalComposition.normalized) ?? utf8
            guard !result.elementsEqual(expected.utf8) else { continue }
            mismatches += 1
            if mismatches <= 10 { Issue.record("\(source.unicodeScalars.map { String($0.value, radix: 16) })") }
        }
        #expect(mismatches == 0)
        #expect(pairs[0].count > 1000)
    }

    @Test(arguments: families)
    func `ids agree`(family: String) throws {
        let texts = try Self.read("texts.json", as: [String].self)
        let expected = try Self.read("\(family).ids.json", as: [[Int32]].self)
        let tokenizer = try Tokenizer.load("\(Self.folder)/\(family)/tokenizer.json")
        var mismatches = 0
        var bytes = 0
        for (text, ids) in zip(texts, expected) {
            bytes += text.utf8.count
            guard tokenizer.encode(text) != ids else { continue }
            mismatches += 1
            if mismatches <= 5 { Issue.record("\(text.debugDescription)") }
        }
        print("\(family): \(bytes) bytes in \(texts.count) texts, \(mismatches) texts differ")
        #expect(mismatches == 0 && texts.count == expected.count)
    }
}
