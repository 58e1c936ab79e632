extension ChatFormat {
    /// Writes a conversation out.
    ///
    /// - Parameters:
    ///   - messages: The turns, in order.
    ///   - addGenerationPrompt: Whether to end with the opening of the assistant's turn.
    public func render(_ messages: [Message], addGenerationPrompt: Bool) -> RenderedChat {
        var chat = RenderedChat()
        switch kind {
        case .chatML: renderChatML(messages, into: &chat)
        case .llama3: renderLlama3(messages, into: &chat)
        case .deepSeekR1: renderDeepSeekR1(messages, into: &chat)
        case .plain: renderPlain(messages, closed: addGenerationPrompt, into: &chat)
        }
        if addGenerationPrompt {
            chat.append(assistantOpening)
            chat.append(generationSuffix)
        }
        return chat
    }

    private var assistantOpening: String {
        switch kind {
        case .chatML: "<|im_start|>assistant\n"
        case .llama3: "<|start_header_id|>assistant<|end_header_id|>\n\n"
        case .deepSeekR1: "<｜Assistant｜>"
        case .plain: ""
        }
    }

    // MARK: Formats

    private func renderChatML(_ messages: [Message], into chat: inout RenderedChat) {
        if let defaultSystemPrompt, let first = messages.first, first.role != .system {
            chat.append("<|im_start|>system\n\(defaultSystemPrompt)<|im_end|>\n")
        }
        let lastQuestion = messages.lastIndex { $0.role == .user } ?? messages.count - 1
        for (i, message) in messages.enumerated() {
            chat.append("<|im_start|>\(message.role.rawValue)\n")
            if separatesReasoning, message.role == .assistant {
                let (reasoning, answer) = Self.splitReasoning(message.content)
                let isLast = i == messages.count - 1
                if i > lastQuestion, isLast || !reasoning.isEmpty {
                    chat.append("<think>\n")
                    chat.append(content: Self.trim(reasoning, where: Self.isNewline))
                    chat.append("\n</think>\n\n")
                }
                chat.append(content: answer)
            } else {
                chat.append(content: message.content)
            }
            chat.append("<|im_end|>\n")
        }
    }

    private func renderLlama3(_ messages: [Message], into chat: inout RenderedChat) {
        func open(_ role: Role) { chat.append("<|start_header_id|>\(role.rawValue)<|end_header_id|>\n\n") }
        chat.append("<|begin_of_text|>")
        var rest = messages[...]
        if let systemDate {
            open(.system)
            chat.append("Cutting Knowledge Date: December 2023\nToday Date: \(systemDate)\n\n")
            if let first = rest.first, first.role == .system {
                chat.append(content: Self.trim(first.content[...], where: Self.isSpace))
                rest = rest.dropFirst()
            }
            chat.append("<|eot_id|>")
        }
        for message in rest {
            open(message.role)
            chat.append(content: Self.trim(message.content[...], where: Self.isSpace))
            chat.append("<|eot_id|>")
        }
    }

    private func renderDeepSeekR1(_ messages: [Message], into chat: inout RenderedChat) {
        chat.append("<｜begin▁of▁sentence｜>")
        for (i, message) in messages.filter({ $0.role == .system }).enumerated() {
            if i > 0 { chat.append("\n\n") }
            chat.append(content: message.content)
        }
        for message in messages {
            switch message.role {
            case .system: break
            case .user:
                chat.append("<｜User｜>")
                chat.append(content: message.content)
            case .assistant:
                chat.append("<｜Assistant｜>")
                chat.append(content: Self.afterReasoning(message.content))
                chat.append("<｜end▁of▁sentence｜>")
            }
        }
    }

    private func renderPlain(_ messages: [Message], closed: Bool, into chat: inout RenderedChat) {
        for (i, message) in messages.enumerated() {
            chat.append(content: message.content)
            if closed || i < messages.count - 1 { chat.append("\n") }
        }
    }

    // MARK: Texts

    /// Reasoning and answer of an assistant's message, each without line ends at its inner edges.
    private static func splitReasoning(_ content: String) -> (reasoning: Substring, answer: Substring) {
        let parts = content.parts(separatedBy: "</think>")
        guard parts.count > 1, var reasoning = parts.first else { return ("", content[...]) }
        reasoning = trim(reasoning, where: isNewline, leading: false)
        reasoning = String(reasoning).parts(separatedBy: "<think>").last ?? reasoning
        reasoning = trim(reasoning, where: isNewline, trailing: false)
        return (reasoning, trim(afterReasoning(content), where: isNewline, trailing: false))
    }

    private static func afterReasoning(_ content: String) -> Substring {
        content.parts(separatedBy: "</think>").last ?? content[...]
    }

    private static func isNewline(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n"
    }

    /// White space as Python's `str.strip` has it.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || 0x1C...0x1F ~= scalar.value
    }

    private static func trim(
        _ text: Substring, where isTrimmed: (Unicode.Scalar) -> Bool, leading: Bool = true, trailing: Bool = true
    ) -> Substring {
        var scalars = text.unicodeScalars
        while leading, let first = scalars.first, isTrimmed(first) { scalars.removeFirst() }
        while trailing, let last = scalars.last, isTrimmed(last) { scalars.removeLast() }
        return Substring(scalars)
    }
}

extension String {
    /// The parts between occurrences of an ASCII separator, found by bytes: as characters, a combining mark after
    /// `</think>` would hide it.
    func parts(separatedBy separator: String) -> [Substring] {
        guard let first = separator.utf8.first else { return [self[...]] }
        var parts: [Substring] = []
        var start = utf8.startIndex
        var i = start
        while i < utf8.endIndex {
            if utf8[i] == first, utf8[i...].starts(with: separator.utf8) {
                parts.append(self[start..<i])
                i = utf8.index(i, offsetBy: separator.utf8.count)
                start = i
            } else {
                i = utf8.index(after: i)
            }
        }
        parts.append(self[start...])
        return parts
    }
}
