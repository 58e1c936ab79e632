/// What a body is by its first bytes. Content types are not to be relied on: streams come as JSON, as plain text and without
/// any type, and web pages come as JSON.
enum BodyForm {
    case json
    case events
    case markup
    case text

    private static let fields = ["data", "event", "id", "retry"].map { Array($0.utf8) }

    /// The form of a body that begins like this; nil where more of it is needed.
    init?(start: [UInt8]) {
        var start = start[...]
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        if start.starts(with: mark) { start = start.dropFirst(3) }
        if start.count < mark.count, !start.isEmpty, mark.starts(with: start) { return nil }
        start = start.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard let first = start.first else { return nil }
        switch first {
        case UInt8(ascii: "{"), UInt8(ascii: "["): self = .json
        case UInt8(ascii: "<"): self = .markup
        // A comment, which keeps a stream alive.
        case UInt8(ascii: ":"): self = .events
        default:
            let name = start.prefix { $0 != UInt8(ascii: ":") && $0 != 0x0A && $0 != 0x0D }
            if name.count < start.count {
                self = Self.fields.contains(Array(name)) ? .events : .text
            } else if Self.fields.contains(where: { $0.starts(with: name) }) {
                return nil
            } else {
                self = .text
            }
        }
    }
}

/// The words of a web page, for an error that quotes them.
enum PageText {
    /// The text of the page without its markup, scripts and styles.
    static func words(of page: String) -> String {
        var words = ""
        var rest = page[...]
        while let open = rest.firstIndex(of: "<") {
            words += rest[..<open]
            rest = rest[open...]
            let hidden = ["script", "style"].first { rest.dropFirst().prefix($0.count).lowercased() == $0 }
            if let hidden, let end = rest.firstRange(of: "</" + hidden) { rest = rest[end.lowerBound...] }
            guard let close = rest.firstIndex(of: ">") else { return collapsed(words) }
            words += " "
            rest = rest[rest.index(after: close)...]
        }
        return collapsed(words + rest)
    }

    private static func collapsed(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
