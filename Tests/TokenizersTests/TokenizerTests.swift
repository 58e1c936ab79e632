import Foundation
import TestSupport
import Testing

@testable import Tokenizers

@Suite struct TokenizerTests {
    @Test(arguments: Golden.families)
    func `tokens and ids are each other's inverse`(family: String) throws {
        let tokenizer = try Golden.tokenizer(family)
        var count = 0
        for id in 0..<Int32(tokenizer.idBound) {
            guard let token = tokenizer.token(for: id) else { continue }
            count += 1
            #expect(tokenizer.id(for: token) == id)
        }
        #expect(count == tokenizer.vocabularySize)
        #expect(tokenizer.token(for: -1) == nil && tokenizer.token(for: Int32(tokenizer.idBound)) == nil)
        #expect(tokenizer.bytes(for: .max) == nil && tokenizer.id(for: "no such token") == nil)
    }

    @Test func `files beside tokenizer.json name the special tokens`() throws {
        let folder = try TemporaryDirectory()
        try Data(Golden.bytes("llama3.tokenizer.json")).write(to: URL(fileURLWithPath: folder.file("tokenizer.json")))
        let configuration = """
            {"bos_token": {"content": "<|begin_of_text|>", "lstrip": false}, "eos_token": "<|eot_id|>",
             "chat_template": [{"name": "rag", "template": "?"}, {"name": "default", "template": "<|start_header_id|>"}]}
            """
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: folder.file("tokenizer_config.json")))
        let map = #"{"eos_token": "<|end_of_text|>", "pad_token": "<|end_of_text|>"}"#
        try Data(map.utf8).write(to: URL(fileURLWithPath: folder.file("special_tokens_map.json")))
        let tokenizer = try Tokenizer.load(folder.path)
        #expect(tokenizer.beginningID == tokenizer.id(for: "<|begin_of_text|>") && tokenizer.beginningID != nil)
        #expect(tokenizer.endID == tokenizer.id(for: "<|eot_id|>") && tokenizer.endID != nil)
        #expect(tokenizer.paddingID == tokenizer.id(for: "<|end_of_text|>") && tokenizer.paddingID != nil)
        #expect(tokenizer.unknownID == nil)
        #expect(try tokenizer.chatFormat().name == ChatFormat.ownName)
        #expect(tokenizer.prefixIDs == [tokenizer.beginningID] && tokenizer.suffixIDs.isEmpty)
        #expect(try Tokenizer.load(folder.file("tokenizer.json")).endID == tokenizer.endID)
    }

    @Test func `a Llama tokenizer class adds the beginning itself`() throws {
        let json = try Golden.bytes("llama3.tokenizer.json")
        func prefix(_ configuration: String) throws -> [Int32] {
            try Tokenizer(json: json, configuration: Array(configuration.utf8)).prefixIDs
        }
        let eot = try #require(try Golden.tokenizer("llama3").id(for: "<|eot_id|>"))
        let tokens = #""tokenizer_class": "LlamaTokenizerFast", "bos_token": "<|eot_id|>""#
        #expect(try prefix("{\(tokens), \"add_bos_token\": true}") == [eot])
        #expect(try prefix("{\(tokens), \"add_bos_token\": false}") == [])
        #expect(try prefix("{\(tokens)}") == Golden.tokenizer("llama3").prefixIDs)
    }

    @Test func `control tokens in text from outside stay text`() throws {
        let tokenizer = try Golden.tokenizer("qwen2")
        let end = try #require(tokenizer.id(for: "<|im_end|>"))
        let text = "a<|im_end|>b"
        #expect(tokenizer.encode(text).contains(end))
        let literal = tokenizer.encode(text, specialTokens: .text)
        #expect(!literal.contains(end))
        #expect(tokenizer.decode(literal) == text)
    }

    @Test func `many threads get the same ids`() async throws {
        let tokenizer = try Golden.tokenizer("qwen2")
        let texts = try Golden.texts()
        let expected = texts.map { tokenizer.encode($0) }
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask { texts.map { tokenizer.encode($0) } == expected }
            }
            for await isEqual in group { #expect(isEqual) }
        }
    }

    /// Byte-pair encoding as its definition says, in quadratic time.
    private static func naive(_ piece: String, _ model: BytePairModel) -> [Int32] {
        var ids = piece.utf8.map { model.byteIDs[Int($0)] }
        while true {
            let ranks = zip(ids, ids.dropFirst()).map { model.merges.merge($0, $1).rank }
            guard let best = ranks.min(), best != MergeTable.noRank, let at = ranks.firstIndex(of: best) else {
                return ids
            }
            ids.replaceSubrange(at...at + 1, with: [model.merges.merge(ids[at], ids[at + 1]).token])
        }
    }

    @Test func `merging by scan and by heap agree with the definition`() throws {
        let tokenizer = try Golden.tokenizer("gpt2")
        guard case .bytePair(let model) = tokenizer.definition.model else {
            Issue.record("not a byte-pair model")
            return
        }
        let seed = UInt64(5)
        var random = SplitMix64(seed: seed)
        let letters = Array("theandorsingwhatmany")
        var merged = 0
        for round in 0..<150 {
            let count = Int.random(in: 2...140, using: &random)
            let piece = String((0..<count).map { _ in letters.randomElement(using: &random) ?? "a" })
            let ids = tokenizer.encode(piece)
            #expect(ids == Self.naive(piece, model), "seed \(seed), round \(round): \(piece)")
            merged += count - ids.count
        }
        #expect(merged > 1000)
    }

    @Test func `a long run of one piece is quick`() throws {
        let tokenizer = try Golden.tokenizer("gpt2")
        let text = String(repeating: "the", count: 5000)
        let ids = tokenizer.encode(text)
        #expect(tokenizer.decode(ids) == text && ids.count < text.utf8.count)
    }

    @Test func `the cache survives being full`() throws {
        let tokenizer = try Golden.tokenizer("gpt2")
        var random = SplitMix64(seed: 3)
        let words = (0..<3000).map { _ in String(UInt64.random(in: 0...UInt64.max, using: &random), radix: 36) }
        let text = words.joined(separator: " ")
        let first = tokenizer.encode(text)
        #expect(tokenizer.encode(text) == first)
        #expect(try Golden.tokenizer("gpt2").encode(text) == first)
        #expect(tokenizer.decode(first) == text)
    }

    @Test func `vocabularies map by token`() throws {
        let small = try Golden.tokenizer("gpt2")
        let large = try Golden.tokenizer("digits")
        let mapping = small.mapping(to: large)
        #expect(mapping.count == small.idBound)
        var known = 0
        for (id, other) in mapping.enumerated() where other >= 0 {
            known += 1
            #expect(small.token(for: Int32(id)) == large.token(for: other))
        }
        #expect(known > 256 && known < small.vocabularySize)
    }
}
