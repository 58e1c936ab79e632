/// Writes records as an XML or HTML document.
enum TranscriptWriter {
    /// A whole document of the given records.
    static func document(_ records: [TraceRecord], as format: TraceFormat) -> [UInt8] {
        let isHTML = format == .html
        var text =
            isHTML
            ? "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>Transcripts</title></head><body>\n"
            : "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<transcripts>\n"
        for record in records { text += transcript(record, isHTML: isHTML) }
        text += isHTML ? "</body></html>\n" : "</transcripts>\n"
        return Array(text.utf8)
    }

    private static func transcript(_ record: TraceRecord, isHTML: Bool) -> String {
        var text = isHTML ? "<section class=\"transcript\"" : "  <transcript"
        if let id = record.id { text += " \(isHTML ? "data-id" : "id")=\"\(escaped(id))\"" }
        if let tenant = record.tenant { text += " \(isHTML ? "data-tenant" : "tenant")=\"\(escaped(tenant))\"" }
        text += ">\n"
        for message in ConvertedChat(record).messages {
            var body =
                message.reasoning.isEmpty
                ? escaped(message.content)
                : "<think>\(escaped(message.reasoning))</think>\n\(escaped(message.content))"
            for other in message.others {
                let call = escaped(String(decoding: other.json, as: UTF8.self))
                body += "\n<\(isHTML ? "pre" : "code")>\(escaped(other.name)): \(call)</\(isHTML ? "pre" : "code")>"
            }
            text += element(role: escaped(message.role), body, isHTML: isHTML)
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
