/// A model's chat template, read: Jinja as transformers runs it, in a sandbox of its own.
///
/// Equal values have the same text. A template is checked when it is read; what a conversation makes it do can still end with
/// an error, and always ends: see ``ChatTemplateLimits``.
public struct ChatTemplate: Sendable {
    /// The template's text.
    public let source: String
    /// How much it may do.
    public let limits: ChatTemplateLimits
    private let statements: [Statement]

    /// Reads a template.
    ///
    /// - Parameters:
    ///   - source: The template's text.
    ///   - limits: How much it may do.
    /// - Throws: ``ChatTemplateError`` for what is not well formed, and for what is not run here.
    public init(_ source: String, limits: ChatTemplateLimits = ChatTemplateLimits()) throws(ChatTemplateError) {
        self.source = source
        self.limits = limits
        statements = try Parser.parse(source, limits)
    }

    /// Writes a conversation out.
    ///
    /// - Parameter conversation: The conversation, with what else the template may ask for.
    /// - Returns: The text, and which parts of it came from the conversation.
    /// - Throws: ``ChatTemplateError`` with the line where the run ended.
    public func render(_ conversation: Conversation) throws(ChatTemplateError) -> RenderedTemplate {
        let (extra, isOver) = conversation.size.multipliedReportingOverflow(by: max(0, limits.stepsPerCharacter))
        let (steps, isAlsoOver) = limits.steps.addingReportingOverflow(extra)
        let interpreter = Interpreter(
            date: conversation.date, limits: limits, steps: isOver || isAlsoOver ? .max : steps)
        interpreter.globals = try interpreter.variables(conversation)
        _ = try interpreter.run(statements, Interpreter.Scope(in: nil))
        return RenderedTemplate(interpreter.output)
    }

    /// What a template is run on.
    public struct Conversation: Sendable {
        /// The turns: objects with a role and a content.
        public var messages: [ChatTemplateValue]
        /// The tools that the model may call, as JSON schemas; nil if there is no word of tools.
        public var tools: [ChatTemplateValue]?
        /// Documents to answer from; nil if there is no word of them.
        public var documents: [ChatTemplateValue]?
        /// Whether the text ends with the opening of the assistant's turn.
        public var addGenerationPrompt: Bool
        /// Whatever else the template may read: `bos_token`, `enable_thinking` and others.
        public var variables: [String: ChatTemplateValue]
        /// What the template's clock says.
        public var date: ChatTemplateDate

        /// - Parameters:
        ///   - messages: The turns.
        ///   - tools: The tools that the model may call.
        ///   - documents: Documents to answer from.
        ///   - addGenerationPrompt: Whether the text ends with the opening of the assistant's turn.
        ///   - variables: Whatever else the template may read.
        ///   - date: What the template's clock says.
        public init(
            _ messages: [ChatTemplateValue], tools: [ChatTemplateValue]? = nil, documents: [ChatTemplateValue]? = nil,
            addGenerationPrompt: Bool = false, variables: [String: ChatTemplateValue] = [:],
            date: ChatTemplateDate = .now
        ) {
            self.messages = messages
            self.tools = tools
            self.documents = documents
            self.addGenerationPrompt = addGenerationPrompt
            self.variables = variables
            self.date = date
        }

        /// The characters of all its texts, roughly.
        var size: Int {
            (messages + (tools ?? []) + (documents ?? [])).reduce(0) { $0 + $1.size }
        }
    }
}

extension ChatTemplate: Hashable {
    /// Whether two templates have the same text and limits.
    public static func == (a: ChatTemplate, b: ChatTemplate) -> Bool { a.source == b.source && a.limits == b.limits }

    /// Hashes the text.
    public func hash(into hasher: inout Hasher) { hasher.combine(source) }
}

/// A conversation written out, with the places of what came from it.
public struct RenderedTemplate: Hashable, Sendable {
    /// The whole text.
    public let text: String
    /// UTF-8 ranges of `text` that came from the conversation, in order, none beside another.
    public let contents: [Range<Int>]

    init(_ output: Text) {
        var view = String.UnicodeScalarView()
        var contents: [Range<Int>] = []
        var offset = 0
        for unit in output.units {
            let scalar = Text.scalar(unit)
            let end = offset + UTF8.width(scalar)
            if unit & Text.contentBit != 0 {
                if let last = contents.last, last.upperBound == offset {
                    contents[contents.count - 1] = last.lowerBound..<end
                } else {
                    contents.append(offset..<end)
                }
            }
            view.append(scalar)
            offset = end
        }
        text = String(view)
        self.contents = contents
    }
}

extension ChatTemplateValue {
    /// The characters of its texts, roughly, and one for everything else.
    fileprivate var size: Int {
        switch self {
        case .string(let string): 1 + string.utf8.count
        case .array(let elements): elements.reduce(1) { $0 + $1.size }
        case .object(let members): members.reduce(1) { $0 + $1.name.utf8.count + $1.value.size }
        default: 1
        }
    }
}

extension Interpreter {
    /// The names of roles that models know. They are part of what a template writes: some make control tokens of them.
    private static let roles: Set<String> = [
        "assistant", "developer", "documents", "function", "ipython", "model", "system", "tool", "user",
    ]

    /// The names of a message's reasoning; templates read the first or the second of them.
    private static let reasoning = ["reasoning_content", "thinking", "reasoning"]

    /// What a template finds under which name, made ready as transformers does: members that are null are left out, and
    /// reasoning is found under each of its names.
    func variables(_ conversation: ChatTemplate.Conversation) throws(ChatTemplateError) -> [String: Value] {
        var variables: [String: Value] = [:]
        for (name, given) in conversation.variables { variables[name] = try value(given, isContent: false) }
        var messages: [Value] = []
        for message in conversation.messages { messages.append(try self.message(message)) }
        variables["messages"] = try list(messages)
        variables["tools"] =
            try conversation.tools.map { (tools) throws(ChatTemplateError) in
                try value(.array(tools), isContent: true)
            } ?? Value.none
        variables["documents"] =
            try conversation.documents.map { (documents) throws(ChatTemplateError) in
                try value(.array(documents), isContent: true)
            } ?? Value.none
        variables["add_generation_prompt"] = .bool(conversation.addGenerationPrompt)
        return variables
    }

    private func message(_ given: ChatTemplateValue) throws(ChatTemplateError) -> Value {
        guard case .object(let all) = given else { throw failure(.type, "a message is no object") }
        var members = all.filter { $0.value != .null }
        let reasoning = Self.reasoning.lazy.compactMap { name in members.first { $0.name == name }?.value }.first
        if let reasoning {
            if !members.contains(where: { $0.name == "thinking" }) {
                members.insert(ChatTemplateValue.Member("thinking", reasoning), at: 0)
            }
            if let place = members.firstIndex(where: { $0.name == "reasoning_content" }) {
                members[place].value = reasoning
            } else {
                members.append(ChatTemplateValue.Member("reasoning_content", reasoning))
            }
        }
        var values: [(Value, Value)] = []
        for member in members {
            var isContent = true
            if member.name == "role", case .string(let role) = member.value { isContent = !Self.roles.contains(role) }
            values.append((.text(member.name), try value(member.value, isContent: isContent)))
        }
        return try dict(values)
    }
}
