import StrictJSON

/// Recognises the shape of a JSON record by its keys and finds its turns.
struct RecordShape {
    private static let understood =
        "understood are {problem, trace | original_trace | response}, {question, answer}, {messages: [...]}, "
        + "{choices: [{message}]} and {conversations: [...]}"

    private let view: RecordView
    private var turns: [TraceTurn] = []
    private var slots: [[Range<Int>]] = []
    private var fields: [TraceField] = []
    private var fieldSlots: [Range<Int>] = []

    private init(_ view: RecordView) {
        self.view = view
    }

    /// Reads the record whose top-level object is token 0.
    static func read(_ view: RecordView, format requested: TraceFormat?) throws(TraceError) -> TraceRecord {
        guard view.kind(0) == .object else {
            throw view.error(.wrongType, at: 0, "a record must be a JSON object")
        }
        let format: TraceFormat
        if let requested {
            format = requested
        } else {
            format = try recognise(view)
        }
        var shape = RecordShape(view)
        switch format {
        case .problemTrace: try shape.readProblemTrace()
        case .gsm8k: try shape.readGSM8K()
        case .openaiChat: try shape.readMessages()
        case .chatCompletion: try shape.readChoices()
        case .sharegpt: try shape.readConversations()
        case .xml, .html, .text:
            throw view.error(.wrongType, at: 0, "format \(format.rawValue) is a document, not lines of JSON")
        }
        return TraceRecord(
            format: format, location: view.location, id: try shape.identifier("id"),
            tenant: try view.optionalString(0, "tenant"), solution: shape.looseString("solution"),
            metadata: view.member(0, "metadata").map { [UInt8](view.bytes[view.range($0)]) }, turns: shape.turns,
            source: [UInt8](view.bytes), slots: shape.slots)
    }

    private static func recognise(_ view: RecordView) throws(TraceError) -> TraceFormat {
        if view.member(0, "choices") != nil { return .chatCompletion }
        if view.member(0, "messages") != nil { return .openaiChat }
        if view.member(0, "conversations") != nil { return .sharegpt }
        if view.member(0, "trace") != nil || view.member(0, "original_trace") != nil { return .problemTrace }
        if view.member(0, "question") != nil, view.member(0, "answer") != nil { return .gsm8k }
        if view.member(0, "response") != nil { return .problemTrace }
        if view.member(0, "problem") != nil {
            throw view.error(
                .missingField, at: 0,
                "the record has a \"problem\" but no \"trace\", \"original_trace\" or \"response\"")
        }
        if view.member(0, "question") != nil {
            throw view.error(.missingField, at: 0, "the record has a \"question\" but no \"answer\"")
        }
        throw view.error(.missingField, at: 0, "the record has no trace that can be recognised; \(understood)")
    }

    // MARK: Members

    private func missing(_ name: String, at index: Int = 0) -> TraceError {
        view.error(.missingField, at: index, "missing \(name); \(Self.understood)")
    }

    /// A string, or a number by its digits.
    private func identifier(_ name: StaticString) throws(TraceError) -> String? {
        guard let value = view.member(0, name) else { return nil }
        if view.kind(value) == .number { return String(decoding: view.bytes[view.range(value)], as: UTF8.self) }
        return try view.optionalString(0, name)
    }

    /// A reference solution may be any JSON value; only a string or a number is of use.
    private func looseString(_ name: StaticString) -> String? {
        guard let value = view.member(0, name) else { return nil }
        switch view.kind(value) {
        case .string: return view.string(value)
        case .number: return String(decoding: view.bytes[view.range(value)], as: UTF8.self)
        default: return nil
        }
    }

    private func topLevelProblem() -> String? {
        looseString("problem") ?? looseString("question") ?? looseString("prompt")
    }

    // MARK: Fields and turns

    private mutating func addField(_ role: TraceField.Role, _ value: Int) {
        fields.append(TraceField(role: role, text: view.string(value)))
        fieldSlots.append(view.range(value))
    }

    private mutating func endTurn(problem: String?) {
        guard !fields.isEmpty else { return }
        turns.append(TraceTurn(problem: problem, fields: fields))
        slots.append(fieldSlots)
        fields = []
        fieldSlots = []
    }

    // MARK: Shapes

    private mutating func readProblemTrace() throws(TraceError) {
        let problem = topLevelProblem()
        for name in ["trace", "original_trace"] as [StaticString] {
            guard let value = view.member(0, name) else { continue }
            try view.require(.string, value, name)
            addField(.trace, value)
        }
        if let value = view.member(0, "response") {
            try view.require(.string, value, "response")
            addField(fields.isEmpty ? .trace : .content, value)
        }
        guard !fields.isEmpty else { throw missing("\"trace\", \"original_trace\" or \"response\"") }
        endTurn(problem: problem)
    }

