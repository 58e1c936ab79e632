import StrictJSON

extension RecordReader {
    /// Goes through everything that no row has named.
    mutating func walk(member name: String, _ value: Int, depth: Int) throws(TraceError) {
        guard !taken.contains(value), depth < 64 else { return }
        let isReasoning = ReasoningTable.isReasoningMember(name)
        switch view.kind(value) {
        case .object:
            if isReasoning {
                if depth > 0 { pending += texts(ofReasoning: value).map { ($0, .reasoning) } }
            } else if name == "message" || name == "delta", view.role(of: value) == nil,
                view.member(value, "role") == nil
            {
                try readMessage(value, .assistant)
            } else {
                try walk(object: value, depth: depth + 1)
            }
        case .array:
            if isReasoning {
                if depth > 0 { pending += texts(ofReasoning: value).map { ($0, .reasoning) } }
                return
            }
            let outer = pending
            pending = []
            for element in view.tape.elements(of: value) {
                switch view.kind(element) {
                case .object: try walk(object: element, depth: depth + 1)
                case .array: try walk(member: "", element, depth: depth + 1)
                default: break
                }
            }
            flush()
            pending = outer
        case .string:
            if isReasoning, depth > 0 {
                pending += texts(ofReasoning: value).map { ($0, .reasoning) }
            } else if depth == 0, ReasoningTable.problemMembers.contains(name) {
                prompts.append(view.range(value))
            }
        default: break
        }
    }

    private mutating func walk(object: Int, depth: Int) throws(TraceError) {
        if let role = view.role(of: object) {
            try readMessage(object, role)
            return
        }
        if let type = view.type(of: object) {
            if ReasoningTable.reasoningTypes.contains(type) {
                pending += texts(ofReasoning: object).map { ($0, .reasoning) }
                return
            }
            if view.isToolType(type) {
                prompts.append(view.range(object))
                return
            }
        }
        if view.isThought(object), let text = view.member(object, "text"), view.kind(text) == .string {
            pending.append((text, .reasoning))
            return
        }
        for (key, value) in view.tape.members(of: object) {
            try walk(member: view.string(key), value, depth: depth)
        }
    }

    mutating func readMessage(_ message: Int, _ role: RecordView.Role) throws(TraceError) {
        taken.insert(message)
        messages.append(view.range(message))
        switch role {
        case .user:
            flush()
            prompts.append(view.range(message))
            problem = try plainContent(message) ?? problem
        case .other: prompts.append(view.range(message))
        case .reasoning:
            hasAssistant = true
            for value in try contentTexts(message) where !view.string(value.index).isEmpty {
                pending.append((value.index, .reasoning))
            }
        case .assistant:
            hasAssistant = true
            let values = pending + (try assistantTexts(message))
            pending = []
            add(values)
        }
    }

    /// Reasoning that no message followed is a turn of its own.
    mutating func flush() {
        add(pending)
        pending = []
    }

    // MARK: Messages

    /// The texts of an assistant's message, in the order of the record.
    private mutating func assistantTexts(_ message: Int) throws(TraceError) -> [(Int, TraceField.Role)] {
        let contents = try contentTexts(message)
        var reasoning: [Int] = []
        var says = false
        for (key, value) in view.tape.members(of: message) {
            let name = view.string(key)
            if ReasoningTable.isReasoningMember(name) {
                says = true
                reasoning += texts(ofReasoning: value)
            } else if !RecordView.contentMembers.contains(name), !RecordView.toolMembers.contains(name),
                view.kind(value) == .object
            {
                // Wrappers of clients: `info`, `additional_kwargs`, `provider_specific_fields`.
                reasoning += nestedReasoning(value, depth: 0)
            }
        }
        let isSeparate = says || !reasoning.isEmpty || contents.contains { $0.role == .reasoning }
        var values = contents.map { content in
            (content.index, content.role == .reply && isSeparate ? TraceField.Role.content : content.role)
        }
        values += reasoning.map { ($0, .reasoning) }
        return values
    }

