import StrictJSON

/// Writes a record in another shape: problem, reasoning, answer, id, tenant, solution and metadata are carried, and in shapes
/// of messages, all of them with the calls of tools.
///
/// Reasoning beside content becomes `<think>…</think>` followed by the content in the shapes that have one string
/// for both. What a shape cannot hold is an error, never left out.
public enum TraceConverter {
    /// One line of JSON (without newline) in a line-based format.
    ///
    /// - Throws: ``TraceError`` with code `unsupportedConversion` when the shape cannot hold the record.
    public static func convert(_ record: TraceRecord, to format: TraceFormat) throws(TraceError) -> [UInt8] {
        switch format {
        case .xml: return document([record], as: .xml)
        case .html: return document([record], as: .html)
        case .text: return Array(record.turns.map(mixedText).joined(separator: "\n\n").utf8)
        case .fields:
            throw TraceError(
                .unsupportedConversion, at: record.location, "fields is how a record is read, not a shape to write")
        case .problemTrace, .gsm8k, .reasoning, .instruction, .inputOutput, .solution, .trajectories:
            try checkExchange(record, format, turns: 1)
        case .preference: try checkExchange(record, format, turns: 2)
        case .generations, .solutions: try checkExchange(record, format, turns: nil)
        case .message, .ollama: try checkLastMessage(record, format)
        case .promptCompletion, .gemini, .log:
            // What is last is what was asked for.
            if ConvertedChat(record).messages.last?.isAssistant != true { try checkLastMessage(record, format) }
        default: break
        }
        return line(record, as: format)
    }

    /// A shape of one problem and its answers holds no other messages.
    private static func checkExchange(
        _ record: TraceRecord, _ format: TraceFormat, turns: Int?
    ) throws(TraceError) {
        let chat = ConvertedChat(record)
        guard chat.isPlainExchange, chat.messages.count(where: { !$0.isAssistant }) <= 1 else {
            let role = chat.messages.first { $0.role != "user" && !$0.isAssistant }?.role
            throw TraceError(
                .unsupportedConversion, at: record.location,
                "\(format.rawValue) holds a problem and its answer, the record has "
                    + (role.map { "a message of \($0)" }
                        ?? (chat.isPlainExchange ? "\(record.turns.count) turns" : "calls of tools")))
        }
        if let turns, record.turns.count != turns {
            throw TraceError(
                .unsupportedConversion, at: record.location,
                "\(format.rawValue) holds \(turns == 1 ? "one turn" : "\(turns) turns"), the record has \(record.turns.count)"
            )
        }
    }

    private static func checkLastMessage(_ record: TraceRecord, _ format: TraceFormat) throws(TraceError) {
        let chat = ConvertedChat(record)
        guard chat.messages.count(where: \.isAssistant) == 1, chat.messages.count <= 2, chat.isPlainExchange else {
            throw TraceError(
                .unsupportedConversion, at: record.location,
                "\(format.rawValue) holds one answer, the record has \(chat.messages.count) messages")
        }
    }

    /// A whole XML or HTML document of the given records.
    public static func document(_ records: [TraceRecord], as format: TraceFormat) -> [UInt8] {
        TranscriptWriter.document(records, as: format)
    }

    /// The reasoning of a turn in tags, then its content.
    static func mixedText(_ turn: TraceTurn) -> String { ConvertedChat.message(turn).mixed }

    // MARK: JSON

    static func line(_ record: TraceRecord, as format: TraceFormat) -> [UInt8] {
        var object = JSONObjectWriter()
        object.string("id", record.id)
        object.string("tenant", record.tenant)
        let chat = ConvertedChat(record)
        let answers = chat.messages.filter(\.isAssistant)
        let problem = record.turns.first?.problem
        let text = record.turns.map(mixedText).joined(separator: "\n\n")
        var hasSolution = false
        switch format {
        case .gsm8k:
            object.string("question", problem ?? "")
            object.string("answer", text)
        case .openaiChat: object.raw("messages", array(chat.messages.map(message)))
        case .chatCompletion:
            let context = chat.messages.filter { !$0.isAssistant }
            if chat.isPlainExchange, context.count <= 1 {
                object.string("problem", problem)
                object.raw("choices", array(answers.enumerated().map { choice($1, $0) }))
            } else {
                object.raw("messages", array(chat.messages.dropLast().map(message)))
                object.raw("choices", array(chat.messages.suffix(1).map { choice($0, 0) }))
            }
        case .sharegpt: object.raw("conversations", array(chat.messages.map(entry)))
        case .generations:
            object.string("problem", problem)
            object.raw("generations", array(answers.map { string($0.mixed) }))
        case .solution:
            object.string("problem", problem)
            object.string("solution", text)
            hasSolution = true
        case .trajectories:
            object.string("question", problem)
            object.raw(
                "thinking_trajectories", array([string(answers[0].reasoning.isEmpty ? text : answers[0].reasoning)]))
            if !answers[0].reasoning.isEmpty { object.string("attempt", answers[0].content) }
        case .solutions:
            object.string("question", problem)
            for (number, answer) in answers.enumerated() { object.string("r1_solution_\(number + 1)", answer.mixed) }
        case .reasoning:
            object.string("question", problem)
            object.string("reasoning", answers[0].reasoning.isEmpty ? answers[0].content : answers[0].reasoning)
            if !answers[0].reasoning.isEmpty { object.string("response", answers[0].content) }
        case .preference:
            object.string("prompt", problem)
            object.string("chosen", answers[0].mixed)
            object.string("rejected", answers[1].mixed)
        case .instruction:
            object.string("instruction", problem ?? "")
            object.string("input", "")
            object.string("output", text)
        case .inputOutput:
            object.string("input", problem ?? "")
            object.string("output", text)
        case .promptCompletion:
            if chat.isPlainExchange, chat.messages.count <= 2, answers.count == 1 {
                object.string("prompt", problem ?? "")
                object.string("completion", text)
            } else {
                object.raw("prompt", array(chat.messages.dropLast().map(message)))
                object.raw("completion", array(chat.messages.suffix(1).map(message)))
            }
        case .responses: object.raw("output", array(chat.messages.flatMap(items)))
        case .message:
            object.string("problem", problem)
            object.string("role", "assistant")
            object.raw("content", array(parts(answers[0])))
        case .gemini:
            object.raw("contents", array(chat.messages.dropLast().map(content)))
            object.raw("candidates", array(chat.messages.suffix(1).map { wrapped("content", content($0)) }))
        case .ollama:
            object.string("problem", problem)
            object.raw("message", message(answers[0], reasoning: "thinking"))
        case .log:
            object.raw("request", wrapped("messages", array(chat.messages.dropLast().map(message))))
            object.raw("response", wrapped("choices", array(chat.messages.suffix(1).map { choice($0, 0) })))
        case .renderedText: object.string("text", rendered(chat.messages))
        default:
            object.string("problem", problem)
            object.string("trace", text)
        }
        if !hasSolution { object.string("solution", record.solution) }
        if let metadata = record.metadata { object.raw("metadata", metadata) }
        return object.finish()
    }

