import StrictJSON

/// Writes a record in another shape: problem, reasoning, answer, id, tenant, solution and metadata are carried.
///
/// Reasoning beside content becomes `<think>…</think>` followed by the content in the shapes that have one string
/// for both.
public enum TraceConverter {
    /// One line of JSON (without newline) in a line-based format.
    ///
    /// - Throws: ``TraceError`` with code `unsupportedConversion` when the shape cannot hold the record.
    public static func convert(_ record: TraceRecord, to format: TraceFormat) throws(TraceError) -> [UInt8] {
        switch format {
        case .problemTrace, .gsm8k, .chatCompletion:
            if format != .chatCompletion, record.turns.count > 1 {
                throw TraceError(
                    .unsupportedConversion, at: record.location,
                    "\(format.rawValue) holds one turn, the record has \(record.turns.count)")
            }
            return line(record, as: format)
        case .openaiChat, .sharegpt: return line(record, as: format)
        case .xml: return document([record], as: .xml)
        case .html: return document([record], as: .html)
        case .text: return Array(record.turns.map(mixedText).joined(separator: "\n\n").utf8)
        }
    }

    /// A whole XML or HTML document of the given records.
    public static func document(_ records: [TraceRecord], as format: TraceFormat) -> [UInt8] {
        let isHTML = format == .html
        var text =
            isHTML
            ? "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Transcripts</title></head><body>\n"
            : "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<transcripts>\n"
        for record in records { text += transcript(record, isHTML: isHTML) }
        text += isHTML ? "</body></html>\n" : "</transcripts>\n"
        return Array(text.utf8)
    }

    /// The reasoning of a turn in tags, then its content.
    static func mixedText(_ turn: TraceTurn) -> String {
        let parts = split(turn)
        guard !parts.reasoning.isEmpty else { return parts.content }
        return "<think>\n" + parts.reasoning + "\n</think>\n" + parts.content
    }

    private static func split(_ turn: TraceTurn) -> (reasoning: String, content: String) {
        let reasoning = turn.fields.filter { $0.role == .reasoning }.map(\.text).joined(separator: "\n")
        let content = turn.fields.filter { $0.role != .reasoning }.map(\.text).joined(separator: "\n")
        // A turn of reasoning only is a trace like any other.
        return content.isEmpty ? ("", reasoning) : (reasoning, content)
    }

    // MARK: JSON

    static func line(_ record: TraceRecord, as format: TraceFormat) -> [UInt8] {
        var object = JSONObjectWriter()
        object.string("id", record.id)
        object.string("tenant", record.tenant)
        let problem = record.turns.first?.problem
        let text = record.turns.map(mixedText).joined(separator: "\n\n")
        switch format {
        case .gsm8k:
            object.string("question", problem ?? "")
            object.string("answer", text)
        case .openaiChat: object.raw("messages", array(messages(record)))
        case .chatCompletion:
            object.string("problem", problem)
            object.raw("choices", array(choices(record)))
        case .sharegpt: object.raw("conversations", array(conversations(record)))
        default:
            object.string("problem", problem)
            object.string("trace", text)
        }
        object.string("solution", record.solution)
        if let metadata = record.metadata { object.raw("metadata", metadata) }
        return object.finish()
    }

    private static func array(_ elements: [[UInt8]]) -> [UInt8] {
        Array("[".utf8) + elements.joined(separator: Array(", ".utf8)) + Array("]".utf8)
    }

    /// Consecutive turns that answer the same problem repeat it only once.
    private static func exchanges(
        _ record: TraceRecord, user: (String) -> [UInt8], assistant: (TraceTurn) -> [UInt8]
    ) -> [[UInt8]] {
        var result: [[UInt8]] = []
        var previous: String?
        for turn in record.turns {
            if let problem = turn.problem, problem != previous { result.append(user(problem)) }
            previous = turn.problem
            result.append(assistant(turn))
        }
        return result
    }

    private static func messages(_ record: TraceRecord) -> [[UInt8]] {
        exchanges(record) { problem in
            var message = JSONObjectWriter()
            message.string("role", "user")
            message.string("content", problem)
            return message.finish()
        } assistant: {
            message($0)
        }
    }

    private static func message(_ turn: TraceTurn) -> [UInt8] {
        let parts = split(turn)
        var message = JSONObjectWriter()
        message.string("role", "assistant")
        if !parts.reasoning.isEmpty { message.string("reasoning_content", parts.reasoning) }
        message.string("content", parts.content)
        return message.finish()
    }

    private static func choices(_ record: TraceRecord) -> [[UInt8]] {
        record.turns.enumerated().map { index, turn in
            var choice = JSONObjectWriter()
            choice.raw("index", Array(String(index).utf8))
            choice.raw("message", message(turn))
            return choice.finish()
        }
    }

    private static func conversations(_ record: TraceRecord) -> [[UInt8]] {
        func entry(_ from: String, _ value: String) -> [UInt8] {
            var object = JSONObjectWriter()
            object.string("from", from)
            object.string("value", value)
            return object.finish()
        }
        return exchanges(record) {
            entry("human", $0)
        } assistant: {
            entry("gpt", mixedText($0))
        }
    }

    // MARK: Markup

    private static func transcript(_ record: TraceRecord, isHTML: Bool) -> String {
        var text = isHTML ? "<section class=\"transcript\"" : "  <transcript"
        if let id = record.id { text += " \(isHTML ? "data-id" : "id")=\"\(escaped(id))\"" }
        if let tenant = record.tenant { text += " \(isHTML ? "data-tenant" : "tenant")=\"\(escaped(tenant))\"" }
        text += ">\n"
        var previous: String?
        for turn in record.turns {
            if let problem = turn.problem, problem != previous {
                text += element(role: "user", escaped(problem), isHTML: isHTML)
            }
            previous = turn.problem
            let parts = split(turn)
            let body =
                parts.reasoning.isEmpty
                ? escaped(parts.content)
                : "<think>\(escaped(parts.reasoning))</think>\n\(escaped(parts.content))"
            text += element(role: "assistant", body, isHTML: isHTML)
        }
        if let solution = record.solution, !isHTML { text += "    <solution>\(escaped(solution))</solution>\n" }
        return text + (isHTML ? "</section>\n" : "  </transcript>\n")
    }

    private static func element(role: String, _ body: String, isHTML: Bool) -> String {
        isHTML
            ? "<div data-message-author-role=\"\(role)\">\(body)</div>\n"
            : "    <turn role=\"\(role)\">\(body)</turn>\n"
    }

    /// Character data for XML 1.0; control characters it cannot hold become U+FFFD.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\r": result += "&#13;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
