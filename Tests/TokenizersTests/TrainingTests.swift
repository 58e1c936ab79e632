import Foundation
import TestSupport
import Testing

@testable import Tokenizers

@Suite struct TrainingTests {
    struct Trained: Decodable {
        struct Rule: Decodable {
            let tokens: [String]
            let merges: [[String]]
        }

        let rules: [String: Rule]
    }

    @Test(arguments: PieceRule.allCases)
    func `the vocabulary is the one the reference library trains`(rule: PieceRule) throws {
        let golden = try JSONDecoder().decode(Trained.self, from: Data(Golden.bytes("trained.json")))
        let expected = try #require(golden.rules[rule.rawValue])
        let control = ControlTokens(end: "<|endoftext|>", padding: "<pad>")
        let trainer = BPETrainer(vocabularySize: 420, pieces: rule, control: control, minimumCount: 1)
        let trained = try trainer.train(Golden.texts())
        let tokenizer = try trained.tokenizer()
        let tokens = (0..<Int32(tokenizer.idBound)).map { tokenizer.token(for: $0) ?? "" }
        #expect(tokens == expected.tokens)
        struct Model: Decodable {
            struct Inner: Decodable { let merges: [[String]] }
            let model: Inner
        }
        let merges = try JSONDecoder().decode(Model.self, from: Data(trained.json)).model.merges
        #expect(merges == expected.merges)
        #expect(tokenizer.endID == 0 && tokenizer.paddingID == 1)
    }

    @Test func `training twice gives the same bytes, and the text comes back`() throws {
        let texts = try Golden.texts()
        let control = ControlTokens(beginning: "<s>", end: "</s>", others: ["<|im_start|>"])
        let trainer = BPETrainer(vocabularySize: 400, control: control)
        let trained = try trainer.train(texts)
        #expect(try trainer.train(texts) == trained)
        let folder = try TemporaryDirectory()
        try trained.write(to: folder.file("made/here"))
        let tokenizer = try Tokenizer.load(folder.file("made/here"))
        #expect(tokenizer.prefixIDs == [0] && tokenizer.endID == 1 && tokenizer.vocabularySize <= 400)
        for text in texts {
            let ids = tokenizer.encode(text, specialTokens: .text)
            #expect(tokenizer.decode(ids).isIdentical(to: text))
        }
    }

    @Test func `observed bytes only`() throws {
        var trainer = BPETrainer(vocabularySize: 20, control: ControlTokens(end: "<e>"))
        trainer.usesObservedBytesOnly = true
        let tokenizer = try trainer.train(["abab abab", "ab"]).tokenizer()
        #expect(tokenizer.vocabularySize < 20)
        #expect(tokenizer.decode(tokenizer.encode("abab ba")) == "abab ba")
        #expect(tokenizer.decode(tokenizer.encode("abz")) == "ab")
    }

    @Test(arguments: [
        WordVocabularyTrainer.Fallback.bytes, .asciiBytes, .unknown("<unk>"),
    ])
    func `words are single tokens`(fallback: WordVocabularyTrainer.Fallback) throws {
        let numbers = (0..<100).map { " \($0)" }
        let trainer = WordVocabularyTrainer(
            vocabularySize: 600, included: numbers, fallback: fallback, control: ControlTokens(end: "<eos>"))
        let trained = try trainer.train(["Tom has 12 apples. He buys 7 more apples.", "#### 19\n"])
        #expect(try trainer.train(["#### 19\n", "Tom has 12 apples. He buys 7 more apples."]) == trained)
        let tokenizer = try trained.tokenizer()
        let ids = tokenizer.encode("Tom buys 42 apples.")
        #expect(ids.map { tokenizer.token(for: $0) } == ["Tom", "Ġbuys", "Ġ42", "Ġapples", "."])
        #expect(tokenizer.decode(ids) == "Tom buys 42 apples.")
        let unknown = tokenizer.encode("Ann buys 420")
        if case .unknown = fallback {
            #expect(tokenizer.decode(unknown) == "<unk> buys<unk>")
            #expect(unknown.count == 3)
        } else {
            #expect(tokenizer.decode(unknown) == "Ann buys 420")
        }
    }

    @Test func `impossible settings are errors`() {
        let small = BPETrainer(vocabularySize: 100)
        #expect(throws: TokenizerError.self) { try small.train(["a"]) }
        let words = WordVocabularyTrainer(vocabularySize: 300, included: ["two words"])
        let error = #expect(throws: TokenizerError.self) { try words.train(["a"]) }
        #expect(error?.code == .invalidArgument)
    }
}
