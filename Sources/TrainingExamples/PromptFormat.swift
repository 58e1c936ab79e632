import ChatTemplates
import Tokenizers

/// How a problem is put before a model, and where its answer ends. Training, sampling and evaluation share it, so that a
/// model is asked as it was taught.
public enum PromptFormat: Hashable, Sendable {
    /// The problem, a separator, and then the completion. For models without turns.
    case plain(separator: String)
    /// The problem as the user's message and the completion as the assistant's.
    case chat(ChatFormat)

    /// The separator of plain prompts unless one is given.
    public static let defaultSeparator = "\n"

    /// The format of the chat template that came with a tokenizer; plain if there was none.
    ///
    /// - Parameters:
    ///   - tokenizer: The tokenizer.
    ///   - separator: What stands behind a plain prompt.
    ///   - date: What the template's clock says.
    /// - Throws: `TokenizerError` for a template that cannot be run.
    public static func automatic(
        for tokenizer: Tokenizer, separator: String = defaultSeparator, date: ChatTemplateDate = .now
    ) throws(TokenizerError) -> PromptFormat {
        guard tokenizer.chatTemplate != nil else { return .plain(separator: separator) }
        return .chat(try tokenizer.chatFormat(date: date))
    }

    /// The format that a user names: `auto`, `template` (the model's own), `plain`, or a built-in chat format (`chatml`,
    /// `llama-3`, `deepseek-r1`).
    ///
    /// - Parameters:
    ///   - name: The name.
    ///   - tokenizer: The tokenizer.
    ///   - separator: What stands behind a plain prompt.
    ///   - date: What the template's clock says.
    /// - Throws: ``TrainingExamplesError`` with code `unknownFormat`, or `TokenizerError`.
    public static func named(
        _ name: String, tokenizer: Tokenizer, separator: String = defaultSeparator, date: ChatTemplateDate = .now
    ) throws -> PromptFormat {
        if name == "auto" { return try automatic(for: tokenizer, separator: separator, date: date) }
        if name == ChatFormat.ownName {
            guard tokenizer.chatTemplate != nil else {
                throw TrainingExamplesError(.unknownFormat, "\(tokenizer.file): the model has no chat template")
            }
            return .chat(try tokenizer.chatFormat(date: date))
        }
        guard let builtIn = ChatFormat.BuiltIn(rawValue: name) else {
            let names = ["auto", ChatFormat.ownName] + ChatFormat.BuiltIn.allCases.map(\.rawValue)
            throw TrainingExamplesError(
                .unknownFormat, "'\(name)' is no format of prompts; choose one of \(names.joined(separator: ", "))")
        }
        return builtIn == .plain ? .plain(separator: separator) : .chat(try ChatFormat(builtIn))
    }

    /// The name that ``named(_:tokenizer:separator:)`` takes.
    public var name: String {
        switch self {
        case .plain: ChatFormat.BuiltIn.plain.rawValue
        case .chat(let format): format.name
        }
    }

    // MARK: Tokens

    /// The ids that ask a model for a completion. Control tokens spelt out in the problem are text.
    ///
    /// - Throws: ``TrainingExamplesError`` with code `template` where the model's template does not write the problem.
    public func prompt(_ problem: String, tokenizer: Tokenizer) throws(TrainingExamplesError) -> [Int32] {
        switch self {
        case .plain(let separator):
            return tokenizer.prefixIDs
                + tokenizer.encode(problem + separator, addSpecialTokens: false, specialTokens: .text)
        case .chat(let format):
            do throws(ChatTemplateError) {
                return tokenizer.encode(try format.render([.init(.user, problem)], addGenerationPrompt: true))
            } catch {
                throw TrainingExamplesError(.template, "\(tokenizer.file): the chat template: \(error)")
            }
        }
    }

    /// The ids of a completion, the end token last. Encoded apart from the prompt, as a model will write it.
    ///
    /// Where the format's prompt already opens the reasoning, a completion's own opening is left out.
    /// - Throws: ``TrainingExamplesError`` with code `missingEndToken`.
    public func completion(_ text: String, tokenizer: Tokenizer) throws(TrainingExamplesError) -> [Int32] {
        var text = text
        if case .chat(let format) = self {
            let opening = format.generationSuffix.utf8
            if !opening.isEmpty, text.utf8.starts(with: opening) {
                text = String(decoding: text.utf8.dropFirst(opening.count), as: UTF8.self)
            }
        }
        return tokenizer.encode(text, addSpecialTokens: false, specialTokens: .text)
            + [try endToken(tokenizer)]
    }

    /// The token that a model writes when it is done.
    ///
    /// - Throws: ``TrainingExamplesError`` with code `missingEndToken`.
    public func endToken(_ tokenizer: Tokenizer) throws(TrainingExamplesError) -> Int32 {
        if case .chat(let format) = self, let id = tokenizer.turnEnd(in: format) { return id }
        guard let id = tokenizer.endID else {
            throw TrainingExamplesError(
                .missingEndToken,
                "\(tokenizer.file): no token ends a text: tokenizer_config.json beside it must name an eos_token")
        }
        return id
    }

    /// Every token at which a sampled completion is over: ``endToken(_:)`` and the tokenizer's own end.
    public func stopTokens(_ tokenizer: Tokenizer) -> Set<Int32> {
        Set([try? endToken(tokenizer), tokenizer.endID].compactMap { $0 })
    }
}
