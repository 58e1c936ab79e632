import TestSupport
import Testing

@testable import Tokenizers

@Suite struct StreamingDecoderTests {
    @Test(arguments: Golden.families)
    func `streamed text joins to the decoded text`(family: String) throws {
        let tokenizer = try Golden.tokenizer(family)
        let seed = UInt64(99)
        var random = SplitMix64(seed: seed)
        var sequences = try Golden.family(family).ids
        // Random ids hit every way in which UTF-8 can be cut or wrong; some name no token.
        for _ in 0..<300 {
            let bound = Int32(tokenizer.idBound) + 3
            sequences.append(
                (0..<Int.random(in: 0...12, using: &random)).map { _ in .random(in: 0..<bound, using: &random) })
        }
        for ids in sequences {
            for skips in [true, false] {
                var decoder = StreamingDecoder(tokenizer, skipSpecialTokens: skips)
                var parts = ids.map { decoder.append($0) }
                parts.append(decoder.finish())
                let whole = tokenizer.decode(ids, skipSpecialTokens: skips)
                #expect(parts.joined().isIdentical(to: whole), "seed \(seed): \(ids)")
                #expect(decoder.finish().isEmpty)
            }
        }
    }

    @Test func `a scalar appears when its last byte arrives`() throws {
        let tokenizer = try Golden.tokenizer("gpt2")
        let ids = try Array("🙂".utf8).map { try #require(tokenizer.definition.table.vocabulary.id(of: [$0])) }
        var decoder = StreamingDecoder(tokenizer)
        #expect(ids.map { decoder.append($0) } == ["", "", "", "🙂"])
        #expect(decoder.finish().isEmpty)
        #expect(ids.dropLast().map { decoder.append($0) } == ["", "", ""])
        #expect(decoder.finish() == "\u{FFFD}")
    }

    @Test func `control tokens are left out unless asked for`() throws {
        let tokenizer = try Golden.tokenizer("qwen2")
        let end = try #require(tokenizer.id(for: "<|im_end|>"))
        let think = try #require(tokenizer.id(for: "<think>"))
        let ids = tokenizer.encode("hi") + [think, end]
        #expect(tokenizer.decode(ids) == "hi<think>")
        #expect(tokenizer.decode(ids, skipSpecialTokens: false) == "hi<think><|im_end|>")
    }
}
