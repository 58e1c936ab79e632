import Foundation
import TestSupport
import Tokenizers

@testable import TrainingExamples

/// Tokenizers small enough to check by eye.
enum Vocabulary {
    /// Every byte is a token, " one", " two" and "####" are words; `<|endoftext|>` has id 0, the end of a turn id 1.
    static func bytes(beginning: String? = nil) throws -> Tokenizer {
        let trainer = WordVocabularyTrainer(
            vocabularySize: 300, included: [" one", " two", "####"],
            control: ControlTokens(
                beginning: beginning, others: ["<|im_start|>", "<|im_end|>", "<｜User｜>", "<｜Assistant｜>"]))
        return try trainer.train(["one two"]).tokenizer()
    }
}

extension TemporaryDirectory {
    func write(_ text: String, as name: String = "data.jsonl") throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }
}
