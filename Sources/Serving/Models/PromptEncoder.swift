import ChatTemplates
import Tokenizers
import TrainingExamples

/// Turns prompts into the tokens of one model, and refuses those that it cannot go on from.
struct PromptEncoder: Sendable {
    let tokenizer: Tokenizer
    let format: PromptFormat
    let vocabularySize: Int
    /// The most tokens of prompt and completion together.
    let context: Int

    /// The ids of a prompt: at least one, and fewer than the context holds.
    func encode(_ prompt: CompletionOrder.Prompt) throws(CompletionRefusal) -> [Int32] {
        let ids: [Int32]
        let field: String
        switch prompt {
        case .chat(let turns):
            field = "messages"
            ids = try encode(turns)
        case .text(let text):
            field = "prompt"
            // Whoever writes the whole prompt writes its control tokens too.
            ids = tokenizer.prefixIDs + tokenizer.encode(text, addSpecialTokens: false)
        case .tokens(let tokens):
            field = "prompt"
            ids = tokens.map { Int32(exactly: $0) ?? -1 }
        }
        guard !ids.isEmpty else { throw CompletionRefusal(.invalid, "the prompt has no token", field: field) }
        guard ids.allSatisfy({ $0 >= 0 && Int($0) < vocabularySize }) else {
            throw CompletionRefusal(
                .invalid, "the prompt has a token outside the model's vocabulary of \(vocabularySize)", field: field)
        }
        guard ids.count < context else {
            throw CompletionRefusal(
                .tooLong, "the prompt has \(ids.count) tokens and the model's context \(context): no room for more",
                field: field)
        }
        return ids
    }

    /// The same ids as for a problem of `denature sample` where there is only one message of the user.
    private func encode(_ turns: [ChatFormat.Message]) throws(CompletionRefusal) -> [Int32] {
        switch format {
        case .plain(let separator):
            let text = turns.map { $0.content + separator }.joined()
            return tokenizer.prefixIDs + tokenizer.encode(text, addSpecialTokens: false, specialTokens: .text)
        case .chat(let format):
            do throws(ChatTemplateError) {
                return tokenizer.encode(try format.render(turns, addGenerationPrompt: true))
            } catch {
                throw CompletionRefusal(
                    .invalid, "the model's chat template does not write these messages: \(error)", field: "messages")
            }
        }
    }
}