    private mutating func readGSM8K() throws(TraceError) {
        guard let question = view.member(0, "question") else { throw missing("\"question\"") }
        guard let answer = view.member(0, "answer") else { throw missing("\"answer\"") }
        try view.require(.string, question, "question")
        try view.require(.string, answer, "answer")
        addField(.trace, answer)
        endTurn(problem: view.string(question))
    }

    private mutating func readMessages() throws(TraceError) {
        guard let messages = view.member(0, "messages") else { throw missing("\"messages\"") }
        try view.require(.array, messages, "messages")
        var problem = topLevelProblem()
        for message in try objects(messages, "messages") {
            guard let role = try view.optionalString(message, "role") else { throw missing("\"role\"", at: message) }
            switch role {
            case "user", "human": problem = try plainContent(message) ?? problem
            case "assistant", "model":
                try readAssistant(message)
                endTurn(problem: problem)
            default: break
            }
        }
        if turns.isEmpty { throw missing("an assistant message with text", at: messages) }
    }

    private mutating func readChoices() throws(TraceError) {
        guard let choices = view.member(0, "choices") else { throw missing("\"choices\"") }
        try view.require(.array, choices, "choices")
        var problem = topLevelProblem()
        if let messages = view.member(0, "messages"), view.kind(messages) == .array {
            for message in try objects(messages, "messages") {
                let role = try view.optionalString(message, "role")
                guard role == "user" else { continue }
                problem = try plainContent(message) ?? problem
            }
        }
        for choice in try objects(choices, "choices") {
            guard let message = view.member(choice, "message") else { throw missing("\"message\"", at: choice) }
            try view.require(.object, message, "message")
            try readAssistant(message)
            endTurn(problem: problem)
        }
        if turns.isEmpty { throw missing("a choice whose message has text", at: choices) }
    }

    private mutating func readConversations() throws(TraceError) {
        guard let list = view.member(0, "conversations") else { throw missing("\"conversations\"") }
        try view.require(.array, list, "conversations")
        var problem = topLevelProblem()
        for message in try objects(list, "conversations") {
            let name: StaticString = view.member(message, "from") == nil ? "role" : "from"
            guard let from = try view.optionalString(message, name) else { throw missing("\"from\"", at: message) }
            guard let value = view.member(message, "value") ?? view.member(message, "content") else {
                throw missing("\"value\"", at: message)
            }
            try view.require(.string, value, "value")
            switch from {
            case "human", "user": problem = view.string(value)
            case "gpt", "assistant", "chatgpt", "model":
                addField(.trace, value)
                endTurn(problem: problem)
            default: break
            }
        }
        if turns.isEmpty { throw missing("a conversation entry from \"gpt\"", at: list) }
    }

    /// The elements of an array that must hold objects only.
    private func objects(_ array: Int, _ name: StaticString) throws(TraceError) -> [Int] {
        let elements = view.tape.elements(of: array)
        if view.tape.tokens[array].flags.contains(.hasScalars) || elements.contains(where: { view.kind($0) != .object })
        {
            throw view.error(.wrongType, at: array, "every element of \"\(name)\" must be an object")
        }
        return elements
    }

    // MARK: Messages

    /// The reasoning and the content of an assistant's message, in the order of the record.
    private mutating func readAssistant(_ message: Int) throws(TraceError) {
        let reasoning = [view.member(message, "reasoning_content"), view.member(message, "reasoning")]
            .compactMap { $0 }.filter { view.kind($0) == .string && view.range($0).count > 2 }
        let content = view.member(message, "content")
        var values = reasoning + (content.map { [$0] } ?? [])
        values.sort()
        for value in values {
            if value != content {
                addField(.reasoning, value)
            } else if view.kind(value) == .string {
                addField(reasoning.isEmpty ? .trace : .content, value)
            } else {
                try view.require(.array, value, "content")
                try readParts(value, hasReasoning: !reasoning.isEmpty)
            }
        }
    }

    private mutating func readParts(_ array: Int, hasReasoning: Bool) throws(TraceError) {
        let parts = try objects(array, "content")
        let thoughts = parts.compactMap { view.member($0, "thinking") ?? view.member($0, "reasoning") }
        let separate = hasReasoning || thoughts.contains { view.kind($0) == .string }
        for part in parts {
            if let thought = view.member(part, "thinking") ?? view.member(part, "reasoning"),
                view.kind(thought) == .string
            {
                addField(.reasoning, thought)
            } else if let text = view.member(part, "text") {
                try view.require(.string, text, "text")
                addField(separate ? .content : .trace, text)
            }
        }
    }

    /// What a user wrote: the string, or the text parts joined.
    private func plainContent(_ message: Int) throws(TraceError) -> String? {
        guard let content = view.member(message, "content") else { return nil }
        if view.kind(content) == .string { return view.string(content) }
        try view.require(.array, content, "content")
        var texts: [String] = []
        for part in try objects(content, "content") {
            if let text = try view.optionalString(part, "text") { texts.append(text) }
        }
        return texts.isEmpty ? nil : texts.joined(separator: "\n")
    }
}
