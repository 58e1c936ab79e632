import Foundation
import Testing

@testable import Tokenizers

/// Ids and texts of the `tokenizers` library.
@Suite struct GoldenTests {
    @Test(arguments: Golden.families)
    func `ids equal those of the reference library`(family: String) throws {
        let tokenizer = try Golden.tokenizer(family)
        let golden = try Golden.family(family)
        let texts = try Golden.texts()
        try #require(texts.count == golden.ids.count && texts.count > 200)
        #expect(tokenizer.vocabularySize == golden.vocabularySize)
        for (i, text) in texts.enumerated() {
            let ids = tokenizer.encode(text)
            #expect(ids == golden.ids[i], "\(text.debugDescription)")
            let literal = tokenizer.encode(text, addSpecialTokens: false, specialTokens: .text)
            #expect(literal == golden.literal[String(i)] ?? golden.ids[i], "as text: \(text.debugDescription)")
        }
    }

    @Test(arguments: Golden.families)
    func `decoded texts equal those of the reference library`(family: String) throws {
        let tokenizer = try Golden.tokenizer(family)
        let golden = try Golden.family(family)
        for (i, ids) in golden.ids.enumerated() {
            let text = tokenizer.decode(ids)
            // The library reads the letters of added tokens as bytes of the alphabet; here they are themselves.
            let hasLatinToken = ids.contains { id in
                tokenizer.addedTokens.contains { $0.id == id && !$0.content.utf8.allSatisfy { $0 < 0x80 } }
            }
            #expect(text.isIdentical(to: golden.decoded[i]) || hasLatinToken, "\(ids)")
        }
    }

    @Test(arguments: ["gpt2", "digits", "llama3"])
    func `complete byte-level vocabularies return the text`(family: String) throws {
        let tokenizer = try Golden.tokenizer(family)
        for text in try Golden.texts() {
            let ids = tokenizer.encode(text, addSpecialTokens: false)
            #expect(tokenizer.decode(ids, skipSpecialTokens: false).isIdentical(to: text), "\(text.debugDescription)")
        }
    }
}