    private mutating func nestedReasoning(_ object: Int, depth: Int) -> [Int] {
        guard depth < 8 else { return [] }
        var found: [Int] = []
        for (key, value) in view.tape.members(of: object) {
            if ReasoningTable.isReasoningMember(view.string(key)) {
                found += texts(ofReasoning: value)
            } else if view.kind(value) == .object {
                found += nestedReasoning(value, depth: depth + 1)
            }
        }
        return found
    }

    /// The texts of a message's content: a string, or its parts.
    private mutating func contentTexts(
        _ message: Int
    ) throws(TraceError) -> [(index: Int, role: TraceField.Role)] {
        var found: [(index: Int, role: TraceField.Role)] = []
        for name in ["content", "value", "parts", "text"] as [StaticString] {
            guard let content = view.member(message, name) else { continue }
            switch view.kind(content) {
            case .string: found.append((content, .reply))
            case .array: found += try parts(content, "\(name)")
            case .object:
                if let parts = view.member(content, "parts"), view.kind(parts) == .array {
                    found += try self.parts(parts, "parts")
                } else if let text = view.member(content, "text"), view.kind(text) == .string {
                    found.append((text, .reply))
                } else {
                    found += nestedReasoning(content, depth: 0).map { ($0, .reasoning) }
                }
            default: try view.require(.array, content, name)
            }
            break
        }
        return found
    }

    private mutating func parts(
        _ array: Int, _ name: String
    ) throws(TraceError) -> [(index: Int, role: TraceField.Role)] {
        var found: [(index: Int, role: TraceField.Role)] = []
        for part in view.tape.elements(of: array) {
            if view.kind(part) == .string {
                found.append((part, .reply))
                continue
            }
            guard view.kind(part) == .object else {
                throw view.error(.wrongType, at: array, "every element of \"\(name)\" must be an object")
            }
            let type = view.type(of: part)
            if type.map(ReasoningTable.reasoningTypes.contains) ?? false || view.isThought(part) {
                found += texts(ofReasoning: part).map { ($0, .reasoning) }
                continue
            }
            if let type, view.isToolType(type) {
                prompts.append(view.range(part))
                continue
            }
            var thoughts: [Int] = []
            for (key, value) in view.tape.members(of: part) where ReasoningTable.isReasoningMember(view.string(key)) {
                thoughts += texts(ofReasoning: value)
            }
            found += thoughts.map { ($0, .reasoning) }
            if !thoughts.isEmpty { continue }
            if let text = view.member(part, "text") {
                try view.require(.string, text, "text")
                found.append((text, .reply))
            } else if let text = view.member(part, "content"), view.kind(text) == .string {
                found.append((text, .reply))
            }
        }
        return found
    }

    /// What a user wrote: the string, or the text parts joined.
    private mutating func plainContent(_ message: Int) throws(TraceError) -> String? {
        let texts = try contentTexts(message).map { view.string($0.index) }
        return texts.isEmpty ? nil : texts.joined(separator: "\n")
    }

    /// The texts of a reasoning member, part or item.
    mutating func texts(ofReasoning value: Int, depth: Int = 0) -> [Int] {
        guard depth < 8 else { return [] }
        switch view.kind(value) {
        case .string:
            let text = view.string(value)
            if text.isEmpty || ReasoningTable.switches.contains(text.lowercased()) { return [] }
            return taken.insert(value).inserted ? [value] : []
        case .array:
            var found: [Int] = []
            for element in view.tape.elements(of: value) { found += texts(ofReasoning: element, depth: depth + 1) }
            return found
        case .object:
            var found: [Int] = []
            for (key, member) in view.tape.members(of: value)
            where ReasoningTable.textMembers.contains(ReasoningTable.folded(view.string(key))) {
                found += texts(ofReasoning: member, depth: depth + 1)
            }
            return found
        default: return []
        }
    }

    /// The elements of an array that must hold objects only.
    func objects(_ array: Int, _ name: String) throws(TraceError) -> [Int] {
        let elements = view.tape.elements(of: array)
        if elements.contains(where: { view.kind($0) != .object }) {
            throw view.error(.wrongType, at: array, "every element of \"\(name)\" must be an object")
        }
        return elements
    }
}
