import StrictJSON

/// A record as a chat: every message in its order, so that another shape can say the same.
struct ConvertedChat {
    /// One message.
    struct Message {
        /// `system`, `user`, `assistant`, `tool` or what the record calls it.
        var role: String
        /// What it says, reasoning excluded.
        var content: String
        /// Its reasoning.
        var reasoning = ""
        /// Members that are carried as they are: calls of tools, ids.
        var others: [(name: String, json: [UInt8])] = []

        var isAssistant: Bool { role == "assistant" }

        /// Reasoning in tags before the content, for shapes that have one string for both.
        var mixed: String { reasoning.isEmpty ? content : "<think>\n" + reasoning + "\n</think>\n" + content }
    }

    var messages: [Message] = []

    /// What is neither a user's nor an assistant's message, or has members beside its text: what some shapes cannot hold.
    var isPlainExchange: Bool {
        messages.allSatisfy { ($0.role == "user" || $0.isAssistant) && $0.others.isEmpty }
    }

    init(_ record: TraceRecord) {
        // Several answers to one problem have no order of a chat.
        let isChat = !record.messages.isEmpty && ![.generations, .solutions, .solution].contains(record.format)
        if isChat { read(record) } else { exchange(record.turns) }
    }

    /// Consecutive turns that answer the same problem repeat it only once.
    private mutating func exchange(_ turns: [TraceTurn]) {
        var previous: String?
        for turn in turns {
            if let problem = turn.problem, problem != previous {
                messages.append(Message(role: "user", content: problem))
            }
            previous = turn.problem
            messages.append(Self.message(turn))
        }
    }

    static func message(_ turn: TraceTurn) -> Message {
        let reasoning = turn.fields.filter { $0.role == .reasoning }.map(\.text).joined(separator: "\n")
        let content = turn.fields.filter { $0.role != .reasoning }.map(\.text).joined(separator: "\n")
        // A turn of reasoning only is a trace like any other.
        return content.isEmpty
            ? Message(role: "assistant", content: reasoning)
            : Message(role: "assistant", content: content, reasoning: reasoning)
    }

    // MARK: Chats

    private mutating func read(_ record: TraceRecord) {
        record.source.withUnsafeBytes { bytes in
            guard let json = try? JSONView(scanning: bytes) else { return }
            let view = RecordView(json: json, location: record.location)
            // Tokens are in the order of the text.
            var tokens: [Int: Int] = [:]
            for (index, token) in json.tape.tokens.enumerated() where token.kind == .object {
                tokens[Int(token.start)] = index
            }
            if let system = ["system", "system_prompt", "instructions"].lazy.compactMap({ view.anyMember(0, $0) })
                .first,
                view.kind(system) == .string, !view.string(system).isEmpty
            {
                messages.append(Message(role: "system", content: view.string(system)))
            }
            var used: Set<Int> = []
            let hasUser = record.messages.contains { range in
                tokens[range.lowerBound].flatMap(view.role(of:)) == .user
            }
            if !hasUser, let problem = record.turns.first?.problem {
                messages.append(Message(role: "user", content: problem))
            }
            for range in record.messages {
                guard let token = tokens[range.lowerBound] else { continue }
                let turn = record.slots.firstIndex { slots in
                    slots.contains { range.lowerBound <= $0.lowerBound && $0.upperBound <= range.upperBound }
                }
                if let turn {
                    guard used.insert(turn).inserted else { continue }
                    var message = Self.message(record.turns[turn])
                    message.others = Self.others(view, token)
                    messages.append(message)
                } else if view.role(of: token) != .reasoning {
                    messages.append(Self.other(view, token))
                }
            }
            for (number, turn) in record.turns.enumerated() where !used.contains(number) {
                messages.append(Self.message(turn))
            }
        }
    }

    /// A message that no turn was made of.
    private static func other(_ view: RecordView, _ message: Int) -> Message {
        var role = "user"
        for name in ["role", "from", "author", "sender", "speaker"] {
            guard let value = view.anyMember(message, name) else { continue }
            if view.kind(value) == .string {
                role = view.string(value).lowercased()
            } else if let inner = view.anyMember(value, "role"), view.kind(inner) == .string {
                role = view.string(inner).lowercased()
            }
            break
        }
        switch view.role(of: message) {
        case .user: role = "user"
        case .assistant: role = "assistant"
        default: break
        }
        return Message(role: role, content: text(view, message), others: others(view, message))
    }

    private static func text(_ view: RecordView, _ message: Int) -> String {
        for name in ["content", "value", "text", "parts"] {
            guard let value = view.anyMember(message, name) else { continue }
            switch view.kind(value) {
            case .string: return view.string(value)
            case .array:
                return view.tape.elements(of: value).compactMap { part -> String? in
                    if view.kind(part) == .string { return view.string(part) }
                    guard let text = view.anyMember(part, "text") ?? view.anyMember(part, "content"),
                        view.kind(text) == .string
                    else { return nil }
                    return view.string(text)
                }.joined(separator: "\n")
            default: return String(decoding: view.json.text(value), as: UTF8.self)
            }
        }
        return ""
    }

    /// What a message has beside its text: calls of tools, the names and ids that belong to them, parts that are no text.
    private static func others(_ view: RecordView, _ message: Int) -> [(name: String, json: [UInt8])] {
        var others: [(name: String, json: [UInt8])] = []
        for name in ["tool_calls", "function_call", "tool_call_id", "name"] {
            if let value = view.anyMember(message, name) { others.append((name, Array(view.json.text(value)))) }
        }
        if let content = view.anyMember(message, "content"), view.kind(content) == .array {
            let parts = view.tape.elements(of: content).filter { part in
                view.kind(part) == .object && view.type(of: part).map(view.isToolType) ?? false
            }
            if !parts.isEmpty {
                let joined = parts.map { Array(view.json.text($0)) }.joined(separator: Array(", ".utf8))
                others.append(("tool_parts", [0x5B] + joined + [0x5D]))
            }
        }
        return others
    }
}
