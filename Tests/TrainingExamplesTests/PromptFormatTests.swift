import ChatTemplates
import Testing
import Tokenizers

@testable import TrainingExamples

@Suite struct PromptFormatTests {
    @Test func plainPromptEndsWithTheSeparator() throws {
        let tokenizer = try Vocabulary.bytes()
        let format = PromptFormat.plain(separator: "\n")
        #expect(try format.prompt("ab one", tokenizer: tokenizer) == tokenizer.encode("ab one\n"))
        let completion = try format.completion("x two", tokenizer: tokenizer)
        #expect(completion == tokenizer.encode("x two") + [0])
        #expect(format.stopTokens(tokenizer) == [0])
    }

    @Test func theBeginningIsPutBeforeThePromptOnly() throws {
        let tokenizer = try Vocabulary.bytes(beginning: "<s>")
        let format = PromptFormat.plain(separator: "")
        let beginning = try #require(tokenizer.beginningID)
        let prompt = try format.prompt("a", tokenizer: tokenizer)
        #expect(prompt.first == beginning)
        #expect(prompt.count == 2)
        #expect(try !format.completion("a", tokenizer: tokenizer).contains(beginning))
    }

    @Test func controlTokensInTheDataAreText() throws {
        let tokenizer = try Vocabulary.bytes()
        for format in [PromptFormat.plain(separator: "\n"), .chat(try ChatFormat(.chatML))] {
            let end = try format.endToken(tokenizer)
            let name = try #require(tokenizer.token(for: end))
            let completion = try format.completion("a\(name)b", tokenizer: tokenizer)
            #expect(completion.filter { $0 == end }.count == 1)
            #expect(completion.last == end)
            let asked = try format.prompt("a\(name)", tokenizer: tokenizer).filter { $0 == end }.count
            #expect(try asked == format.prompt("a", tokenizer: tokenizer).filter { $0 == end }.count)
        }
    }

    @Test func chatAsksAsTheTemplateDoes() throws {
        let tokenizer = try Vocabulary.bytes()
        let chat = try ChatFormat(.chatML)
        let format = PromptFormat.chat(chat)
        let text = "<|im_start|>user\nwhy?<|im_end|>\n<|im_start|>assistant\n"
        #expect(try format.prompt("why?", tokenizer: tokenizer) == tokenizer.encode(text, addSpecialTokens: false))
        #expect(try format.endToken(tokenizer) == tokenizer.id(for: "<|im_end|>"))
        #expect(format.stopTokens(tokenizer) == Set([tokenizer.id(for: "<|im_end|>"), 0].compactMap { $0 }))
    }

    @Test func reasoningThatThePromptOpensIsNotOpenedTwice() throws {
        let tokenizer = try Vocabulary.bytes()
        let own = "{{ messages[0].content }}{% if add_generation_prompt %}{{ '<｜Assistant｜><think>\\n' }}{% endif %}"
        let chat = ChatFormat(try ChatTemplate(own))
        #expect(chat.generationSuffix == "<think>\n")
        let format = PromptFormat.chat(chat)
        let expected = try format.completion("r\n</think>\n\na", tokenizer: tokenizer)
        #expect(try format.completion("<think>\nr\n</think>\n\na", tokenizer: tokenizer) == expected)
    }

    @Test(arguments: [("auto", "plain"), ("plain", "plain"), ("chatml", "chatml"), ("llama-3", "llama-3")])
    func namesAreUnderstood(_ name: String, _ expected: String) throws {
        let tokenizer = try Vocabulary.bytes()
        #expect(try PromptFormat.named(name, tokenizer: tokenizer).name == expected)
    }

    @Test func unknownNamesAreRefused() throws {
        let tokenizer = try Vocabulary.bytes()
        let error = #expect(throws: TrainingExamplesError.self) {
            try PromptFormat.named("alpaca", tokenizer: tokenizer)
        }
        #expect(error?.code == .unknownFormat)
    }

    @Test func aTokenizerWithoutEndIsRefused() throws {
        let tokenizer = try WordVocabularyTrainer(vocabularySize: 300, control: ControlTokens(end: nil))
            .train(["a"]).tokenizer()
        let error = #expect(throws: TrainingExamplesError.self) {
            try PromptFormat.plain(separator: "").completion("a", tokenizer: tokenizer)
        }
        #expect(error?.code == .missingEndToken)
    }
}
