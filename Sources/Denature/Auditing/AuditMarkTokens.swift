import Auditing
import Tokenizers
import TrainingExamples

/// The tokenizer in whose ids marks are made, with the form of prompts.
struct AuditMarkTokens: Sendable {
    let tokenizer: Tokenizer
    let format: PromptFormat

    init(path: String, sampling: AuditPlan.Sampling) throws {
        tokenizer = try Tokenizer.load(path)
        format = try PromptFormat.named(sampling.promptFormat, tokenizer: tokenizer, separator: sampling.separator)
    }

    func tokens(_ text: String) -> [Int32] {
        tokenizer.encode(text, addSpecialTokens: false, specialTokens: .text)
    }

    func prompt(_ text: String) throws -> [Int32] { try format.prompt(text, tokenizer: tokenizer) }
}
