import ChatTemplates

/// How a conversation is written out for a model: its chat template, with what the template reads besides the turns.
///
/// A template is run, as transformers runs it. Those that come with no template can be asked in one of the built-in formats,
/// which are templates too.
public struct ChatFormat: Hashable, Sendable {
    /// The formats that need no template of a model's own.
    public enum BuiltIn: String, Hashable, Sendable, CaseIterable {
        /// `<|im_start|>role`, text, `<|im_end|>`.
        case chatML = "chatml"
        /// `<|start_header_id|>role<|end_header_id|>`, text, `<|eot_id|>`.
        case llama3 = "llama-3"
        /// `<｜User｜>` and `<｜Assistant｜>`, without the reasoning of earlier turns.
        case deepSeekR1 = "deepseek-r1"
        /// Texts with line ends between and no markers, for models without turns.
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

    /// The name of a model's own template.
    public static let ownName = "template"

    /// The name of the built-in format, or ``ownName``.
    public let name: String
    /// The template.
    public let template: ChatTemplate
    /// What the template reads besides the turns: `bos_token` and others.
    public let variables: [String: ChatTemplateValue]
    /// What the template's clock says.
    public let date: ChatTemplateDate
    /// What the opening of the assistant's turn already holds of its text: `<think>` and a line end, for instance, or an empty
    /// pair of tags that suppresses the reasoning.
    public let generationSuffix: String
    /// What the template writes behind the text of the assistant's last turn: the control token that ends it, and more.
    public let turnEnd: String

    /// The format of a template.
    ///
    /// - Parameters:
    ///   - template: The template.
    ///   - variables: What it reads besides the turns.
    ///   - date: What its clock says.
    public init(
        _ template: ChatTemplate, variables: [String: ChatTemplateValue] = [:], date: ChatTemplateDate = .now
    ) {
        self.init(name: Self.ownName, template, variables, date)
    }

    /// A built-in format.
    ///
    /// - Throws: `ChatTemplateError`; the built-in templates are well formed.
    public init(_ builtIn: BuiltIn) throws(ChatTemplateError) {
        self.init(name: builtIn.rawValue, try ChatTemplate(builtIn.source), [:], .now)
    }

    private init(
        name: String, _ template: ChatTemplate, _ variables: [String: ChatTemplateValue], _ date: ChatTemplateDate
    ) {
        self.name = name
        self.template = template
        self.variables = variables
        self.date = date
        func tail(_ messages: [Message], _ opens: Bool) -> String {
            let rendered = try? Self.render(messages, template, variables, date, addGenerationPrompt: opens)
            guard let rendered, let last = rendered.contents.last else { return "" }
            return String(decoding: rendered.text.utf8.dropFirst(last.upperBound), as: UTF8.self)
        }
        // A template says what it writes behind a text by writing it; one that refuses these turns says nothing.
        turnEnd = tail([Message(.user, "x"), Message(.assistant, "x")], false)
        generationSuffix = Self.opening(in: tail([Message(.user, "x")], true))
    }

    /// Marks that open reasoning.
    private static let thoughtMarks = [
        "<think>", "<thinking>", "<seed:think>", "[THINK]", "<|START_THINKING|>", "<|begin_of_thought|>", "◁think▷",
    ]

    /// From the first mark that opens reasoning to the end.
    private static func opening(in text: String) -> String {
        let bytes = Array(text.utf8)
        let places = thoughtMarks.compactMap { mark in
            bytes.indices.first { bytes[$0...].starts(with: mark.utf8) }
        }
        return places.min().map { String(decoding: bytes[$0...], as: UTF8.self) } ?? ""
    }

    /// Writes a conversation out.
    ///
    /// - Parameters:
    ///   - messages: The turns, in order.
    ///   - addGenerationPrompt: Whether to end with the opening of the assistant's turn.
    /// - Throws: `ChatTemplateError` for a conversation that the template refuses or that cannot be written.
    public func render(
        _ messages: [Message], addGenerationPrompt: Bool
    ) throws(ChatTemplateError) -> RenderedTemplate {
        try Self.render(messages, template, variables, date, addGenerationPrompt: addGenerationPrompt)
    }

    private static func render(
        _ messages: [Message], _ template: ChatTemplate, _ variables: [String: ChatTemplateValue],
        _ date: ChatTemplateDate, addGenerationPrompt: Bool
    ) throws(ChatTemplateError) -> RenderedTemplate {
        let turns = messages.map { message in
            ChatTemplateValue.object([
                .init("role", .string(message.role.rawValue)), .init("content", .string(message.content)),
            ])
        }
        return try template.render(
            ChatTemplate.Conversation(
                turns, addGenerationPrompt: addGenerationPrompt, variables: variables, date: date))
    }
}

extension Tokenizer {
    /// The format of the chat template that came with the files; plain text if there was none.
    ///
    /// - Parameter date: What the template's clock says.
    /// - Throws: `TokenizerError` for a template that cannot be run: name a built-in format then.
    public func chatFormat(date: ChatTemplateDate = .now) throws(TokenizerError) -> ChatFormat {
        do throws(ChatTemplateError) {
            guard let chatTemplate else { return try ChatFormat(.plain) }
            return ChatFormat(
                try ChatTemplate(chatTemplate), variables: namedTokens.mapValues { .string($0) }, date: date)
        } catch {
            let names = ChatFormat.BuiltIn.allCases.map(\.rawValue).joined(separator: ", ")
            throw TokenizerError(
                .unsupported, file: file, keyPath: "chat_template",
                "the chat template cannot be run: \(error); or choose one of \(names)")
        }
    }

    /// The token that ends an assistant's turn in a format; nil if the format writes none there that this tokenizer has.
    public func turnEnd(in format: ChatFormat) -> Int32? {
        let ids = encode(format.turnEnd, addSpecialTokens: false)
        let added = Set(addedTokens.map(\.id))
        return ids.first(where: isSpecial) ?? ids.first(where: added.contains)
    }

    /// The ids of a conversation.
    ///
    /// - Parameters:
    ///   - chat: The conversation, written out.
    ///   - specialTokensInContents: What becomes of control tokens that a message spells out. The default keeps a message
    ///     from opening or closing turns; transformers recognises them.
    public func encode(
        _ chat: RenderedTemplate, specialTokensInContents: SpecialTokenHandling = .text
    ) -> [Int32] {
        encode(chat.text, addSpecialTokens: false, literal: specialTokensInContents == .text ? chat.contents : [])
    }
}
