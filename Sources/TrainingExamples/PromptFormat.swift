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
    /// - Throws: `TokenizerError` for a template of no known kind.
    public static func automatic(
        for tokenizer: Tokenizer, separator: String = defaultSeparator
    ) throws(TokenizerError) -> PromptFormat {
        let format = try tokenizer.chatFormat()
        return format.kind == .plain ? .plain(separator: separator) : .chat(format)
    }

    /// The format that a user names: `auto`, `plain`, or a kind of chat format (`chatml`, `llama-3`, `deepseek-r1`).
    ///
    /// A kind that the tokenizer's own template has too takes that template's options.
    /// - Throws: ``TrainingExamplesError`` with code `unknownFormat`, or `TokenizerError`.
    public static func named(
        _ name: String, tokenizer: Tokenizer, separator: String = defaultSeparator
    ) throws -> PromptFormat {
        if name == "auto" { return try automatic(for: tokenizer, separator: separator) }
        guard let kind = ChatFormat.Kind(rawValue: name) else {
            let names = ["auto"] + ChatFormat.Kind.allCases.map(\.rawValue)
            throw TrainingExamplesError(
                .unknownFormat, "'\(name)' is no format of prompts; choose one of \(names.joined(separator: ", "))")
        }
        if kind == .plain { return .plain(separator: separator) }
        if let template = tokenizer.chatTemplate, let own = ChatFormat(recognizing: template), own.kind == kind {
            return .chat(own)
        }
        return .chat(ChatFormat(kind))
    }

    /// The name that ``named(_:tokenizer:separator:)`` takes.
    public var name: String {
        switch self {
        case .plain: ChatFormat.Kind.plain.rawValue
        case .chat(let format): format.kind.rawValue
        }
    }

    // MARK: Tokens

    /// The ids that ask a model for a completion. Control tokens spelt out in the problem are text.
    public func prompt(_ problem: String, tokenizer: Tokenizer) -> [Int32] {
        switch self {
        case .plain(let separator):
            return tokenizer.prefixIDs
                + tokenizer.encode(problem + separator, addSpecialTokens: false, specialTokens: .text)
        case .chat(let format):
            return tokenizer.encode(format.render([.init(.user, problem)], addGenerationPrompt: true))
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
        if case .chat(let format) = self, let name = format.turnEnd, let id = tokenizer.id(for: name) { return id }
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