    private static func array(_ elements: [[UInt8]]) -> [UInt8] {
        Array("[".utf8) + elements.joined(separator: Array(", ".utf8)) + Array("]".utf8)
    }

    private static func string(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        JSONText.append(text, to: &bytes, asciiOnly: false)
        return bytes
    }

    private static func wrapped(_ name: String, _ value: [UInt8]) -> [UInt8] {
        var object = JSONObjectWriter()
        object.raw(name, value)
        return object.finish()
    }

    private static func message(_ message: ConvertedChat.Message) -> [UInt8] {
        self.message(message, reasoning: "reasoning_content")
    }

    private static func message(_ message: ConvertedChat.Message, reasoning name: String) -> [UInt8] {
        var object = JSONObjectWriter()
        object.string("role", message.role)
        if !message.reasoning.isEmpty { object.string(name, message.reasoning) }
        object.string("content", message.content)
        for other in message.others { object.raw(other.name, other.json) }
        return object.finish()
    }

    private static func choice(_ message: ConvertedChat.Message, _ index: Int) -> [UInt8] {
        var choice = JSONObjectWriter()
        choice.raw("index", Array(String(index).utf8))
        choice.raw("message", self.message(message))
        return choice.finish()
    }

    private static func entry(_ message: ConvertedChat.Message) -> [UInt8] {
        var object = JSONObjectWriter()
        let names = ["user": "human", "assistant": "gpt"]
        object.string("from", names[message.role] ?? message.role)
        object.string("value", message.mixed)
        for other in message.others { object.raw(other.name, other.json) }
        return object.finish()
    }

    private static func items(_ message: ConvertedChat.Message) -> [[UInt8]] {
        var items: [[UInt8]] = []
        if !message.reasoning.isEmpty {
            var item = JSONObjectWriter()
            item.string("type", "reasoning")
            item.raw("summary", array([part("summary_text", message.reasoning)]))
            items.append(item.finish())
        }
        var item = JSONObjectWriter()
        item.string("type", "message")
        item.string("role", message.role)
        item.raw("content", array([part(message.isAssistant ? "output_text" : "input_text", message.content)]))
        for other in message.others { item.raw(other.name, other.json) }
        items.append(item.finish())
        return items
    }

    private static func part(_ type: String, _ text: String) -> [UInt8] {
        var part = JSONObjectWriter()
        part.string("type", type)
        part.string("text", text)
        return part.finish()
    }

    private static func parts(_ message: ConvertedChat.Message) -> [[UInt8]] {
        guard !message.reasoning.isEmpty else { return [part("text", message.content)] }
        var thinking = JSONObjectWriter()
        thinking.string("type", "thinking")
        thinking.string("thinking", message.reasoning)
        return [thinking.finish(), part("text", message.content)]
    }

    private static func content(_ message: ConvertedChat.Message) -> [UInt8] {
        func part(_ text: String, isThought: Bool) -> [UInt8] {
            var part = JSONObjectWriter()
            part.string("text", text)
            if isThought { part.raw("thought", Array("true".utf8)) }
            return part.finish()
        }
        var object = JSONObjectWriter()
        object.string("role", message.isAssistant ? "model" : message.role)
        let thoughts = message.reasoning.isEmpty ? [] : [part(message.reasoning, isThought: true)]
        object.raw("parts", array(thoughts + [part(message.content, isThought: false)]))
        for other in message.others { object.raw(other.name, other.json) }
        return object.finish()
    }

    /// ChatML, which marks every turn with its role.
    private static func rendered(_ messages: [ConvertedChat.Message]) -> String {
        messages.map { message in
            let calls = message.others.filter { $0.name == "tool_calls" }
                .map { "\n<tool_call>\n" + String(decoding: $0.json, as: UTF8.self) + "\n</tool_call>" }.joined()
            return "<|im_start|>\(message.role)\n\(message.mixed)\(calls)<|im_end|>"
        }.joined(separator: "\n")
    }
}
