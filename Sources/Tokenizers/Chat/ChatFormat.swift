/// How a conversation is written out for a model: the turn markers it was trained with.
///
/// Models ship a Jinja template. It is not run: the format is recognised by its markers, and rendered here to the same
/// text for conversations of system, user and assistant messages without tools. Formats can be given explicitly instead.
public struct ChatFormat: Hashable, Sendable {
    /// The family of markers.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// `<|im_start|>role`, text, `<|im_end|>` (Qwen2, Qwen3, SmolLM2 and others).
        case chatML = "chatml"
        /// `<|start_header_id|>role<|end_header_id|>`, text, `<|eot_id|>` (Llama 3 and later).
        case llama3 = "llama-3"
        /// `<｜User｜>` and `<｜Assistant｜>` (DeepSeek-R1 and its distilled models).
        case deepSeekR1 = "deepseek-r1"
        /// Texts with line ends between and no markers, for models without a template.
        case plain
    }

    /// Who speaks.
    public enum Role: String, Hashable, Sendable, CaseIterable, Codable {
        /// Instructions before the conversation.
        case system
        /// The one who asks.
        case user
        /// The model.
        case assistant
    }

    /// One turn of a conversation.
    public struct Message: Hashable, Sendable {
        /// Who speaks.
        public var role: Role
        /// What is said.
        public var content: String

        /// - Parameters:
        ///   - role: Who speaks.
        ///   - content: What is said.
        public init(_ role: Role, _ content: String) {
            self.role = role
            self.content = content
        }
    }

    /// The family of markers.
    public var kind: Kind
    /// ChatML: the system message put first when the conversation has none.
    public var defaultSystemPrompt: String?
    /// ChatML: reasoning between `<think>` tags is left out of earlier assistant turns and normalised in later ones (Qwen3).
    public var separatesReasoning = false
    /// Llama-3: the date line of the system message that Llama 3.1 and later always write ("26 Jul 2024"); nil before.
    public var systemDate: String?
    /// Put after the generation prompt: `<think>\n` opens the reasoning, an empty pair of tags suppresses it.
    public var generationSuffix = ""

    /// A format with the plainest options of its kind.
    public init(_ kind: Kind) {
        self.kind = kind
    }

    /// Recognises a Jinja chat template by its markers.
    ///
    /// - Returns: nil for a template of no known kind.
    public init?(recognizing template: String) {
        if template.contains("<|im_start|>") {
            self.init(.chatML)
            separatesReasoning = template.contains("reasoning_content")
            defaultSystemPrompt = Self.systemPrompt(in: template)
            if template.contains("<|im_start|>assistant\\n<think>\\n'") { generationSuffix = "<think>\n" }
        } else if template.contains("<|start_header_id|>") {
            self.init(.llama3)
            if template.contains("Cutting Knowledge Date") { systemDate = Self.templateDate }
        } else if template.contains("<｜Assistant｜>") {
            self.init(.deepSeekR1)
            if template.contains("<｜Assistant｜><think>\\n") { generationSuffix = "<think>\n" }
        } else {
            return nil
        }
    }

    /// The system message that a ChatML template writes out as one string literal, for conversations that have none.
    private static func systemPrompt(in template: String) -> String? {
        for opening in ["<|im_start|>system\\n", "<|im_start|>system\n"] {
            for rest in template.parts(separatedBy: opening).dropFirst() {
                let parts = String(rest).parts(separatedBy: "<|im_end|>")
                guard parts.count > 1, let prompt = parts.first, !prompt.isEmpty else { continue }
                if prompt.utf8.contains(where: { $0 == UInt8(ascii: "'") || $0 == UInt8(ascii: "\"") }) { continue }
                return unescaped(prompt)
            }
        }
        return nil
    }

    /// A Jinja string literal's text.
    private static func unescaped(_ literal: Substring) -> String {
        var out = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in literal.unicodeScalars {
            if isEscaped {
                out.append(scalar == "n" ? "\n" : scalar == "t" ? "\t" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                out.append(scalar)
            }
        }
        return String(out)
    }

    /// The date in the templates of Llama 3.1 and 3.2; newer ones ask the clock, which would make runs differ.
    private static let templateDate = "26 Jul 2024"

    /// The control token that ends an assistant's turn; nil for plain text, which ends with the tokenizer's own end.
    public var turnEnd: String? {
        switch kind {
        case .chatML: "<|im_end|>"
        case .llama3: "<|eot_id|>"
        case .deepSeekR1: "<｜end▁of▁sentence｜>"
        case .plain: nil
        }
    }
}

/// A conversation written out, with the places of what the speakers said.
public struct RenderedChat: Hashable, Sendable {
    /// The whole text, control tokens included. To be encoded without adding special tokens: it begins with its own.
    public internal(set) var text = ""
    /// UTF-8 ranges of the messages' contents in `text`, in order.
    public internal(set) var contents: [Range<Int>] = []

    mutating func append(_ markup: String) {
        text += markup
    }

    mutating func append(content: some StringProtocol) {
        let start = text.utf8.count
        text += content
        contents.append(start..<text.utf8.count)
    }
}

extension Tokenizer {
    /// The format of the chat template that came with the files; plain text if there was none.
    ///
    /// - Throws: `TokenizerError` for a template of no known kind: name the format explicitly then.
    public func chatFormat() throws(TokenizerError) -> ChatFormat {
        guard let chatTemplate else { return ChatFormat(.plain) }
        guard let format = ChatFormat(recognizing: chatTemplate) else {
            let names = ChatFormat.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw TokenizerError(
                .unsupported, file: file, keyPath: "chat_template",
                "the chat template is of no known format; choose one of \(names)")
        }
        return format
    }

    /// The ids of a conversation.
    ///
    /// - Parameters:
    ///   - chat: The conversation.
    ///   - specialTokensInContents: What becomes of control tokens that a message spells out. The default keeps a message
    ///     from opening or closing turns; transformers recognises them.
    public func encode(_ chat: RenderedChat, specialTokensInContents: SpecialTokenHandling = .text) -> [Int32] {
        encode(chat.text, addSpecialTokens: false, literal: specialTokensInContents == .text ? chat.contents : [])
    }
}
